// SPDX-License-Identifier: MIT
#include "testbench/cli/pci_choice.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pci/pci_spec.h"
#include "sim/assert.h"
#include "sim/kernel.h"
#include "testbench/scenario/play.h"

static const struct argp_option options[] = {
        { "profile", 'p', "PROFILE", 0, "Which QEMU the device is: qemu-1.4, qemu-7.2, qemu-10.0",
          0 },
        { "machine", 'M', "TYPE", 0, "The machine: q35, pc, pc-i440fx-2.6", 0 },
        { "bus", 'b', "BUS", 0, "Where the balloon is plugged: root, root-port", 0 },
        { "set", 's', "PROPERTY=VALUE", 0, "A property of -device virtio-balloon-pci; may repeat",
          0 },
        { "driver", 'd', "DRIVER", 0, "After the driver started: linux. Without: at power on", 0 },
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

__attribute__((format(printf, 2, 3))) static bool add(struct pci_choice *choice, const char *format,
                                                      ...)
{
        size_t room = sizeof choice->text - choice->text_size;
        va_list arguments;
        int size;

        va_start(arguments, format);
        size = vsnprintf(choice->text + choice->text_size, room, format, arguments);
        va_end(arguments);
        if (size < 0 || (size_t)size >= room)
                return false;
        choice->text_size += (size_t)size;
        return true;
}

static void add_property(struct pci_choice *choice, const char *arg, struct argp_state *state)
{
        const char *equals = strchr(arg, '=');

        if (equals == NULL || !is_plain(arg, (size_t)(equals - arg)) ||
            !is_plain(equals + 1, strlen(equals + 1)))
                argp_error(state, "--set takes PROPERTY=VALUE, not '%s'", arg);
        else if (!add(choice, "    %.*s: %s\n", (int)(equals - arg), arg, equals + 1))
                argp_error(state, "too many properties");
}

static const char *plain(const char *arg, const char *option, struct argp_state *state)
{
        if (!is_plain(arg, strlen(arg)) || strlen(arg) > PCI_CHOICE_TEXT_SIZE / 16)
                argp_error(state, "--%s does not take '%s'", option, arg);
        return arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct pci_choice *choice = state->input;

        switch (key) {
        case 'p':
                choice->profile = plain(arg, "profile", state);
                return 0;
        case 'M':
                choice->machine = plain(arg, "machine", state);
                return 0;
        case 'b':
                choice->bus = plain(arg, "bus", state);
                return 0;
        case 's':
                add_property(choice, arg, state);
                return 0;
        case 'd':
                if (strcmp(arg, "linux") != 0)
                        argp_error(state, "no such driver: %s", arg);
                choice->driver = arg;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

const struct argp pci_choice_argp = { .options = options, .parser = parse };

/* ---- the machine ---- */

static void ignore_line(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

struct scenario *pci_choice_describe(const struct pci_choice *choice, const char *command)
{
        char text[2 * PCI_CHOICE_TEXT_SIZE];
        struct scenario *scenario = NULL;
        struct diag diag = { .line = 0 };
        int size = snprintf(text, sizeof text,
                            "profile: %s\nguest: {driver: %s}\n"
                            "machine:\n  type: %s\n  bus: %s\n  balloon:\n    id: balloon0\n%s",
                            choice->profile, choice->driver, choice->machine, choice->bus,
                            choice->text);

        sim_assert(size > 0 && (size_t)size < sizeof text);
        if (scenario_parse_text(text, (size_t)size, command, &scenario, &diag) < 0) {
                fprintf(stderr, "%s: %s\n", command, diag.text);
                if (diag.suggestion[0] != '\0')
                        fprintf(stderr, "did you mean '%s'?\n", diag.suggestion);
                return NULL;
        }
        return scenario;
}

void pci_choice_address(const struct scenario *scenario, uint8_t *bus, uint8_t *device)
{
        *bus = scenario->root_port;
        if (scenario->root_port)
                *device = 0;
        else
                *device = strcmp(scenario->machine_type, "q35") == 0 ? 1 : 2;
}

uint16_t pci_choice_space_bytes(const struct scenario *scenario)
{
        return scenario->root_port && !scenario->transport.x_disable_pcie &&
                               !scenario->transport.disable_modern
                       ? PCI_CONFIG_EXTENDED_SIZE_BYTES
                       : PCI_CONFIG_SIZE_BYTES;
}

struct machine *pci_choice_machine(const struct scenario *scenario)
{
        struct machine_options machine_options;
        struct machine *machine;
        const char *why;

        play_machine_options(scenario, &machine_options);
        machine_options.qmp_output = ignore_line;
        machine = machine_new(&machine_options);
        why = machine_power_on(machine);
        sim_assert(why == NULL);
        sim_kernel_run_until(machine_kernel(machine), 0);
        return machine;
}
