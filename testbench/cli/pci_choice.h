// SPDX-License-Identifier: MIT
/*
 * Which function a command below "ballast pci" is about: the options that they share,
 * and the machine that comes of them. The options become a scenario's machine, so that
 * they have its words and its errors.
 */
#ifndef TESTBENCH_CLI_PCI_CHOICE_H
#define TESTBENCH_CLI_PCI_CHOICE_H

#include <argp.h>
#include <stdint.h>

#include "testbench/machine/machine.h"
#include "testbench/scenario/scenario.h"

#define PCI_CHOICE_TEXT_SIZE 4096

struct pci_choice {
        const char *profile, *machine, *bus, *driver;
        char text[PCI_CHOICE_TEXT_SIZE]; /* the properties, a line of YAML each */
        size_t text_size;
};

#define PCI_CHOICE_DEFAULT                                                               \
        {                                                                                \
                .profile = "qemu-7.2", .machine = "q35", .bus = "root", .driver = "none" \
        }

/* A child parser; its input is a struct pci_choice. */
extern const struct argp pci_choice_argp;

/* NULL after saying on stderr what is wrong. */
struct scenario *pci_choice_describe(const struct pci_choice *choice, const char *command);
/* QEMU's slot for it: behind the root port of bus 0, on pc and on q35. */
void pci_choice_address(const struct scenario *scenario, uint8_t *bus, uint8_t *device);
/* What the function has: 256, or 4096 of an Express function. */
uint16_t pci_choice_space_bytes(const struct scenario *scenario);
/* Powered on, and what the driver does at once is done. */
struct machine *pci_choice_machine(const struct scenario *scenario);

#endif
