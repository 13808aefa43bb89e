// SPDX-License-Identifier: MIT
#include "testbench/import/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/import/device_option.h"
#include "testbench/import/lines.h"
#include "testbench/import/others.h"
#include "testbench/import/scope.h"
#include "testbench/import/words.h"

/* QEMU's default without -m. */
#define RAM_BYTES_DEFAULT (INT64_C(128) << 20)
#define RAM_BYTES_MAX (INT64_C(1) << 44)
#define WRONG_RAM "-m wants a size: 512M, 1G, or a number of MiB"
/* So fine that it still counts in bytes. */
#define FRACTION_MAX 1000000

struct reader {
        struct lines *lines;
        struct session *session;
        json_object *globals; /* properties that -global gives a balloon */
        struct diag *diag;
};

static int wrong(const struct reader *reader, const char *text)
{
        return lines_error(reader->lines, reader->diag, text);
}

/* A key's value in a list behind commas, or its first part where that has no key; NULL: none. */
static const char *find_part(const char *list, const char *key)
{
        size_t size = strlen(key);

        for (const char *part = list;; part++) {
                size_t length = strcspn(part, ",");

                if (strncmp(part, key, size) == 0 && part[size] == '=')
                        return part + size + 1;
                if (part == list && memchr(part, '=', length) == NULL)
                        return part;
                part += length;
                if (*part == '\0')
                        return NULL;
        }
}

/* Behind a point, as a fraction of so many bytes; *text is past its digits. */
static unsigned long long fraction(const char **text, unsigned shift)
{
        unsigned long long part = 0, whole = 1;

        while (**text >= '0' && **text <= '9' && whole < FRACTION_MAX) {
                part = part * 10 + (unsigned)(*(*text)++ - '0');
                whole *= 10;
        }
        return (part << shift) / whole;
}

/* "512M", "1.5G", "512" (MiB), or "size=..." with more around it. */
static int read_ram(const struct reader *reader, const char *text)
{
        static const char units[] = "KMGT";
        struct session *session = reader->session;
        const char *size = find_part(text, "size"), *point, *unit;
        unsigned long long number;
        unsigned shift = 20;
        char *end;

        if (size == NULL)
                return 0;
        number = strtoull(size, &end, 10);
        point = *end == '.' ? end + 1 : NULL;
        if (point)
                end += 1 + strspn(point, "0123456789");
        unit = *end ? strchr(units, *end & ~0x20) : NULL;
        if (unit) {
                shift = 10 * (unsigned)(unit - units + 1);
                end++;
        }
        if (*size < '0' || *size > '9' || (*end && *end != ',') ||
            number > (unsigned long long)RAM_BYTES_MAX >> shift)
                return wrong(reader, WRONG_RAM);
        session->ram_bytes = (int64_t)(number << shift);
        if (point)
                session->ram_bytes += (int64_t)fraction(&point, shift);
        return session->ram_bytes > 0 ? 0 : wrong(reader, WRONG_RAM);
}

/* "q35", "pc-q35-7.2,accel=tcg", "accel=tcg,type=pc": the kinds that a scenario has. */
static int read_machine(const struct reader *reader, const char *text)
{
        const char *type = find_part(text, "type");
        size_t length = type ? strcspn(type, ",") : 0;
        const char *made;

        if (type == NULL)
                return 0;
        if ((length == 3 && strncmp(type, "q35", 3) == 0) || strncmp(type, "pc-q35-", 7) == 0)
                made = "q35";
        else if (length == strlen("pc-i440fx-2.6") && strncmp(type, "pc-i440fx-2.6", length) == 0)
                made = "pc-i440fx-2.6";
        else if ((length == 2 && strncmp(type, "pc", 2) == 0) ||
                 strncmp(type, "pc-i440fx-", 10) == 0)
                made = "pc";
        else
                return wrong(reader, "a machine is q35 or pc, or a version of one of them");
        snprintf(reader->session->machine_type, sizeof reader->session->machine_type, "%s", made);
        return 0;
}

