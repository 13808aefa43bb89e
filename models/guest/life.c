// SPDX-License-Identifier: MIT
/*
 * How a driver leaves a device, and comes back. Linux 6.1 drivers/virtio/virtio_balloon.c,
 * remove_common, virtballoon_freeze and virtballoon_restore; drivers/virtio/virtio.c,
 * virtio_device_restore.
 *
 * A driver that is removed, or frozen as the system is suspended, finishes the buffer that it
 * has out, gives its pages back buffer by buffer, writes actual once and resets the device.
 */
#include "models/guest/guest_priv.h"

void guest_leave(struct guest *guest)
{
        bool ejects = guest->leaving == GUEST_EJECTS;

        guest->transport.ops->set_status(&guest->transport, 0);
        guest_vectors_end(guest);
        guest->frozen = guest->leaving == GUEST_FREEZES;
        guest_forget(guest);
        if (ejects)
                guest_eject_slot(guest);
}

static const char *begin(struct guest *guest, enum guest_leaving how, sim_time_t pace)
{
        guest->leaving = how;
        guest->leaving_pace = pace;
        /* What it was asked meanwhile is not answered any more. */
        guest_task_cancel(&guest->answer);
        if (guest->persona->drives)
                guest_worker_leave(guest);
        else
                guest_leave(guest);
        return NULL;
}

const char *guest_remove(struct guest *guest, sim_time_t pace)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (!guest->bound)
                return "the driver has not probed";
        if (guest->leaving != GUEST_STAYS)
                return "the driver is leaving already";
        return begin(guest, GUEST_REMOVES, pace);
}

const char *guest_leave_to_eject(struct guest *guest, sim_time_t pace)
{
        if (guest->leaving == GUEST_STAYS)
                return begin(guest, GUEST_EJECTS, pace);
        if (guest->leaving == GUEST_FREEZES)
                return "the driver is leaving already";
        guest->leaving = GUEST_EJECTS;
        return NULL;
}

const char *guest_freeze(struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (!guest->persona->drives)
                return "a raw guest has no balloon driver";
        if (guest->leaving != GUEST_STAYS)
                return "the driver is leaving already";
        guest->freezes_driver = guest->bound;
        if (guest->bound)
                return begin(guest, GUEST_FREEZES, GUEST_PACE);
        guest->frozen = true;
        return NULL;
}

const char *guest_restore(struct guest *guest)
{
        const char *reason;

        if (!guest->persona->exists)
                return guest_refuses(guest);
        if (!guest->frozen)
                return "the guest is not frozen";
        if (guest->hung)
                return guest_refuses(guest);
        guest->frozen = false;
        guest_catch_up(guest);
        if (!guest->freezes_driver)
                return NULL;
        reason = guest_bind(guest);
        if (!reason)
                guest_write_actual(guest);
        return reason;
}
