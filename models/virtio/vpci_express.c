// SPDX-License-Identifier: MIT
/*
 * What a function behind a PCI Express port has more: the PCI Express and power
 * management capabilities, function level reset, and in the extended space
 * advanced error reporting and address translation services, which report and
 * translate nothing here. PCI Express Base 2.0 chapter 7; QEMU
 * hw/virtio/virtio-pci.c, virtio_pci_realize, hw/pci/pcie.c, pcie_aer.c.
 */
#include "models/virtio/vpci_priv.h"

/* PCI Express Base 2.0 7.8; link at 2.5 GT/s, one lane. */
#define EXPRESS_SIZE_BYTES 0x3cU
#define EXPRESS_FLAGS_ENDPOINT_V2 0x0002U
#define EXPRESS_DEVICE_CAPABILITIES 0x10008000U /* role-based errors, function level reset */
#define EXPRESS_LINK_CAPABILITIES 0x00000411U
#define EXPRESS_LINK_STATUS 0x0011U
#define EXPRESS_DEVICE_CAPABILITIES_2 0x00300000U
#define EXPRESS_DEVICE_CONTROL_ERRORS 0x000fU
#define EXPRESS_LINK_CONTROL_WRITABLE 0x00c0U
#define EXPRESS_DEVICE_CONTROL_2_WRITABLE 0x8000U

/* PCI Bus Power Management 1.2 3.2: version 3 */
#define POWER_SIZE_BYTES 8U
#define POWER_CAPABILITIES 0x0003U
#define POWER_STATE_MASK 0x0003U

/* PCI Express Base 2.0 7.10 and ATS 1.1 */
#define EXTENDED_FIRST 0x100U
#define EXTENDED_ID_AER 0x0001U
#define EXTENDED_ID_ATS 0x000fU
#define AER_VERSION 2U
#define AER_SIZE_BYTES 0x48U
#define ATS_VERSION 1U
#define ATS_SIZE_BYTES 8U
#define ATS_PAGE_ALIGNED 0x0020U
#define ATS_CONTROL_WRITABLE 0x800fU /* on, smallest translation unit */

static void put_writable(struct pci_config *config, unsigned offset, unsigned size_bytes,
                         uint32_t mask)
{
        for (unsigned i = 0; i < size_bytes; i++)
                pcicfg_set_writable(config, (uint16_t)(offset + i), (uint8_t)(mask >> (8 * i)));
}

static void add_express(struct vpci *vpci)
{
        struct pci_config *config = &vpci->function.config;
        uint16_t at = pcicfg_add_capability(config, PCI_CAPABILITY_EXPRESS, EXPRESS_SIZE_BYTES);

        vpci->express = at;
        pcicfg_put(config, (uint16_t)(at + 2), 2, EXPRESS_FLAGS_ENDPOINT_V2);
        pcicfg_put(config, (uint16_t)(at + PCI_EXPRESS_DEVICE_CAPABILITIES), 4,
                   EXPRESS_DEVICE_CAPABILITIES);
        pcicfg_put(config, (uint16_t)(at + PCI_EXPRESS_LINK_CAPABILITIES), 4,
                   EXPRESS_LINK_CAPABILITIES);
        pcicfg_put(config, (uint16_t)(at + PCI_EXPRESS_LINK_STATUS), 2, EXPRESS_LINK_STATUS);
        pcicfg_put(config, (uint16_t)(at + PCI_EXPRESS_DEVICE_CAPABILITIES_2), 4,
                   EXPRESS_DEVICE_CAPABILITIES_2);
        put_writable(config, at + PCI_EXPRESS_DEVICE_CONTROL, 2,
                     EXPRESS_DEVICE_CONTROL_ERRORS | PCI_EXPRESS_DEVICE_CONTROL_FLR);
        put_writable(config, at + PCI_EXPRESS_LINK_CONTROL, 2, EXPRESS_LINK_CONTROL_WRITABLE);
        put_writable(config, at + PCI_EXPRESS_DEVICE_CONTROL_2, 2,
                     EXPRESS_DEVICE_CONTROL_2_WRITABLE);
}

