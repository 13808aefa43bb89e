// SPDX-License-Identifier: MIT
/*
 * Messages: which vector the configuration and each queue have, as their registers read after
 * the driver's write, and what the vector's entry of the table and its pending bit say now.
 * VIRTIO 1.2 4.1.5.1.2; PCI Local Bus 3.0 6.8.2.
 */
#include "models/virtio_spec.h"
#include "testbench/oracle/tap_priv.h"

void tap_vectors_forget(struct tap *tap)
{
        for (unsigned i = 0; i < TAP_CAUSES; i++)
                tap->vectors[i] = VIRTIO_PCI_NO_VECTOR;
}

/* The registers of one queue at a time are there: those of the one that is selected. */
static void take(struct tap *tap, enum tap_region region, const uint16_t places[3])
{
        uint32_t queue, vector;

        if (tap_register_read(tap, region, places[0], 2, &vector))
                tap->vectors[TAP_CAUSE_CONFIG] = (uint16_t)vector;
        if (tap_register_read(tap, region, places[1], 2, &queue) && queue < TAP_QUEUES_MAX &&
            tap_register_read(tap, region, places[2], 2, &vector))
                tap->vectors[queue] = (uint16_t)vector;
}

void tap_vectors_take(struct tap *tap, enum tap_region region)
{
        static const uint16_t common[] = { VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR,
                                           VIRTIO_PCI_COMMON_QUEUE_SELECT,
                                           VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR };
        static const uint16_t legacy[] = { VIRTIO_PCI_LEGACY_CONFIG_MSIX_VECTOR,
                                           VIRTIO_PCI_LEGACY_QUEUE_SELECT,
                                           VIRTIO_PCI_LEGACY_QUEUE_MSIX_VECTOR };

        if (tap->msix == 0 || !tap_tells(tap, TAP_WRITES))
                return;
        if (region == TAP_REGION_COMMON)
                take(tap, region, common);
        else if (region == TAP_REGION_LEGACY && tap_msix_enabled(tap))
                take(tap, region, legacy);
}

/* What one of the capability's two registers names; false: it does not answer. */
static bool find(struct tap *tap, unsigned place, unsigned *bar, uint64_t *offset)
{
        uint32_t value = port_config_read(tap->options.port, (uint16_t)(tap->msix + place), 4);

        *bar = value & PCI_MSIX_BAR_MASK;
        *offset = value & ~(uint32_t)PCI_MSIX_BAR_MASK;
        return tap_bar_answers(tap, *bar);
}

enum tap_vector_state tap_vector(struct tap *tap, unsigned cause, struct tap_vector_view *view)
{
        const struct port *port = tap->options.port;
        uint16_t vector = tap->vectors[cause];
        uint64_t table, pending;
        unsigned table_bar, pending_bar;
        uint32_t control, address;

        if (!tap_msix_enabled(tap) || (tap->command & PCI_COMMAND_MASTER) == 0)
                return TAP_VECTOR_UNKNOWN;
        if (vector == VIRTIO_PCI_NO_VECTOR)
                return TAP_VECTOR_NONE;
        control = port_config_read(port, (uint16_t)(tap->msix + PCI_MSIX_CONTROL), 2);
        if (vector > (control & PCI_MSIX_CONTROL_SIZE_MASK) ||
            !find(tap, PCI_MSIX_TABLE, &table_bar, &table) ||
            !find(tap, PCI_MSIX_PBA, &pending_bar, &pending))
                return TAP_VECTOR_UNKNOWN;
        table += (uint64_t)vector * PCI_MSIX_ENTRY_SIZE_BYTES;
        address = (uint32_t)port_bar_read(port, table_bar, table + PCI_MSIX_ENTRY_ADDRESS, 4);
        /* Elsewhere it is a write to memory, or to nobody. */
        if (address - PCI_MESSAGE_WINDOW >= PCI_MESSAGE_WINDOW_SIZE_BYTES ||
            port_bar_read(port, table_bar, table + PCI_MSIX_ENTRY_ADDRESS + 4, 4) != 0)
                return TAP_VECTOR_UNKNOWN;
        *view = (struct tap_vector_view){
                .vector = vector,
                .data = (uint8_t)port_bar_read(port, table_bar, table + PCI_MSIX_ENTRY_DATA, 4),
                .masked = (control & PCI_MSIX_CONTROL_MASK_ALL) != 0 ||
                          (port_bar_read(port, table_bar, table + PCI_MSIX_ENTRY_CONTROL, 4) &
                           PCI_MSIX_ENTRY_CONTROL_MASK) != 0,
                .pending = (port_bar_read(port, pending_bar, pending + vector / 32 * 4, 4) >>
                                    vector % 32 &
                            1) != 0,
        };
        return TAP_VECTOR_THERE;
}
