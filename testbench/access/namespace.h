// SPDX-License-Identifier: MIT
/*
 * A look-alike of /sys in the place of /sys, for this process alone: programs that
 * read PCI functions there by a compiled-in path see ours and no other.
 *
 * Fails closed: unless it is certain that the look-alike is what is seen, nothing that
 * would open a function may go on.
 */
#ifndef TESTBENCH_ACCESS_NAMESPACE_H
#define TESTBENCH_ACCESS_NAMESPACE_H

#include <stdbool.h>

#define NAMESPACE_WHY_SIZE 256

/*
 * Puts the tree (pci/backend/sysfs_tree.h) over /sys and hides what else shows PCI
 * functions, in a mount namespace of this process's own. Once, while it has one
 * thread. False and why: this system does not allow it; what was mounted by then is
 * seen by nobody else.
 */
bool namespace_enter(const char *tree, char why[NAMESPACE_WHY_SIZE]);

/*
 * True: what this process sees as /sys is the tree, by its mount and not by its name,
 * and it shows exactly the function at address ("0000:00:01.0"). False and why.
 */
bool namespace_is_safe(const char *tree_address, char why[NAMESPACE_WHY_SIZE]);

#endif
