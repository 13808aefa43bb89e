// SPDX-License-Identifier: MIT
/*
 * What is saved of the function. QEMU hw/virtio/virtio-pci.c, virtio_pci_save_config and
 * _queue, vmstate_virtio_pci_modern_state. Sections: the configuration space, MSI-X,
 * virtio-pci's own registers, then those of the device behind it.
 */
#include "models/virtio/vpci_priv.h"

#include "models/virtio_spec.h"

#define SECTION "virtio-pci"
#define SECTION_VERSION 1U

/* Registers are kept of queues that do not exist, too; most were never written. */
static bool was_written(const struct vpci_queue *queue)
{
        for (unsigned i = 0; i < VPCI_RING_WORD_COUNT; i++)
                if (queue->ring_words[i] != 0)
                        return true;
        return queue->size != 0 || queue->enabled;
}

static void save_queue(const struct vpci *vpci, unsigned index, struct state_writer *to)
{
        const struct vpci_queue *queue = &vpci->queues[index];

        state_put(to, 2, index);
        state_put(to, 2, queue->size);
        state_put(to, 1, queue->enabled);
        for (unsigned i = 0; i < VPCI_RING_WORD_COUNT; i++)
                state_put(to, 4, queue->ring_words[i]);
}

static void save_registers(const struct vpci *vpci, struct state_writer *to)
{
        unsigned count = 0;

        state_put(to, 4, vpci->device_feature_select);
        state_put(to, 4, vpci->driver_feature_select);
        state_put(to, 4, vpci->driver_features[0]);
        state_put(to, 4, vpci->driver_features[1]);
        for (unsigned i = 0; i < VPCI_QUEUES_MAX; i++)
                count += was_written(&vpci->queues[i]);
        state_put(to, 2, count);
        for (unsigned i = 0; i < VPCI_QUEUES_MAX; i++)
                if (was_written(&vpci->queues[i]))
                        save_queue(vpci, i, to);
}

void vpci_save(const struct vpci *vpci, struct state_writer *to)
{
        pcicfg_save(&vpci->function.config, to);
        if (vpci->msix != NULL)
                msix_save(vpci->msix, to);
        state_section(to, SECTION, SECTION_VERSION);
        save_registers(vpci, to);
        state_put(to, 2, vpci->config_vector);
        /* QEMU: of the queues that there are, and of no others. */
        for (unsigned i = 0; i < vdev_queue_count(vpci->vdev); i++)
                state_put(to, 2, vpci->queues[i].vector);
        vdev_save(vpci->vdev, to);
}

static void load_queue(struct vpci *vpci, struct state_reader *from)
{
        unsigned index = (unsigned)state_get_to(from, 2, VPCI_QUEUES_MAX - 1,
                                                "registers of a queue that cannot be selected");
        struct vpci_queue *queue = &vpci->queues[index];

        queue->size = (uint16_t)state_get(from, 2);
        queue->enabled = state_get_bool(from);
        for (unsigned i = 0; i < VPCI_RING_WORD_COUNT; i++)
                queue->ring_words[i] = (uint32_t)state_get(from, 4);
}

static uint16_t load_vector(struct vpci *vpci, struct state_reader *from)
{
        uint16_t vector = (uint16_t)state_get(from, 2);

        if (from->error != NULL || vector == VIRTIO_PCI_NO_VECTOR)
                return VIRTIO_PCI_NO_VECTOR;
        if (vpci->msix != NULL && vector < msix_vector_count(vpci->msix)) {
                msix_use(vpci->msix, vector);
                return vector;
        }
        state_fail(from, "a vector that the device has not");
        return VIRTIO_PCI_NO_VECTOR;
}

static void load_registers(struct vpci *vpci, struct state_reader *from)
{
        unsigned count;

        vpci->device_feature_select = (uint32_t)state_get(from, 4);
        vpci->driver_feature_select = (uint32_t)state_get(from, 4);
        vpci->driver_features[0] = (uint32_t)state_get(from, 4);
        vpci->driver_features[1] = (uint32_t)state_get(from, 4);
        count = (unsigned)state_get_to(from, 2, VPCI_QUEUES_MAX, "there are not so many queues");
        for (unsigned i = 0; i < count && from->error == NULL; i++)
                load_queue(vpci, from);
}

void vpci_load(struct vpci *vpci, struct state_reader *from)
{
        pcicfg_load(&vpci->function.config, from);
        vpci_memory_changed(vpci);
        if (vpci->msix != NULL)
                msix_load(vpci->msix, from);
        state_enter(from, SECTION, SECTION_VERSION);
        load_registers(vpci, from);
        vpci->config_vector = load_vector(vpci, from);
        for (unsigned i = 0; i < vdev_queue_count(vpci->vdev); i++)
                vpci->queues[i].vector = load_vector(vpci, from);
        state_leave(from);
        vdev_load(vpci->vdev, from);
        vdev_use_messages(vpci->vdev, vpci_msix_enabled(vpci));
}

void vpci_loaded(struct vpci *vpci)
{
        /*
         * QEMU: hw/virtio/virtio.c, virtio_load; it does not know yet that a device is broken
         * or disabled, whose bits were set without an interrupt.
         */
        if (!vpci_msix_enabled(vpci))
                vpci_update_intx(vpci);
        vdev_loaded(vpci->vdev);
}
