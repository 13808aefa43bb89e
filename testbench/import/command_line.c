// SPDX-License-Identifier: MIT
#include "testbench/import/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/import/lines.h"

/* The word after " OPTION " on the command line; its length, 0 when it is not there. */
static size_t option(const char *line, const char *name, const char **value)
{
        char key[32];
        const char *found;

        snprintf(key, sizeof key, " %s ", name);
        found = strstr(line, key);
        if (!found)
                return 0;
        *value = found + strlen(key);
        return strcspn(*value, " ");
}

/* "512M" reads "512 MiB" in a scenario. */
static bool parse_ram(const char *value, size_t length, struct session *session)
{
        unsigned long number;
        char *end;

        number = strtoul(value, &end, 10);
        if (number == 0 || number > 1U << 20 || end != value + length - 1 ||
            (*end != 'M' && *end != 'G'))
                return false;
        snprintf(session->ram, sizeof session->ram, "%lu %ciB", number, *end);
        session->ram_bytes = (int64_t)number << (*end == 'M' ? 20 : 30);
        return true;
}

/* "id=balloon0,disable-legacy=on" becomes "id: balloon0, disable-legacy: on". */
static char *parse_properties(const char *value, size_t length)
{
        char *properties = calloc(2, length + 1), *to = properties;

        for (size_t i = 0; properties && i < length; i++) {
                if (value[i] != '=' && value[i] != ',') {
                        *to++ = value[i];
                        continue;
                }
                *to++ = value[i] == '=' ? ':' : ',';
                *to++ = ' ';
        }
        return properties;
}

static int parse_command(const struct lines *lines, const char *line, struct session *session,
                         struct diag *diag)
{
        static const char device[] = "-device virtio-balloon-pci";
        const char *value = NULL;
        size_t length = option(line, "-M", &value);

        if (length == 0 || length >= sizeof session->machine_type)
                return lines_error(lines, diag, "the command line has no -M q35 or -M pc");
        memcpy(session->machine_type, value, length);
        session->machine_type[length] = '\0';
        length = option(line, "-m", &value);
        if (length == 0 || !parse_ram(value, length, session))
                return lines_error(lines, diag, "the command line has no -m SIZE in M or G");
        value = strstr(line, device);
        session->balloon = value != NULL;
        if (!value)
                return 0;
        value += strlen(device);
        value += *value == ',';
        session->balloon_properties = parse_properties(value, strcspn(value, " "));
        return session->balloon_properties ? 0 : lines_error(lines, diag, "out of memory");
}

static int set_name(const char *folder, struct session *session, struct diag *diag)
{
        size_t length = strlen(folder), start;

        while (length > 1 && folder[length - 1] == '/')
                length--;
        for (start = length; start > 0 && folder[start - 1] != '/'; start--)
                ;
        session->name = strndup(folder + start, length - start);
        return session->name ? 0 : diag_set(diag, folder, 0, 0, "out of memory");
}

int command_line_read(const char *folder, struct session *session, int64_t *zero_wall_us,
                      struct diag *diag)
{
        struct lines *lines = lines_open(folder, "README.md", diag);
        bool command = false, clock = false;
        const char *zero, *end;
        char *line;
        int result;

        if (!lines)
                return -1;
        result = set_name(folder, session, diag);
        while (result == 0 && (result = lines_next(lines, &line, diag)) > 0) {
                result = 0;
                if (!command && strstr(line, "qemu-system-")) {
                        result = parse_command(lines, line, session, diag);
                        command = true;
                } else if (!clock && (zero = strstr(line, "t=0 is ")) != NULL)
                        clock = lines_parse_us(zero + strlen("t=0 is "), &end, zero_wall_us);
                if (command && clock)
                        break;
        }
        if (result == 0 && !command)
                result = lines_error(lines, diag, "no line has QEMU's command line");
        if (result == 0 && !clock)
                result =
                        lines_error(lines, diag, "no line says \"t=0 is SECONDS s of wall clock\"");
        lines_close(lines);
        return result;
}
