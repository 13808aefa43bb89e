// SPDX-License-Identifier: MIT
/*
 * MSI-X on the driver's side: a vector for the configuration and one for each queue,
 * or one for all queues, or none and the pin. VIRTIO 1.2 4.1.5.1.2; Linux 6.1
 * drivers/virtio/virtio_pci_common.c, vp_find_vqs; drivers/pci/msi/msi.c.
 */
#include "models/guest/guest_priv.h"

/* What the guest's CPU is told by vector 0 of the table; the others follow. */
#define CPU_VECTOR_FIRST 0x30U
#define VECTOR_CONFIG 0U
#define VECTOR_QUEUES 1U

/* Linux: a queue without a callback, that of hints, has no vector. */
static uint16_t vector_of(const struct guest *guest, unsigned queue)
{
        if (guest->interrupts == GUEST_INTERRUPTS_SHARED)
                return VECTOR_QUEUES;
        return (uint16_t)(VECTOR_QUEUES + queue - (queue > guest->hint_queue));
}

static unsigned vectors_needed(const struct guest *guest, enum guest_interrupts interrupts,
                               unsigned queue_count)
{
        if (interrupts == GUEST_INTERRUPTS_SHARED)
                return VECTOR_QUEUES + 1;
        return VECTOR_QUEUES + queue_count - (guest->hint_queue < queue_count);
}

static void write_control(struct guest *guest, uint32_t bits)
{
        const struct port *port = guest->options.port;
        uint16_t at = (uint16_t)(guest->pci.msix + PCI_MSIX_CONTROL);
        uint32_t control = port_config_read(port, at, 2) &
                           ~(uint32_t)(PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK_ALL);

        port_config_write(port, at, 2, control | bits);
}

static void disable_pin(struct guest *guest, bool disable)
{
        const struct port *port = guest->options.port;
        uint32_t command =
                port_config_read(port, PCI_REG_COMMAND, 2) & ~(uint32_t)PCI_COMMAND_INTX_DISABLE;

        port_config_write(port, PCI_REG_COMMAND, 2,
                          command | (disable ? PCI_COMMAND_INTX_DISABLE : 0));
}

static void write_entry(struct guest *guest, unsigned vector, unsigned field, uint32_t value)
{
        const struct guest_window *table = &guest->pci.table;

        port_bar_write(guest->options.port, table->bar,
                       table->offset + (uint64_t)vector * PCI_MSIX_ENTRY_SIZE_BYTES + field, 4,
                       value);
}

static void program(struct guest *guest, unsigned vector)
{
        write_entry(guest, vector, PCI_MSIX_ENTRY_ADDRESS, PCI_MESSAGE_WINDOW);
        write_entry(guest, vector, PCI_MSIX_ENTRY_ADDRESS + 4, 0);
        write_entry(guest, vector, PCI_MSIX_ENTRY_DATA, CPU_VECTOR_FIRST + vector);
        write_entry(guest, vector, PCI_MSIX_ENTRY_CONTROL, 0);
}

const char *guest_vectors_begin(struct guest *guest, unsigned queue_count)
{
        enum guest_interrupts interrupts = guest->options.interrupts;

        while (interrupts != GUEST_INTERRUPTS_INTX &&
               (guest->pci.msix == 0 ||
                guest->pci.vector_count < vectors_needed(guest, interrupts, queue_count)))
                interrupts++;
        guest->interrupts = interrupts;
        guest->messages = 0;
        if (interrupts == GUEST_INTERRUPTS_INTX)
                return NULL;
        /* Masked as a whole until each entry says where to and is masked on its own. */
        write_control(guest, PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK_ALL);
        disable_pin(guest, true);
        for (unsigned vector = 0; vector < guest->pci.vector_count; vector++)
                write_entry(guest, vector, PCI_MSIX_ENTRY_CONTROL, PCI_MSIX_ENTRY_CONTROL_MASK);
        write_control(guest, PCI_MSIX_CONTROL_ENABLE);
        for (unsigned vector = 0; vector < vectors_needed(guest, interrupts, queue_count); vector++)
                program(guest, vector);
        if (!guest->pci.modern)
                guest->pci.device.offset = VIRTIO_PCI_LEGACY_CONFIG_MSIX;
        return guest->transport.ops->config_vector(&guest->transport, VECTOR_CONFIG) ==
                               VECTOR_CONFIG
                       ? NULL
                       : "the device refused the vector of its configuration";
}

const char *guest_vectors_queue(struct guest *guest, unsigned queue)
{
        uint16_t vector = vector_of(guest, queue);

        if (guest->interrupts == GUEST_INTERRUPTS_INTX || queue == guest->hint_queue ||
            guest->transport.ops->queue_vector(&guest->transport, vector) == vector)
                return NULL;
        return "the device refused the vector of a queue";
}

void guest_vectors_end(struct guest *guest)
{
        if (guest->interrupts == GUEST_INTERRUPTS_INTX)
                return;
        write_control(guest, 0);
        disable_pin(guest, false);
        if (!guest->pci.modern)
                guest->pci.device.offset = VIRTIO_PCI_LEGACY_CONFIG;
        guest->interrupts = GUEST_INTERRUPTS_INTX;
        guest->messages = 0;
}

void guest_vectors_came(struct guest *guest, unsigned vector)
{
        if (guest->interrupts != GUEST_INTERRUPTS_INTX && vector >= CPU_VECTOR_FIRST &&
            vector <= CPU_VECTOR_FIRST + GUEST_QUEUES_MAX)
                guest->messages |= 1U << (vector - CPU_VECTOR_FIRST);
}

uint32_t guest_vectors_take(struct guest *guest)
{
        uint32_t messages = guest->messages;
        uint32_t causes = messages & 1U << VECTOR_CONFIG ? GUEST_MESSAGE_CONFIG : 0;

        guest->messages = 0;
        for (unsigned queue = 0; queue < guest->queue_count; queue++) {
                if (queue != guest->hint_queue && messages & 1U << vector_of(guest, queue))
                        causes |= 1U << queue;
        }
        return causes;
}
