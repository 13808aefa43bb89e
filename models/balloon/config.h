// SPDX-License-Identifier: MIT
/*
 * The balloon's configuration space. VIRTIO 1.2 5.5.4; QEMU
 * hw/virtio/virtio-balloon.c, virtio_balloon_get_config and _set_config.
 */
#ifndef MODELS_BALLOON_CONFIG_H
#define MODELS_BALLOON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct balloon_config {
        uint32_t num_pages; /* the host wants this many in the balloon; read-only to the driver */
        uint32_t actual;    /* the driver says that this many are; it may lie */
        uint32_t free_page_hint_cmd_id; /* an id, stop or done; read-only to the driver */
        uint32_t poison_val;            /* what the driver fills freed pages with */
};

/* QEMU shows only as much as the features offered need, or all of it as QEMU 4.0 did. */
size_t balloon_config_size_bytes(uint64_t features_offered, bool qemu_4_0_config_size);
/* bytes holds size_bytes. */
void balloon_config_get(const struct balloon_config *config, uint8_t *bytes, size_t size_bytes);
/*
 * Takes over what the driver may write; poison_val only where PAGE_POISON is
 * negotiated, else it is 0. True: actual is another one now.
 */
bool balloon_config_set(struct balloon_config *config, const uint8_t *bytes, size_t size_bytes,
                        bool poison_negotiated);

/* The pages to take from a guest of ram_bytes for it to keep target_bytes, at most all of it. */
uint32_t balloon_config_target_pages(uint64_t ram_bytes, uint64_t target_bytes);
/* What is left of ram_bytes; negative when the driver claims more pages than there are. */
int64_t balloon_config_actual_bytes(uint64_t ram_bytes, uint32_t actual);

#endif
