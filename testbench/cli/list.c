// SPDX-License-Identifier: MIT
/* ballast list: names scenarios. */
#include <argp.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/balloon/profile.h"
#include "sim/assert.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/paths.h"
#include "testbench/text.h"

#define DEFAULT_FOLDER "./traces/scenarios"

struct list_arguments {
        bool json;
        bool wrong;
        struct paths paths;
};

static const struct argp_option options[] = {
        { "json", 'j', NULL, 0, "Write a JSON array, an object a scenario", 0 },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct list_arguments *arguments = state->input;

        switch (key) {
        case 'j':
                arguments->json = true;
                return 0;
        case ARGP_KEY_ARG:
                if (paths_add(&arguments->paths, arg) != 0)
                        arguments->wrong = true;
                return 0;
        case ARGP_KEY_NO_ARGS:
                if (paths_add(&arguments->paths, DEFAULT_FOLDER) != 0)
                        arguments->wrong = true;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

/* JSON is UTF-8; a file's name may be any bytes. */
static json_object *utf8_string(const char *text)
{
        size_t left = strlen(text);
        char *out = malloc(left * 3 + 1), *end = out;
        json_object *string;

        sim_assert(out != NULL);
        while (left > 0) {
                size_t length = diag_utf8_length(text, left);

                memcpy(end, length > 0 ? text : "\xef\xbf\xbd",
                       length > 0 ? length : 3); /* U+FFFD */
                end += length > 0 ? length : 3;
                text += length > 0 ? length : 1;
                left -= length > 0 ? length : 1;
        }
        *end = '\0';
        string = json_object_new_string(out);
        free(out);
        return string;
}

static json_object *describe(const struct scenario *scenario)
{
        json_object *one = json_object_new_object();
        json_object *devices = json_object_new_array();
        char end[TEXT_TIME_SIZE];

        json_object_object_add(one, "path", utf8_string(scenario->path));
        json_object_object_add(one, "scenario", utf8_string(scenario->name));
        json_object_object_add(one, "profile", json_object_new_string(scenario->profile->name));
        json_object_object_add(one, "steps", json_object_new_uint64(scenario->step_count));
        json_object_object_add(one, "end", json_object_new_string(text_time(end, scenario->end)));
        for (size_t i = 0; i < scenario->checked_on_count; i++)
                json_object_array_add(devices, json_object_new_string(scenario->checked_on[i]));
        json_object_object_add(one, "checked-on", devices);
        return one;
}

static void write_json(const struct scenarios *scenarios)
{
        json_object *all = json_object_new_array();

        for (size_t i = 0; i < scenarios->count; i++)
                json_object_array_add(all, describe(scenarios->all[i]));
        puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY |
                                                         JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(all);
}

static void write_names(const struct scenarios *scenarios, bool json)
{
        if (json)
                write_json(scenarios);
        for (size_t i = 0; !json && i < scenarios->count; i++)
                printf("%s  %s\n", scenarios->all[i]->path, scenarios->all[i]->name);
}

int cli_list(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "[FILE|FOLDER...]",
                .doc = "Name scenarios: the path and the name of each. Without an argument: "
                       "those below " DEFAULT_FOLDER ".",
        };
        struct list_arguments arguments = { .json = false };
        struct scenarios scenarios;
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (scenarios_load(&scenarios, &arguments.paths) == 0) {
                if (!arguments.wrong) {
                        write_names(&scenarios, arguments.json);
                        status = CLI_PASSED;
                }
                scenarios_fini(&scenarios);
        }
        paths_fini(&arguments.paths);
        return status;
}
