// SPDX-License-Identifier: MIT
/*
 * The half of the rule `interrupts` that is of MSI-X: a cause that is due sends the message of its
 * vector, or, masked, sets its pending bit; one that has no vector says nothing, and no other
 * message comes. VIRTIO 1.2 4.1.5.1.2, 4.1.5.3, 4.1.5.4; PCI Local Bus 3.0 6.8.2.9.
 *
 * What the driver turns between the device's decision and the look is not judged: a vector
 * counts if it was the same all the while.
 */
#ifndef TESTBENCH_CHECK_MESSAGES_H
#define TESTBENCH_CHECK_MESSAGES_H

#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

struct messages_look {
        enum tap_vector_state state;
        struct tap_vector_view view;
};

/* zero: nothing is known. */
struct messages {
        /* At the last look, and before the last write since then. */
        struct messages_look looked[TAP_CAUSES], write[TAP_CAUSES];
        bool came[256]; /* since the last look, by what their data name */
};

void messages_before_write(struct messages *messages, const struct check_view *view);
/* due: a bit for each cause that has to interrupt. */
void messages_settle(struct messages *messages, const struct check_view *view, uint32_t due);

#endif