/* Where the function sits and what is in its ROM, no balloon shows. */
static bool without_effect(const char *key)
{
        static const char *const keys[] = { "acpi-index",       "addr",          "bus",
                                            "failover_pair_id", "multifunction", "rombar",
                                            "romfile",          "romsize" };

        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
                if (strcmp(keys[i], key) == 0)
                        return true;
        return false;
}

/* QEMU takes more words for a switch than a scenario does (qapi/qapi-util.c). */
static const char *scenario_word(const char *word)
{
        static const char *const on[] = { "on", "yes", "true", "y" }, *const off[] = { "off", "no",
                                                                                       "false",
                                                                                       "n" };

        for (size_t i = 0; i < 4; i++) {
                if (strcmp(word, on[i]) == 0)
                        return "on";
                if (strcmp(word, off[i]) == 0)
                        return "off";
        }
        return word;
}

static void add_property(json_object *to, const char *name, const char *value)
{
        json_object_object_add(to, name, json_object_new_string(scenario_word(value)));
}

static int read_balloon(const struct reader *reader, json_object *device, const char *driver)
{
        struct session *session = reader->session;
        const char *bus = device_option_value(device, "bus");

        if (session->balloon)
                return wrong(reader, "two balloons: QEMU has one at most");
        session->balloon = json_object_new_object();
        if (!session->balloon)
                return wrong(reader, "out of memory");
        session->root_port = bus && json_object_object_get_ex(session->root_ports, bus, NULL);
        if (strcmp(driver, "virtio-balloon-pci-non-transitional") == 0)
                json_object_object_add(session->balloon, "disable-legacy",
                                       json_object_new_string("on"));
        else if (strcmp(driver, "virtio-balloon-pci-transitional") == 0)
                json_object_object_add(session->balloon, "disable-legacy",
                                       json_object_new_string("off"));
        json_object_object_foreach(device, key, value)
        {
                if (strcmp(key, "driver") == 0)
                        continue;
                if (without_effect(key))
                        scope_leave_out(session->left_out, "property", key);
                else
                        add_property(session->balloon, key, json_object_get_string(value));
        }
        return 0;
}

static int read_device(const struct reader *reader, const char *text)
{
        json_object *device = device_option_parse(text);
        const char *driver = device ? device_option_value(device, "driver") : NULL;
        const char *id = device ? device_option_value(device, "id") : NULL;
        int result = 0;

        if (!driver)
                result = wrong(reader, "-device wants a driver and its properties");
        else if (strcmp(driver, "pcie-root-port") == 0 && id)
                json_object_object_add(reader->session->root_ports, id, NULL);
        else if (strcmp(driver, "virtio-balloon") == 0 ||
                 strncmp(driver, "virtio-balloon-pci", 18) == 0)
                result = read_balloon(reader, device, driver);
        else if (id)
                others_add(reader->session->others, id);
        json_object_put(device);
        return result;
}

/* "virtio-balloon-pci.packed=on", or driver=, property= and value=. */
static int read_global(const struct reader *reader, const char *text)
{
        static const char *const drivers[] = { "virtio-balloon-pci", "virtio-balloon-device",
                                               "virtio-pci", "virtio-device" };
        size_t length = strcspn(text, ".=");
        const char *value = strchr(text, '=');
        char *name;

        if (text[length] != '.' || value == NULL)
                return wrong(reader, "-global wants DRIVER.PROPERTY=VALUE");
        for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
                if (strlen(drivers[i]) != length || strncmp(drivers[i], text, length) != 0)
                        continue;
                name = strndup(text + length + 1, (size_t)(value - text) - length - 1);
                if (name == NULL)
                        return wrong(reader, "out of memory");
                add_property(reader->globals, name, value + 1);
                free(name);
        }
        return 0;
}

