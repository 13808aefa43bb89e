// SPDX-License-Identifier: MIT
/*
 * Where the balloon is, on a machine that plugs and unplugs while it runs.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "pci/backend/qemu_priv.h"

#define SLOTS 32U
#define VENDOR_VIRTIO 0x1af4U
#define BALLOON_TRANSITIONAL 0x1002U
#define BALLOON_MODERN 0x1045U

/*
 * QEMU deletes a device in a thread of its own and says so then, some 50 ms after
 * the guest let it go; one that says nothing for this long was not deleted.
 */
#define DELETION_PATIENCE_MS 5000

static bool is_balloon(uint32_t id)
{
        return (id & 0xffffU) == VENDOR_VIRTIO &&
               (id >> 16 == BALLOON_TRANSITIONAL || id >> 16 == BALLOON_MODERN);
}

/* Behind a root port there is one. */
static bool find_slot(struct qemu *qemu)
{
        if (qemu->options.root_port)
                return is_balloon(qemu_config_get(qemu, qemu->function, PCI_REG_VENDOR_ID, 4));
        for (unsigned slot = 0; slot < SLOTS; slot++) {
                if (!is_balloon(
                            qemu_config_get(qemu, QEMU_FUNCTION(0U, slot), PCI_REG_VENDOR_ID, 4)))
                        continue;
                qemu->function = QEMU_FUNCTION(0U, slot);
                return true;
        }
        return false;
}

static void wait_for_deletion(struct qemu *qemu)
{
        struct pollfd item = { .fd = qemu->process.qmp_fd, .events = POLLIN };

        while (!qemu->device_deleted) {
                int count = poll(&item, 1, DELETION_PATIENCE_MS);

                if (count == 0 || (count < 0 && errno != EINTR))
                        return;
                qemu_collect_qmp(qemu);
                if ((item.revents & (POLLHUP | POLLERR)) != 0)
                        return;
        }
}

void qemu_follow_slot(struct qemu *qemu)
{
        bool was_there = qemu->plugged;

        if ((!qemu->is_pc && !qemu->options.root_port) || qemu->gone)
                return;
        qemu->header_known = false;
        qemu->plugged = find_slot(qemu);
        if (!qemu->plugged)
                memset(qemu->bar_exists, 0, sizeof qemu->bar_exists);
        if (was_there && !qemu->plugged)
                wait_for_deletion(qemu);
        qemu->device_deleted = false;
}
