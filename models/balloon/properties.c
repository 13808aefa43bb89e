// SPDX-License-Identifier: MIT
/* QEMU's defaults: hw/virtio/virtio-balloon.c, hw/virtio/virtio.c. */
#include "models/balloon/balloon.h"

const struct balloon_properties balloon_properties_default = {
        .page_poison = true,
        .indirect_desc = true,
        .event_idx = true,
        .queue_reset = true,
        .notify_on_empty = true,
        .any_layout = true,
        .use_started = true,
        .use_disabled_flag = true,
};
