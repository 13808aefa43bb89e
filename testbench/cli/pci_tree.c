// SPDX-License-Identifier: MIT
/*
 * ballast pci tree: the function as Linux shows it below /sys, for programs that read it
 * there. Its BARs have addresses, which a kernel would have given them.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "models/guest/pci_probe.h"
#include "pci/backend/sysfs_tree.h"
#include "sim/assert.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/pci_choice.h"

struct tree {
        struct pci_choice choice;
        const char *path;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct tree *tree = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &tree->choice;
                return 0;
        case ARGP_KEY_ARG:
                if (tree->path != NULL)
                        argp_error(state, "one folder only: %s", arg);
                tree->path = arg;
                return 0;
        case ARGP_KEY_END:
                if (tree->path == NULL || tree->path[0] == '\0')
                        argp_error(state, "the folder is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static int write_tree(const struct tree *tree, const struct scenario *scenario, const char *command)
{
        struct machine *machine = pci_choice_machine(scenario);
        bool bound = strcmp(tree->choice.driver, "linux") == 0;
        struct sysfs_tree_options options = {
                .port = machine_port(machine),
                .config_size_bytes = pci_choice_space_bytes(scenario),
                .driver = bound ? "virtio-pci" : NULL,
        };
        char why[SYSFS_TREE_WHY_SIZE];
        struct guest_pci pci;
        int result;

        pci_choice_address(scenario, &options.bus, &options.device);
        if (!bound) {
                const char *reason = guest_pci_probe(&pci, options.port);

                sim_assert(reason == NULL);
        }
        result = sysfs_tree_write(tree->path, &options, why);
        if (result < 0)
                fprintf(stderr, "%s: %s\n", command, why);
        machine_free(machine);
        return result;
}

int cli_pci_tree(int argc, char **argv)
{
        static const struct argp_child children[] = { { &pci_choice_argp, 0, NULL, 0 }, { 0 } };
        static const struct argp argp = {
                .parser = parse,
                .args_doc = "DIR",
                .doc = "Write DIR, which does not exist or is empty, as a look-alike of /sys with "
                       "the balloon's PCI function in it: 'lspci -A linux-sysfs -O "
                       "sysfs.path=DIR/bus/pci' reads it, or libpciaccess where DIR is mounted "
                       "over /sys.",
                .children = children,
        };
        struct tree tree = { .choice = PCI_CHOICE_DEFAULT };
        struct scenario *scenario;
        int result;

        argp_parse(&argp, argc, argv, 0, NULL, &tree);
        scenario = pci_choice_describe(&tree.choice, argv[0]);
        if (scenario == NULL)
                return CLI_WRONG;
        result = write_tree(&tree, scenario, argv[0]);
        scenario_free(scenario);
        return result < 0 ? CLI_WRONG : CLI_PASSED;
}