static void add_power_management(struct vpci *vpci)
{
        struct pci_config *config = &vpci->function.config;
        uint16_t at = pcicfg_add_capability(config, PCI_CAPABILITY_POWER, POWER_SIZE_BYTES);

        vpci->power = at;
        pcicfg_put(config, (uint16_t)(at + 2), 2, POWER_CAPABILITIES);
        put_writable(config, at + PCI_POWER_CONTROL, 2, POWER_STATE_MASK);
}

/* Error registers that nothing but their reset values and masks is seen of. */
static void add_error_reporting(struct pci_config *config, uint16_t at)
{
        static const struct {
                uint8_t offset;
                uint32_t value, writable;
        } registers[] = {
                { 0x0c, 0x00462030, 0x03fff030 }, /* uncorrectable errors' severity */
                { 0x14, 0x0000e000, 0x0000f1c1 }, /* correctable errors' mask */
                { 0x18, 0x000000a0, 0x00000140 }, /* capabilities and control */
        };

        for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
                pcicfg_put(config, (uint16_t)(at + registers[i].offset), 4, registers[i].value);
                put_writable(config, (unsigned)at + registers[i].offset, 4, registers[i].writable);
        }
}

void vpci_express_add(struct vpci *vpci, const struct vpci_properties *properties)
{
        struct pci_config *config = &vpci->function.config;
        uint16_t at = EXTENDED_FIRST;

        add_express(vpci);
        add_power_management(vpci);
        if (properties->aer) {
                pcicfg_add_extended_capability(config, at, EXTENDED_ID_AER, AER_VERSION,
                                               AER_SIZE_BYTES);
                add_error_reporting(config, at);
                at = (uint16_t)(at + AER_SIZE_BYTES);
        }
        if (properties->ats) {
                pcicfg_add_extended_capability(config, at, EXTENDED_ID_ATS, ATS_VERSION,
                                               ATS_SIZE_BYTES);
                pcicfg_put(config, (uint16_t)(at + 4), 2, ATS_PAGE_ALIGNED);
                put_writable(config, at + 6U, 2, ATS_CONTROL_WRITABLE);
        }
}

void vpci_express_written(struct vpci *vpci, uint16_t offset, unsigned size_bytes)
{
        struct pci_config *config = &vpci->function.config;
        uint16_t at = (uint16_t)(vpci->express + PCI_EXPRESS_DEVICE_CONTROL);
        uint32_t control;

        if (vpci->express == 0 || offset + size_bytes <= at || offset >= at + 2)
                return;
        control = pcicfg_get(config, at, 2);
        if ((control & PCI_EXPRESS_DEVICE_CONTROL_FLR) == 0)
                return;
        /* 7.8.4: the bit reads as 0, always. */
        pcicfg_put(config, at, 2, control & ~(uint32_t)PCI_EXPRESS_DEVICE_CONTROL_FLR);
        pcifn_reset(&vpci->function, PCIFN_RESET_FUNCTION);
}

static void clear(struct pci_config *config, unsigned offset, uint32_t mask)
{
        pcicfg_put(config, (uint16_t)offset, 2, pcicfg_get(config, (uint16_t)offset, 2) & ~mask);
}

/* QEMU: virtio_pci_reset returns these and no others. */
void vpci_express_reset(struct vpci *vpci)
{
        struct pci_config *config = &vpci->function.config;

        if (vpci->express == 0)
                return;
        clear(config, vpci->express + PCI_EXPRESS_DEVICE_CONTROL, EXPRESS_DEVICE_CONTROL_ERRORS);
        clear(config, vpci->express + PCI_EXPRESS_LINK_CONTROL, EXPRESS_LINK_CONTROL_WRITABLE);
        pcicfg_put(config, (uint16_t)(vpci->power + PCI_POWER_CONTROL), 2, 0);
}
