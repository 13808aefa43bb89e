// SPDX-License-Identifier: MIT
/*
 * The two ways to reach a virtio device over PCI, behind one table.
 * VIRTIO 1.2 4.1.4.3 (modern), 4.1.4.10 (legacy).
 *
 * The interrupt status and the doorbells are not in it: both are one register
 * at a place that guest_pci and gring know, on the path of every poll.
 */
#ifndef GUEST_TRANSPORT_H
#define GUEST_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/gring.h"
#include "models/guest/pci_probe.h"
#include "pci/port.h"

struct guest_transport {
        const struct guest_transport_ops *ops;
        const struct port *port;     /* borrowed */
        const struct guest_pci *pci; /* borrowed; found */
};

struct guest_transport_ops {
        bool negotiates; /* has FEATURES_OK, and needs VERSION_1 */
        uint8_t (*status)(const struct guest_transport *transport);
        void (*set_status)(const struct guest_transport *transport, uint8_t status);
        uint64_t (*offered)(const struct guest_transport *transport);
        void (*accept)(const struct guest_transport *transport, uint64_t features);
        /* Selects the queue. 0: it is not there, or somebody uses it already. */
        uint16_t (*queue_size)(const struct guest_transport *transport, uint16_t queue);
        /* The queue that queue_size selected gets its addresses, the ring its doorbell. */
        void (*queue_place)(const struct guest_transport *transport, struct gring *ring);
        void (*queue_enable)(const struct guest_transport *transport, uint16_t queue);
        /* Give the configuration, or the selected queue, a vector; return what the device has. */
        uint16_t (*config_vector)(const struct guest_transport *transport, uint16_t vector);
        uint16_t (*queue_vector)(const struct guest_transport *transport, uint16_t vector);
        /* Where to notify a queue that no ring was placed for. */
        struct guest_window (*doorbell)(const struct guest_transport *transport, uint16_t queue);
        /* 32-bit fields of the device's configuration. */
        uint32_t (*config)(const struct guest_transport *transport, unsigned offset);
        void (*set_config)(const struct guest_transport *transport, unsigned offset,
                           uint32_t value);
};

extern const struct guest_transport_ops guest_transport_modern;
extern const struct guest_transport_ops guest_transport_legacy;

#endif
