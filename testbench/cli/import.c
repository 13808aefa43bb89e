// SPDX-License-Identifier: MIT
/* ballast import: turns a recorded session into a scenario. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "testbench/cli/cli.h"
#include "testbench/cli/output.h"
#include "testbench/import/session.h"
#include "testbench/import/story.h"

struct import_arguments {
        const char *folder;
        const char *output;
};

static const struct argp_option options[] = {
        { "output", 'o', "FILE", 0, "Write the scenario there, not to standard output", 0 },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct import_arguments *arguments = state->input;

        switch (key) {
        case 'o':
                arguments->output = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (arguments->folder)
                        argp_error(state, "one session at a time");
                arguments->folder = arg;
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a session's folder is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static int write_out(char *take_text, const char *path)
{
        struct output output;
        int status = CLI_WRONG;

        if (output_open(&output, path) == 0) {
                fputs(take_text, output.file);
                status = output_commit(&output) < 0 ? CLI_WRONG : CLI_PASSED;
        }
        free(take_text);
        return status;
}

/* By name, so that nobody takes the replay for more than it is. Names are hostile: as JSON. */
static void print_left_out(json_object *left_out)
{
        const char *separator = "left out: ";

        json_object_object_foreach(left_out, name, count)
        {
                json_object *text = json_object_new_string(name);

                fprintf(stderr, "%s%s (%s)", separator, json_object_to_json_string(text),
                        json_object_get_string(count));
                json_object_put(text);
                separator = ", ";
        }
        if (json_object_object_length(left_out) > 0)
                fputc('\n', stderr);
}

int cli_import(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "SESSION",
                .doc = "Turn a recorded session of a real guest in a real QEMU, a folder, into a "
                       "scenario. docs/import.md says what is read and what is made of it.",
        };
        struct import_arguments arguments = { .output = "-" };
        struct session *session;
        struct diag diag = { .line = 0 };
        char *text = NULL;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (session_read(arguments.folder, &session, &diag) == 0) {
                text = story_text(session, arguments.folder, &diag);
                if (text != NULL)
                        print_left_out(session->left_out);
                session_free(session);
        }
        if (text == NULL) {
                diag_print(&diag, stderr);
                return CLI_WRONG;
        }
        return write_out(text, arguments.output);
}
