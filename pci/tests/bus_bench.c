// SPDX-License-Identifier: MIT
#include "pci/tests/bus_bench.h"

void bus_bench_init(struct bus_bench *bench)
{
        bench->ram = ram_new(RAM_LAYOUT_Q35, RAM_BYTES);
        bench->bus = bus_sim_new(bench->ram);
        bench->host = bus_sim_host(bench->bus);
        bench->port = bus_sim_port(bench->bus);
        fake_function_init(&bench->fake);
        bus_sim_plug(bench->bus, &bench->fake.function);
        port_config_write(&bench->port, 0x10, 4, IO_BASE);
        port_config_write(&bench->port, 0x20, 4, (uint32_t)MEMORY_BASE);
        port_config_write(&bench->port, 0x24, 4, (uint32_t)(MEMORY_BASE >> 32));
        port_config_write(&bench->port, PCI_REG_COMMAND, 2, COMMAND_ALL);
}

void bus_bench_fini(struct bus_bench *bench)
{
        bus_sim_unplug(bench->bus);
        bus_sim_free(bench->bus);
        ram_free(bench->ram);
}
