// SPDX-License-Identifier: MIT
/*
 * ballast pci dump: configuration space in the form of lspci -x, which lspci -F
 * reads. The options become a scenario's machine, so that they have its words
 * and its errors.
 */
#include <argp.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pci/pci_spec.h"
#include "sim/assert.h"
#include "sim/kernel.h"
#include "testbench/cli/cli.h"
#include "testbench/machine.h"
#include "testbench/scenario/play.h"
#include "testbench/scenario/scenario.h"

#define TEXT_SIZE 4096
#define LINE_BYTES 16

struct dump {
        const char *profile, *machine, *bus, *driver;
        unsigned hex;         /* how often -x was given */
        char text[TEXT_SIZE]; /* the properties, a line of YAML each */
        size_t text_size;
};

static const struct argp_option options[] = {
        { "profile", 'p', "PROFILE", 0, "Which QEMU the device is: qemu-1.4, qemu-7.2, qemu-10.0",
          0 },
        { "machine", 'M', "TYPE", 0, "The machine: q35, pc, pc-i440fx-2.6", 0 },
        { "bus", 'b', "BUS", 0, "Where the balloon is plugged: root, root-port", 0 },
        { "set", 's', "PROPERTY=VALUE", 0, "A property of -device virtio-balloon-pci; may repeat",
          0 },
        { "driver", 'd', "DRIVER", 0, "After the driver started: linux. Without: at power on", 0 },
        { "hex", 'x', NULL, 0,
          "As of lspci: -x the 64 bytes of the header, -xxx 256 bytes, -xxxx 4096. "
          "Without: all that the function has",
          0 },
        { 0 },
};

/* What needs no quotes in YAML. */
static bool is_plain(const char *text, size_t size)
{
        for (size_t i = 0; i < size; i++) {
                if (!isalnum((unsigned char)text[i]) && strchr("-_.", text[i]) == NULL)
                        return false;
        }
        return size > 0 && text[0] != '-';
}

__attribute__((format(printf, 2, 3))) static bool add(struct dump *dump, const char *format, ...)
{
        size_t room = sizeof dump->text - dump->text_size;
        va_list arguments;
        int size;

        va_start(arguments, format);
        size = vsnprintf(dump->text + dump->text_size, room, format, arguments);
        va_end(arguments);
        if (size < 0 || (size_t)size >= room)
                return false;
        dump->text_size += (size_t)size;
        return true;
}

static void add_property(struct dump *dump, const char *arg, struct argp_state *state)
{
        const char *equals = strchr(arg, '=');

        if (equals == NULL || !is_plain(arg, (size_t)(equals - arg)) ||
            !is_plain(equals + 1, strlen(equals + 1)))
                argp_error(state, "--set takes PROPERTY=VALUE, not '%s'", arg);
        else if (!add(dump, "    %.*s: %s\n", (int)(equals - arg), arg, equals + 1))
                argp_error(state, "too many properties");
}

