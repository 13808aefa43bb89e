// SPDX-License-Identifier: MIT
/*
 * The host's account of the guest's pages: which are in the balloon, as the driver said,
 * and of which the host has the memory back. QEMU keeps none; what a page costs is
 * Linux's to know there.
 */
#ifndef MODELS_HOST_LEDGER_H
#define MODELS_HOST_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum ledger_set {
        LEDGER_BALLOONED, /* given, and not taken back since the last reset */
        LEDGER_DISCARDED, /* discarded, and not written since */
        LEDGER_SET_COUNT
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger); /* NULL is fine */

/* Of the page that holds the address; both may be said twice. */
void ledger_put(struct ledger *ledger, enum ledger_set set, uint64_t address);
void ledger_take(struct ledger *ledger, enum ledger_set set, uint64_t address);
void ledger_clear(struct ledger *ledger, enum ledger_set set);
bool ledger_has(const struct ledger *ledger, enum ledger_set set, uint64_t address);
uint64_t ledger_pages(const struct ledger *ledger, enum ledger_set set);

#endif
