// SPDX-License-Identifier: MIT
/*
 * Rules of the protocols, judged in every run whatever its scenario expects.
 *
 * A rule reads records: the journal's, the seam's, and what a host or a
 * bystander can read of the machine. It is asked before each write of the
 * driver's and after whatever may have moved the device, so a breach is told at
 * its instant. Nothing that happens depends on whether rules listen.
 */
#ifndef TESTBENCH_CHECK_CHECK_H
#define TESTBENCH_CHECK_CHECK_H

#include <stdint.h>

#include "models/balloon/profile.h"
#include "testbench/check/names.h"
#include "testbench/machine/machine.h"

struct checks_options {
        const struct balloon_profile *profile;
        /* Sets of rules, a bit for each enum check_id: that has to be broken, */
        uint32_t allowed;
        uint32_t may_break; /* that may be, too, or not, */
        uint32_t ignored;   /* and that is not judged at all. */
        /* Texts are good during the call. It comes at most once, and from inside an event. */
        void (*broken)(void *owner, const char *expected, const char *got);
        void *owner;
};

struct checks;

struct checks *checks_new(const struct checks_options *options);
void checks_free(struct checks *checks); /* NULL is fine; before the machine */
/* The machine is not powered on yet; its looked is to call checks_looked. */
void checks_begin(struct checks *checks, struct machine *machine);
void checks_looked(struct checks *checks);
/* Something may have happened that no record tells: a step of the timeline. */
void checks_stir(struct checks *checks);
/* Judges nothing any more. */
void checks_stop(struct checks *checks);
/* What had to be broken, and was kept: the first such rule; NULL: none. */
const char *checks_kept(const struct checks *checks);
/* A bit for each enum check_id that was broken, until the first that must not be. */
uint32_t checks_seen_broken(const struct checks *checks);

#endif
