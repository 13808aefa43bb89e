// SPDX-License-Identifier: MIT
#include "models/balloon/config.h"

#include "models/virtio_spec.h"
#include "pci/le.h"

#define FIELD_SIZE_BYTES 4U

size_t balloon_config_size_bytes(uint64_t features_offered, bool qemu_4_0_config_size)
{
        if (qemu_4_0_config_size ||
            (features_offered & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON)))
                return VIRTIO_BALLOON_CONFIG_POISON_VAL + FIELD_SIZE_BYTES;
        if (features_offered & VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                return VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID + FIELD_SIZE_BYTES;
        return VIRTIO_BALLOON_CONFIG_ACTUAL + FIELD_SIZE_BYTES;
}

void balloon_config_get(const struct balloon_config *config, uint8_t *bytes, size_t size_bytes)
{
        le32_put(bytes + VIRTIO_BALLOON_CONFIG_NUM_PAGES, config->num_pages);
        le32_put(bytes + VIRTIO_BALLOON_CONFIG_ACTUAL, config->actual);
        if (size_bytes > VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID)
                le32_put(bytes + VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID,
                         config->free_page_hint_cmd_id);
        if (size_bytes > VIRTIO_BALLOON_CONFIG_POISON_VAL)
                le32_put(bytes + VIRTIO_BALLOON_CONFIG_POISON_VAL, config->poison_val);
}

bool balloon_config_set(struct balloon_config *config, const uint8_t *bytes, size_t size_bytes,
                        bool poison_negotiated)
{
        uint32_t before = config->actual;

        config->actual = le32_get(bytes + VIRTIO_BALLOON_CONFIG_ACTUAL);
        config->poison_val = 0;
        if (poison_negotiated && size_bytes > VIRTIO_BALLOON_CONFIG_POISON_VAL)
                config->poison_val = le32_get(bytes + VIRTIO_BALLOON_CONFIG_POISON_VAL);
        return config->actual != before;
}

uint32_t balloon_config_target_pages(uint64_t ram_bytes, uint64_t target_bytes)
{
        if (target_bytes > ram_bytes)
                target_bytes = ram_bytes;
        return (uint32_t)((ram_bytes - target_bytes) / VIRTIO_BALLOON_PAGE_SIZE_BYTES);
}

int64_t balloon_config_actual_bytes(uint64_t ram_bytes, uint32_t actual)
{
        return (int64_t)(ram_bytes - (uint64_t)actual * VIRTIO_BALLOON_PAGE_SIZE_BYTES);
}
