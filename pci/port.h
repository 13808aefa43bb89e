// SPDX-License-Identifier: MIT
/*
 * The guest side's seam: what a guest may do to one PCI function.
 *
 * Four kinds of access (configuration space, BARs, guest RAM, the machine's I/O
 * ports) and one callback: an interrupt came. A backend says what it can do in a mask; what a
 * scenario needs and a backend cannot is a skip with a reason.
 */
#ifndef PCI_PORT_H
#define PCI_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum port_capability {
        PORT_CAN_CONFIG = 1 << 0, /* configuration space */
        PORT_CAN_BAR = 1 << 1,    /* BAR accesses that reach the function */
        PORT_CAN_RAM = 1 << 2,    /* guest RAM that the function can reach */
        PORT_CAN_INTX = 1 << 3,   /* INTx edges are delivered */
        PORT_CAN_MSIX = 1 << 4,   /* so are MSI-X messages to the local APICs */
        PORT_CAN_IO = 1 << 5,     /* I/O ports of the machine, by address */
};

/* The vector of the INTx pin. A message's is what its data name: PCI_MESSAGE_DATA_VECTOR_MASK. */
#define PORT_INTX 0xffffU

/* asserted: the level of INTx after the edge; always true for a message. */
typedef void port_interrupt_fn(void *owner, unsigned vector, bool asserted);

struct port_ops {
        uint32_t (*config_read)(void *self, uint16_t offset, unsigned size_bytes);
        void (*config_write)(void *self, uint16_t offset, unsigned size_bytes, uint32_t value);
        /* Through the bus's address decoding: what no BAR claims reads as the bus's nothing. */
        uint64_t (*bar_read)(void *self, unsigned bar, uint64_t offset, unsigned size_bytes);
        void (*bar_write)(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                          uint64_t value);
        /* False: some byte lies outside guest RAM; nothing was copied. */
        bool (*ram_read)(void *self, uint64_t address, void *to, size_t size_bytes);
        bool (*ram_write)(void *self, uint64_t address, const void *from, size_t size_bytes);
        /* Any I/O port, by its address: of the chipset, or where a BAR was put. */
        uint32_t (*io_read)(void *self, uint16_t address, unsigned size_bytes);
        void (*io_write)(void *self, uint16_t address, unsigned size_bytes, uint32_t value);
        /* One handler at a time; it may run inside any access above. NULL: none. */
        void (*on_interrupt)(void *self, port_interrupt_fn *handler, void *owner);
};

struct port {
        const struct port_ops *ops;
        void *self;
        unsigned capabilities; /* enum port_capability */
};

static inline uint32_t port_config_read(const struct port *port, uint16_t offset,
                                        unsigned size_bytes)
{
        return port->ops->config_read(port->self, offset, size_bytes);
}

static inline void port_config_write(const struct port *port, uint16_t offset, unsigned size_bytes,
                                     uint32_t value)
{
        port->ops->config_write(port->self, offset, size_bytes, value);
}

static inline uint64_t port_bar_read(const struct port *port, unsigned bar, uint64_t offset,
                                     unsigned size_bytes)
{
        return port->ops->bar_read(port->self, bar, offset, size_bytes);
}

static inline void port_bar_write(const struct port *port, unsigned bar, uint64_t offset,
                                  unsigned size_bytes, uint64_t value)
{
        port->ops->bar_write(port->self, bar, offset, size_bytes, value);
}

static inline bool port_ram_read(const struct port *port, uint64_t address, void *to,
                                 size_t size_bytes)
{
        return port->ops->ram_read(port->self, address, to, size_bytes);
}

static inline bool port_ram_write(const struct port *port, uint64_t address, const void *from,
                                  size_t size_bytes)
{
        return port->ops->ram_write(port->self, address, from, size_bytes);
}

static inline uint32_t port_io_read(const struct port *port, uint16_t address, unsigned size_bytes)
{
        return port->ops->io_read(port->self, address, size_bytes);
}

static inline void port_io_write(const struct port *port, uint16_t address, unsigned size_bytes,
                                 uint32_t value)
{
        port->ops->io_write(port->self, address, size_bytes, value);
}

static inline void port_on_interrupt(const struct port *port, port_interrupt_fn *handler,
                                     void *owner)
{
        port->ops->on_interrupt(port->self, handler, owner);
}

#endif