/* What -device says itself counts. */
static void apply_globals(const struct reader *reader)
{
        json_object_object_foreach(reader->globals, name, value)
        {
                if (reader->session->balloon &&
                    !json_object_object_get_ex(reader->session->balloon, name, NULL))
                        json_object_object_add(reader->session->balloon, name,
                                               json_object_get(value));
        }
}

static int read_words(struct reader *reader, const struct words *words)
{
        int result;

        snprintf(reader->session->machine_type, sizeof reader->session->machine_type, "pc");
        reader->session->ram_bytes = RAM_BYTES_DEFAULT;
        for (size_t i = 0; i < words->count; i++)
                reader->session->starts_stopped |= strcmp(words->all[i], "-S") == 0;
        for (size_t i = 0; i + 1 < words->count; i++) {
                const char *name = words->all[i] + (strncmp(words->all[i], "--", 2) == 0);
                const char *value = words->all[i + 1];

                result = 0;
                if (strcmp(name, "-M") == 0 || strcmp(name, "-machine") == 0)
                        result = read_machine(reader, value);
                else if (strcmp(name, "-m") == 0)
                        result = read_ram(reader, value);
                else if (strcmp(name, "-device") == 0)
                        result = read_device(reader, value);
                else if (strcmp(name, "-global") == 0)
                        result = read_global(reader, value);
                if (result < 0)
                        return -1;
        }
        apply_globals(reader);
        return 0;
}

/* The command line may go on in the next lines, each but the last with "\" at its end. */
static char *whole_command(struct reader *reader, const char *first)
{
        char *whole = strdup(first), *line;

        while (whole) {
                size_t length = strlen(whole);
                char *longer;

                if (length == 0 || whole[length - 1] != '\\')
                        return whole;
                whole[length - 1] = ' ';
                if (lines_next(reader->lines, &line, reader->diag) <= 0)
                        return whole;
                longer = length + strlen(line) < LINES_LENGTH_MAX
                                 ? realloc(whole, length + strlen(line) + 1)
                                 : NULL;
                if (!longer)
                        break;
                whole = longer;
                memcpy(whole + length, line, strlen(line) + 1);
        }
        free(whole);
        return NULL;
}

static int read_command(struct reader *reader, const char *line)
{
        char *whole = whole_command(reader, line);
        struct words words = { 0 };
        int result;

        reader->globals = json_object_new_object();
        if (!whole || !reader->globals || words_split(whole, &words) < 0)
                result = wrong(reader, "the command line is too long");
        else
                result = read_words(reader, &words);
        words_fini(&words);
        json_object_put(reader->globals);
        free(whole);
        return result;
}

/* A line that names QEMU and an option, or goes on in the next. */
static bool begins_command(const char *line)
{
        const char *name = strstr(line, "qemu-system-");
        size_t length = strlen(line);

        return name != NULL && (strstr(name, " -") != NULL || line[length - 1] == '\\');
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
        struct reader reader = { .session = session, .diag = diag };
        bool command = false, clock = false;
        const char *zero, *end;
        char *line;
        int result;

        reader.lines = lines_open(folder, "README.md", diag);
        if (!reader.lines)
                return -1;
        result = set_name(folder, session, diag);
        while (result == 0 && !(command && clock) &&
               (result = lines_next(reader.lines, &line, diag)) > 0) {
                result = 0;
                if (!command && begins_command(line)) {
                        result = read_command(&reader, line);
                        command = true;
                } else if (!clock && (zero = strstr(line, "t=0 is ")) != NULL)
                        clock = lines_parse_us(zero + strlen("t=0 is "), &end, zero_wall_us);
        }
        if (result == 0 && !command)
                result = wrong(&reader, "no line has QEMU's command line");
        if (result == 0 && !clock)
                result = wrong(&reader, "no line says \"t=0 is SECONDS s of wall clock\"");
        lines_close(reader.lines);
        return result;
}