static const char *plain(const char *arg, const char *option, struct argp_state *state)
{
        if (!is_plain(arg, strlen(arg)) || strlen(arg) > TEXT_SIZE / 16)
                argp_error(state, "--%s does not take '%s'", option, arg);
        return arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct dump *dump = state->input;

        switch (key) {
        case 'p':
                dump->profile = plain(arg, "profile", state);
                return 0;
        case 'M':
                dump->machine = plain(arg, "machine", state);
                return 0;
        case 'b':
                dump->bus = plain(arg, "bus", state);
                return 0;
        case 's':
                add_property(dump, arg, state);
                return 0;
        case 'd':
                if (strcmp(arg, "linux") != 0)
                        argp_error(state, "no such driver: %s", arg);
                dump->driver = arg;
                return 0;
        case 'x':
                dump->hex++;
                return 0;
        case ARGP_KEY_END:
                if (dump->hex == 2 || dump->hex > 4)
                        argp_error(state, "-x, -xxx or -xxxx");
                return 0;
        case ARGP_KEY_ARG:
                argp_error(state, "no argument is taken: %s", arg);
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

/* ---- the machine ---- */

static void ignore_line(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

/* NULL after saying on stderr what is wrong. */
static struct scenario *describe(const struct dump *dump, const char *command)
{
        char text[2 * TEXT_SIZE];
        struct scenario *scenario = NULL;
        struct diag diag = { .line = 0 };
        int size = snprintf(text, sizeof text,
                            "profile: %s\nguest: {driver: %s}\n"
                            "machine:\n  type: %s\n  bus: %s\n  balloon:\n    id: balloon0\n%s",
                            dump->profile, dump->driver, dump->machine, dump->bus, dump->text);

        sim_assert(size > 0 && (size_t)size < sizeof text);
        if (scenario_parse_text(text, (size_t)size, command, &scenario, &diag) < 0) {
                fprintf(stderr, "%s: %s\n", command, diag.text);
                if (diag.suggestion[0] != '\0')
                        fprintf(stderr, "did you mean '%s'?\n", diag.suggestion);
                return NULL;
        }
        return scenario;
}

/* ---- the text ---- */

/* QEMU's slots: behind the root port of bus 0, on pc and on q35. */
static const char *address_of(const struct scenario *scenario)
{
        if (scenario->root_port)
                return "01:00.0";
        return strcmp(scenario->machine_type, "q35") == 0 ? "00:01.0" : "00:02.0";
}

static unsigned size_of(const struct dump *dump, const struct scenario *scenario)
{
        switch (dump->hex) {
        case 1:
                return PCI_HEADER_SIZE_BYTES;
        case 3:
                return PCI_CONFIG_SIZE_BYTES;
        case 4:
                /* A pc has no way to more. */
                return strcmp(scenario->machine_type, "q35") == 0 ? PCI_CONFIG_EXTENDED_SIZE_BYTES
                                                                  : PCI_CONFIG_SIZE_BYTES;
        default:
                return scenario->root_port && !scenario->transport.x_disable_pcie &&
                                       !scenario->transport.disable_modern
                               ? PCI_CONFIG_EXTENDED_SIZE_BYTES
                               : PCI_CONFIG_SIZE_BYTES;
        }
}

static void print_space(const struct port *port, const char *address, unsigned size_bytes)
{
        unsigned revision = port_config_read(port, PCI_REG_REVISION_ID, 1);

        printf("%s Class %04x: %04x:%04x", address,
               (unsigned)port_config_read(port, PCI_REG_CLASS_DEVICE, 2),
               (unsigned)port_config_read(port, PCI_REG_VENDOR_ID, 2),
               (unsigned)port_config_read(port, PCI_REG_DEVICE_ID, 2));
        if (revision != 0)
                printf(" (rev %02x)", revision);
        for (unsigned i = 0; i < size_bytes; i++) {
                if (i % LINE_BYTES == 0)
                        printf("\n%02x:", i);
                printf(" %02x", (unsigned)port_config_read(port, (uint16_t)i, 1));
        }
        putchar('\n');
}

static void print_dump(const struct dump *dump, const struct scenario *scenario)
{
        struct machine_options machine_options;
        struct machine *machine;
        const char *why;

        play_machine_options(scenario, &machine_options);
        machine_options.qmp_output = ignore_line;
        machine = machine_new(&machine_options);
        why = machine_power_on(machine);
        sim_assert(why == NULL);
        /* What the driver does at once. */
        sim_kernel_run_until(machine_kernel(machine), 0);
        print_space(machine_port(machine), address_of(scenario), size_of(dump, scenario));
        machine_free(machine);
}

int cli_pci_dump(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .doc = "Print the configuration space of the balloon's PCI function in the form of "
                       "lspci -x; lspci -F FILE decodes it.",
        };
        struct dump dump = {
                .profile = "qemu-7.2", .machine = "q35", .bus = "root", .driver = "none"
        };
        struct scenario *scenario;

        argp_parse(&argp, argc, argv, 0, NULL, &dump);
        scenario = describe(&dump, argv[0]);
        if (scenario == NULL)
                return CLI_WRONG;
        print_dump(&dump, scenario);
        scenario_free(scenario);
        return CLI_PASSED;
}
