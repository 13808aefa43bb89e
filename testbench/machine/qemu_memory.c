// SPDX-License-Identifier: MIT
/*
 * Memory of a real QEMU that a pc-dimm shows: on its command line, and plugged while it runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/machine/qemu_priv.h"

size_t machine_qemu_dimm_words(const struct machine *machine,
                               char storage[DIMMS_MAX][2][QEMU_DIMM_SIZE],
                               const char *words[QEMU_DIMM_WORDS])
{
        const struct dimms *dimms = &machine->dimms;
        size_t count = 0;

        for (unsigned i = 0; i < dimms->count; i++) {
                const struct dimm *dimm = &dimms->items[i];

                snprintf(storage[i][0], QEMU_DIMM_SIZE,
                         "memory-backend-ram,id=%s,size=%" PRIu64 ",reserve=off", dimm->memdev,
                         dimm->size_bytes);
                snprintf(storage[i][1], QEMU_DIMM_SIZE, "pc-dimm,id=%s,memdev=%s", dimm->id,
                         dimm->memdev);
                words[count++] = "-object";
                words[count++] = storage[i][0];
                words[count++] = "-device";
                words[count++] = storage[i][1];
        }
        return count;
}

static uint64_t number(json_object *data, const char *name)
{
        json_object *member = NULL;

        return json_object_object_get_ex(data, name, &member) ? json_object_get_uint64(member) : 0;
}

static void learn_dimm(struct machine *machine, json_object *entry)
{
        json_object *data = NULL;
        struct dimm dimm = { 0 };

        if (!json_object_object_get_ex(entry, "data", &data))
                return;
        dimm.address = number(data, "addr");
        dimm.size_bytes = number(data, "size");
        if (dimm.size_bytes == 0 || ram_map_find(&machine->map, dimm.address) != NULL)
                return;
        machine_map_dimm(machine, &dimm);
        qemu_map(machine_qemu_device(machine)->qemu, ram_map_find(&machine->map, dimm.address));
}

void machine_qemu_learn_dimms(struct machine *machine)
{
        json_object *list = machine_qemu_ask(machine, "{\"execute\":\"query-memory-devices\"}");
        size_t count =
                json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

        for (size_t i = 0; i < count; i++)
                learn_dimm(machine, json_object_array_get_idx(list, i));
        json_object_put(list);
}
