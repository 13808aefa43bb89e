// SPDX-License-Identifier: MIT
/* ballast pci dump: configuration space in the form of lspci -x, which lspci -F reads. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "pci/pci_spec.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/pci_choice.h"

#define LINE_BYTES 16

struct dump {
        struct pci_choice choice;
        unsigned hex; /* how often -x was given */
};

static const struct argp_option options[] = {
        { "hex", 'x', NULL, 0,
          "As of lspci: -x the 64 bytes of the header, -xxx 256 bytes, -xxxx 4096. "
          "Without: all that the function has",
          0 },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct dump *dump = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &dump->choice;
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
                return pci_choice_space_bytes(scenario);
        }
}

static void print_space(const struct port *port, const struct scenario *scenario,
                        unsigned size_bytes)
{
        unsigned revision = port_config_read(port, PCI_REG_REVISION_ID, 1);
        uint8_t bus, device;

        pci_choice_address(scenario, &bus, &device);
        printf("%02x:%02x.0 Class %04x: %04x:%04x", bus, device,
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

int cli_pci_dump(int argc, char **argv)
{
        static const struct argp_child children[] = { { &pci_choice_argp, 0, NULL, 0 }, { 0 } };
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .doc = "Print the configuration space of the balloon's PCI function in the form of "
                       "lspci -x; lspci -F FILE decodes it.",
                .children = children,
        };
        struct dump dump = { .choice = PCI_CHOICE_DEFAULT };
        struct scenario *scenario;
        struct machine *machine;

        argp_parse(&argp, argc, argv, 0, NULL, &dump);
        scenario = pci_choice_describe(&dump.choice, argv[0]);
        if (scenario == NULL)
                return CLI_WRONG;
        machine = pci_choice_machine(scenario);
        print_space(machine_port(machine), scenario, size_of(&dump, scenario));
        machine_free(machine);
        scenario_free(scenario);
        return CLI_PASSED;
}
