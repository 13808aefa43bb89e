// SPDX-License-Identifier: MIT
/*
 * The slots for memory that a machine can get while it runs, what is in them, and
 * where it goes: a region of guest addresses above all other RAM.
 * QEMU 7.2 hw/mem/pc-dimm.c, memory-device.c, hw/i386/pc.c.
 */
#ifndef MODELS_HOST_DIMMS_H
#define MODELS_HOST_DIMMS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/host/qmp_error.h"

/* QEMU has 256. */
#define DIMMS_MAX 8U
/* Of addresses and sizes. */
#define DIMM_ALIGN_BYTES (UINT64_C(2) << 20)

/* Strings are borrowed. */
struct dimm {
        const char *id; /* NULL: anonymous */
        const char *memdev;
        uint64_t address, size_bytes;
        unsigned slot;
        bool hotplugged;
};

/* What a machine is made with. */
struct dimms_options {
        unsigned slots;      /* at most DIMMS_MAX */
        uint64_t room_bytes; /* for all that can ever be there */
        /* That are there from power on, and fit: dimm0 of mem0, dimm1 of mem1, … */
        uint64_t cold_bytes[DIMMS_MAX];
        unsigned cold_count;
};

/* In the order of their addresses. Make one with dimms_init. */
struct dimms {
        unsigned slots;
        uint64_t first, room_bytes; /* where they go, and how much of it in all */
        struct dimm items[DIMMS_MAX];
        unsigned count;
};

struct dimm_wish {
        const char *id, *memdev;
        uint64_t size_bytes; /* 0: no memdev was named */
        bool busy;           /* the memdev is another one's */
        int64_t slot;        /* -1: any */
        uint64_t address;    /* 0: any */
        uint32_t node;
        bool hotplugged;
};

/* ram_end: where RAM above 4 GiB ends, 4 GiB at least. */
void dimms_init(struct dimms *dimms, const struct dimms_options *options, uint64_t ram_end);
/* Finds it a slot and an address, by QEMU's checks in QEMU's order. NULL and error: none. */
const struct dimm *dimms_add(struct dimms *dimms, const struct dimm_wish *wish,
                             struct qmp_error *error);
uint64_t dimms_bytes(const struct dimms *dimms);

#endif
