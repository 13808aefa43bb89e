// SPDX-License-Identifier: MIT
/*
 * Personas: whose driver this is, as data. What it takes of the device, what it
 * answers and when it stops doing so; the code that does it is the same for all.
 */
#ifndef GUEST_PERSONA_H
#define GUEST_PERSONA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/guest/guest.h"

/* What a driver does instead of its next answer, once it has given guest_options.turns_after. */
enum guest_turn {
        GUEST_TURN_NONE,
        GUEST_TURN_HANG,  /* right after its last answer no code of the guest runs any more */
        GUEST_TURN_RESET, /* asked again it resets the device, and probes it in the same breath */
};

/* A record of a statistics buffer that has nothing to do with the guest's memory. */
struct guest_lie {
        uint16_t tag; /* any, not only those of enum virtio_balloon_stat */
        uint64_t value;
        uint64_t step; /* added with each buffer, around 64 bits */
};

#define GUEST_LIES_MAX VIRTIO_BALLOON_S_COUNT

struct guest_persona {
        const char *name;  /* in a scenario */
        bool exists;       /* false: there is no guest at all */
        bool drives;       /* false: a raw guest, which has no driver of its own */
        uint64_t features; /* those that it takes where they are offered */
        /* the statistics queue */
        sim_time_t answer_after; /* the default of guest_options.answer_after */
        bool silent;             /* takes requests and never answers one */
        bool stats_writable; /* its buffer is for the device to write: there is nothing to read */
        const uint8_t *tags; /* in the order in which it writes them */
        size_t tag_count;
        const struct guest_lie *lies; /* instead of tags */
        size_t lie_count;             /* at most GUEST_LIES_MAX */
        enum guest_turn turn;
        /* the balloon */
        sim_time_t nap;       /* when it finds too few pages */
        bool rounds_target;   /* up to pages of its own */
        bool leaves_actual;   /* does not write actual when it goes */
        bool nap_comes_first; /* before it sends the pages that it did find */
};

const struct guest_persona *guest_persona_of(enum guest_driver driver);

#endif
