// SPDX-License-Identifier: MIT
#include "models/host/dimms.h"

#include <inttypes.h>
#include <stddef.h>

#include "sim/assert.h"

#define GIB (UINT64_C(1) << 30)
#define ANY_SLOT (-1)

static uint64_t round_up(uint64_t value, uint64_t to)
{
        return (value + to - 1) / to * to;
}

uint64_t dimms_bytes(const struct dimms *dimms)
{
        uint64_t bytes = 0;

        for (unsigned i = 0; i < dimms->count; i++)
                bytes += dimms->items[i].size_bytes;
        return bytes;
}

static bool taken(const struct dimms *dimms, unsigned slot)
{
        for (unsigned i = 0; i < dimms->count; i++)
                if (dimms->items[i].slot == slot)
                        return true;
        return false;
}

static bool find_slot(const struct dimms *dimms, int64_t wish, unsigned *slot,
                      struct qmp_error *error)
{
        if (wish != ANY_SLOT && (wish < 0 || wish >= (int64_t)dimms->slots))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "invalid slot number %" PRId64 ", valid range is [0-%" PRIu64
                                     "]",
                                     wish, (uint64_t)dimms->slots - 1);
        if (dimms->slots == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "no slots where allocated, please specify the 'slots' option");
        *slot = wish != ANY_SLOT ? (unsigned)wish : 0;
        if (wish != ANY_SLOT && taken(dimms, *slot))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "slot %u is busy", *slot);
        while (*slot < dimms->slots && taken(dimms, *slot))
                ++*slot;
        if (*slot == dimms->slots)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "no free slots available");
        return true;
}

/* QEMU: each slot may waste what a page of 1 GiB needs to be aligned. */
static uint64_t end_of(const struct dimms *dimms)
{
        return dimms->first + dimms->room_bytes + dimms->slots * GIB;
}

static bool fits(const struct dimms *dimms, uint64_t address, uint64_t size_bytes)
{
        return address >= dimms->first && address <= end_of(dimms) &&
               size_bytes <= end_of(dimms) - address;
}

static const struct dimm *overlapped(const struct dimms *dimms, uint64_t address,
                                     uint64_t size_bytes)
{
        for (unsigned i = 0; i < dimms->count; i++) {
                const struct dimm *dimm = &dimms->items[i];

                if (address < dimm->address + dimm->size_bytes &&
                    dimm->address < address + size_bytes)
                        return dimm;
        }
        return NULL;
}

/* The address that was asked for. */
static bool check_address(const struct dimms *dimms, uint64_t address, uint64_t size_bytes,
                          struct qmp_error *error)
{
        const struct dimm *other;

        if (!fits(dimms, address, size_bytes))
                return qmp_error_set(
                        error, QMP_GENERIC_ERROR,
                        "can't add memory device [0x%" PRIx64 ":0x%" PRIx64
                        "], usable range for memory devices [0x%" PRIx64 ":0x%" PRIx64 "]",
                        address, size_bytes, dimms->first, end_of(dimms) - dimms->first);
        other = overlapped(dimms, address, size_bytes);
        if (other != NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "address range conflicts with memory device id='%s'",
                                     other->id != NULL ? other->id : "(unnamed)");
        return true;
}

static bool find_address(const struct dimms *dimms, const struct dimm_wish *wish, uint64_t *address,
                         struct qmp_error *error)
{
        const struct dimm *other;

        if (wish->size_bytes > dimms->room_bytes - dimms_bytes(dimms))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "not enough space, currently 0x%" PRIx64
                                     " in use of total space for memory devices 0x%" PRIx64,
                                     dimms_bytes(dimms), dimms->room_bytes);
        if (wish->address % DIMM_ALIGN_BYTES != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "address must be aligned to 0x%" PRIx64 " bytes",
                                     DIMM_ALIGN_BYTES);
        if (wish->size_bytes % DIMM_ALIGN_BYTES != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "backend memory size must be multiple of 0x%" PRIx64,
                                     DIMM_ALIGN_BYTES);
        *address = wish->address;
        if (*address != 0)
                return check_address(dimms, *address, wish->size_bytes, error);
        *address = dimms->first;
        while ((other = overlapped(dimms, *address, wish->size_bytes)) != NULL)
                *address = other->address + other->size_bytes;
        if (!fits(dimms, *address, wish->size_bytes))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "could not find position in guest address space for memory "
                                     "device - memory fragmented due to alignments");
        return true;
}

/* What its realize refuses. */
static bool check_device(const struct dimm_wish *wish, struct qmp_error *error)
{
        if (wish->node != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "'DIMM property node has value %" PRIu32
                                     "' which exceeds the number of numa nodes: 1",
                                     wish->node);
        if (wish->busy)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "can't use already busy memdev: %s",
                                     wish->memdev);
        return true;
}

const struct dimm *dimms_add(struct dimms *dimms, const struct dimm_wish *wish,
                             struct qmp_error *error)
{
        struct dimm dimm = { .id = wish->id,
                             .memdev = wish->memdev,
                             .size_bytes = wish->size_bytes,
                             .hotplugged = wish->hotplugged };
        unsigned at = dimms->count;

        if (!find_slot(dimms, wish->slot, &dimm.slot, error))
                return NULL;
        if (wish->size_bytes == 0) {
                qmp_error_set(error, QMP_GENERIC_ERROR, "'memdev' property must be set");
                return NULL;
        }
        if (!find_address(dimms, wish, &dimm.address, error) || !check_device(wish, error))
                return NULL;
        for (; at > 0 && dimms->items[at - 1].address > dimm.address; at--)
                dimms->items[at] = dimms->items[at - 1];
        dimms->items[at] = dimm;
        dimms->count++;
        return &dimms->items[at];
}

void dimms_init(struct dimms *dimms, const struct dimms_options *options, uint64_t ram_end)
{
        static const char *const ids[DIMMS_MAX] = { "dimm0", "dimm1", "dimm2", "dimm3",
                                                    "dimm4", "dimm5", "dimm6", "dimm7" };
        static const char *const memdevs[DIMMS_MAX] = { "mem0", "mem1", "mem2", "mem3",
                                                        "mem4", "mem5", "mem6", "mem7" };
        struct qmp_error error = { 0 };

        sim_assert(options->slots <= DIMMS_MAX && options->cold_count <= options->slots);
        *dimms = (struct dimms){ .slots = options->slots,
                                 .first = round_up(ram_end, GIB),
                                 .room_bytes = options->room_bytes };
        for (unsigned i = 0; i < options->cold_count; i++) {
                struct dimm_wish wish = { .id = ids[i],
                                          .memdev = memdevs[i],
                                          .size_bytes = options->cold_bytes[i],
                                          .slot = ANY_SLOT };
                const struct dimm *dimm = dimms_add(dimms, &wish, &error);

                sim_assert(dimm != NULL);
        }
}
