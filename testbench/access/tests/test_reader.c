// SPDX-License-Identifier: MIT
/* libpciaccess finds in the tree what the model has: identity, BARs, capabilities. */
#include <pciaccess.h>

#include "pci/pci_spec.h"
#include "testbench/access/tests/rig.h"

/* By variant: what QEMU 7.2 shows, of each BAR the size. */
static const struct variant {
        const char *profile;
        struct vpci_properties transport;
        uint16_t device_id, subsystem_id;
        uint8_t revision;
        uint64_t bar_bytes[PCI_BAR_COUNT];
        uint8_t capabilities[8]; /* ids in the list's order */
} variants[] = {
        { "qemu-7.2",
          { .vectors = 0 },
          0x1002,
          0x0005,
          0,
          { 0x40, 0, 0, 0, 0x4000, 0 },
          { 9, 9, 9, 9, 9 } },
        { "qemu-7.2",
          { .disable_legacy = true },
          0x1045,
          0x1100,
          1,
          { 0, 0, 0, 0, 0x4000, 0 },
          { 9, 9, 9, 9, 9 } },
        { "qemu-7.2", { .disable_modern = true }, 0x1002, 0x0005, 0, { 0x40 }, { 0 } },
        { "qemu-7.2",
          { .modern_pio_notify = true, .page_per_vq = true },
          0x1002,
          0x0005,
          0,
          { 0x40, 0, 4, 0, 0x800000, 0 },
          { 9, 9, 9, 9, 9, 9 } },
        { "qemu-10.0",
          { .vectors = 2 },
          0x1002,
          0x0005,
          0,
          { 0x40, 0x1000, 0, 0, 0x4000, 0 },
          { 0x11, 9, 9, 9, 9, 9 } },
};

static struct pci_device *only_device(void)
{
        struct pci_device_iterator *each = pci_slot_match_iterator_create(NULL);
        struct pci_device *device = pci_device_next(each);

        ck_assert_ptr_nonnull(device);
        ck_assert_ptr_null(pci_device_next(each));
        pci_iterator_destroy(each);
        return device;
}

static void expect_bars(const struct pci_device *device, const struct variant *variant)
{
        const struct port *port = machine_port(rig.machine);

        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                const struct pci_mem_region *region = &device->regions[bar];
                uint32_t low = port_config_read(port, (uint16_t)(PCI_REG_BAR0 + 4 * bar), 4);

                ck_assert_uint_eq(region->size, variant->bar_bytes[bar]);
                if (region->size == 0)
                        continue;
                ck_assert_uint_eq(region->is_IO, (low & PCI_BAR_IO) != 0);
                ck_assert_uint_eq(region->base_addr, low & (region->is_IO ? ~0x3U : ~0xfU));
                ck_assert_uint_ne(region->base_addr, 0);
                if (region->is_IO)
                        continue;
                ck_assert_uint_eq(region->is_64, (low & PCI_BAR_MEMORY_64) != 0);
                ck_assert_uint_eq(region->is_prefetchable, (low & PCI_BAR_PREFETCHABLE) != 0);
        }
}

static void expect_capabilities(struct pci_device *device, const uint8_t *ids)
{
        uint8_t at, id;

        ck_assert_int_eq(pci_device_cfg_read_u8(device, &at, PCI_REG_CAPABILITY_POINTER), 0);
        for (; at != 0; ids++) {
                ck_assert_int_eq(pci_device_cfg_read_u8(device, &id, at), 0);
                ck_assert_uint_eq(id, *ids);
                ck_assert_int_eq(pci_device_cfg_read_u8(device, &at, at + 1), 0);
        }
        ck_assert_uint_eq(*ids, 0);
}

START_TEST(libpciaccess_agrees_with_the_model)
{
        const struct variant *variant = &variants[_i];
        const struct machine_options options = {
                .profile = balloon_profile_find(variant->profile),
                .transport = variant->transport,
        };
        struct pci_device *device;

        rig_power_on(&options);
        rig_enter();
        ck_assert_int_eq(pci_system_init(), 0);
        device = only_device();
        ck_assert_uint_eq(device->domain, 0);
        ck_assert_uint_eq(device->bus, 0);
        ck_assert_uint_eq(device->dev, 1);
        ck_assert_uint_eq(device->func, 0);
        ck_assert_int_eq(pci_device_probe(device), 0);
        ck_assert_uint_eq(device->vendor_id, 0x1af4);
        ck_assert_uint_eq(device->device_id, variant->device_id);
        ck_assert_uint_eq(device->subvendor_id, 0x1af4);
        ck_assert_uint_eq(device->subdevice_id, variant->subsystem_id);
        ck_assert_uint_eq(device->device_class, 0x00ff00);
        ck_assert_uint_eq(device->revision, variant->revision);
        ck_assert_int_eq(device->irq, 0);
        ck_assert(!pci_device_has_kernel_driver(device));
        expect_bars(device, variant);
        expect_capabilities(device, variant->capabilities);
        for (uint16_t at = 0; at < 256; at += 4) {
                uint32_t value;

                ck_assert_int_eq(pci_device_cfg_read_u32(device, &value, at), 0);
                ck_assert_uint_eq(value, port_config_read(machine_port(rig.machine), at, 4));
        }
        pci_system_cleanup();
}
END_TEST

TCase *reader_tests(void)
{
        TCase *tcase = tcase_create("reader");

        tcase_add_checked_fixture(tcase, NULL, rig_teardown);
        tcase_add_loop_test(tcase, libpciaccess_agrees_with_the_model, 0,
                            (int)(sizeof variants / sizeof variants[0]));
        return tcase;
}
