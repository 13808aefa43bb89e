// SPDX-License-Identifier: MIT
/* ballast pci: the commands that show the function as PCI tools see it. */
#include "testbench/cli/command.h"

static const struct cli_command commands[] = {
        { "dump", (char[]){ "ballast pci dump" }, cli_pci_dump },
        { "tree", (char[]){ "ballast pci tree" }, cli_pci_tree },
};

int cli_pci(int argc, char **argv)
{
        static const char doc[] = "Show the balloon's PCI function as PCI tools see it.\v"
                                  "Commands:\n"
                                  "  dump   print its configuration space in the form of lspci -x\n"
                                  "  tree   write a folder like /sys that shows it\n\n"
                                  "'ballast pci COMMAND --help' tells more.";

        return cli_run_command(commands, sizeof commands / sizeof commands[0], doc, argc, argv);
}
