// SPDX-License-Identifier: MIT
/*
 * Profiles: which QEMU the balloon is. Each field is one decision that QEMU
 * changed over time; docs/qemu-differences.md gives the history.
 */
#ifndef MODELS_BALLOON_PROFILE_H
#define MODELS_BALLOON_PROFILE_H

#include <stdbool.h>

struct balloon_profile {
        const char *name;                                     /* "qemu-7.2" */
        unsigned version_major, version_minor, version_micro; /* what query-version says */
        unsigned stats_count;                                 /* tags known: 6, 10 or 16 */
        bool stats_error_before_update; /* guest-stats fails until the first answer (up to 2.0) */
        bool absent_prints_negative;    /* -1, not 18446744073709551615 (up to 2.9) */
        bool used_length_is_bytes_read; /* of what a buffer's whole records hold (up to 6.1) */
        /*
         * The device knows whether it holds a statistics buffer (from 2.6 on, over a
         * reset from 2.8 on). Before, a poll returns the last one it took, whatever
         * became of that, and a second one just takes the first one's place.
         */
        bool stats_buffer_tracked;
        bool in_use_bounded; /* more chains taken than a queue holds break it (from 2.7 on) */
        bool machine_reset_clears_stats; /* from 10.0 on */
        bool interval_limit_checked;     /* "timer value is too big" (from 2.2 on) */
        bool balloon_error_names_value;  /* 'value', not 'target' (from 8.2 on) */
        unsigned msix_vectors;           /* what it has unless told otherwise (2 from 10.0 on) */
        /*
         * For how long a second device_del is refused while the guest was asked to let the
         * device go: 0 up to 8.0, 5000 from then on. It counts from that millisecond on, and
         * one at millisecond 0 is refused for good.
         */
        unsigned unplug_blocks_ms;
        unsigned modern; /* 1: has the modern interface (from 2.4 on) */
};

/* NULL: no such profile. */
const struct balloon_profile *balloon_profile_find(const char *name);
/* The default: qemu-7.2. Indexes from 0 give every profile, NULL after the last. */
const struct balloon_profile *balloon_profile_default(void);
const struct balloon_profile *balloon_profile_at(unsigned index);

#endif
