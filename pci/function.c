// SPDX-License-Identifier: MIT
/*
 * The world's calls into a function: arguments are checked here, once, so that a
 * model only sees accesses that lie inside what it has.
 */
#include "pci/function.h"

#include "pci/access.h"

uint32_t pcifn_config_read(struct pci_function *function, uint16_t offset, unsigned size_bytes)
{
        if (access_size_is_valid(size_bytes, 4) &&
            access_is_inside(offset, size_bytes, function->config.size_bytes))
                function->ops->config_reading(function->model, offset, size_bytes);
        return pcicfg_read(&function->config, offset, size_bytes);
}

void pcifn_config_write(struct pci_function *function, uint16_t offset, unsigned size_bytes,
                        uint32_t value)
{
        if (!access_size_is_valid(size_bytes, 4) ||
            !access_is_inside(offset, size_bytes, function->config.size_bytes))
                return;
        pcicfg_write(&function->config, offset, size_bytes, value);
        function->ops->config_written(function->model, offset, size_bytes);
}

static bool bar_access_is_valid(const struct pci_function *function, unsigned bar, uint64_t offset,
                                unsigned size_bytes)
{
        /* A register without a BAR has size 0, so no offset lies inside it. */
        return bar < PCI_BAR_COUNT && access_size_is_valid(size_bytes, 8) &&
               access_is_inside(offset, size_bytes, function->config.bars[bar].size_bytes);
}

uint64_t pcifn_bar_read(struct pci_function *function, unsigned bar, uint64_t offset,
                        unsigned size_bytes)
{
        if (!bar_access_is_valid(function, bar, offset, size_bytes))
                return access_all_ones(size_bytes);
        return function->ops->bar_read(function->model, bar, offset, size_bytes) &
               access_all_ones(size_bytes);
}

void pcifn_bar_write(struct pci_function *function, unsigned bar, uint64_t offset,
                     unsigned size_bytes, uint64_t value)
{
        if (!bar_access_is_valid(function, bar, offset, size_bytes))
                return;
        function->ops->bar_write(function->model, bar, offset, size_bytes,
                                 value & access_all_ones(size_bytes));
}

void pcifn_reset(struct pci_function *function, enum pcifn_reset kind)
{
        pcicfg_reset(&function->config);
        function->ops->reset(function->model, kind);
}
