// SPDX-License-Identifier: MIT
/*
 * One page of memory that this program and the two modules inside QEMU share:
 * what the qtest protocol cannot say.
 *
 * The program writes the wall clock, QEMU's main thread writes the rest. Each
 * field is one atomic word; the qtest answer that the program waits for orders
 * them.
 */
#ifndef PCI_BACKEND_QEMU_PAGE_PRIV_H
#define PCI_BACKEND_QEMU_PAGE_PRIV_H

#include <stdatomic.h>
#include <stdint.h>

/* The environment variable with the descriptor's number, in decimal. */
#define QEMU_PAGE_VARIABLE "BALLAST_QEMU_PAGE"
#define QEMU_PAGE_MAGIC UINT64_C(0x3130454741504c42)
#define QEMU_PAGE_NO_DEADLINE INT64_MAX

/* More than one qtest command can bring about: each of 65535 buffers may send one. */
#define QEMU_PAGE_MESSAGES 131072U
struct qemu_page {
        uint64_t magic;
        int64_t vectors_lent;        /* asked for before QEMU runs: see qemu_accel.c */
        int64_t virtual_start_ns;    /* what the virtual clock begins at */
        _Atomic int64_t wall_us;     /* since 1970, may be negative */
        _Atomic int64_t deadline_ns; /* of the virtual clock; QEMU_PAGE_NO_DEADLINE */
        _Atomic int64_t running;     /* 0: the machine is stopped */
        _Atomic int64_t accelerator_ready, wall_clock_ready;
        /* What devices wrote to PCI_MESSAGE_WINDOW, in this order, round and round. */
        _Atomic uint64_t message_count;
        _Atomic uint32_t messages[QEMU_PAGE_MESSAGES];
        /* The file behind RAM, and how large its pages shall seem; 0: RAM is no file. */
        _Atomic uint64_t backing_device, backing_inode;
        _Atomic uint32_t backing_page_bytes;
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "two processes share no lock");

#endif
