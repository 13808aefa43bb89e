// SPDX-License-Identifier: MIT
/* How a module inside QEMU finds the shared page. Included once by each module. */
#ifndef PCI_BACKEND_QEMU_MAP_PAGE_PRIV_H
#define PCI_BACKEND_QEMU_MAP_PAGE_PRIV_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "pci/backend/qemu_page_priv.h"

/* NULL: there is none. A number that names something else is caught by size and magic. */
static struct qemu_page *qemu_map_page(void)
{
        const char *text = getenv(QEMU_PAGE_VARIABLE);
        struct qemu_page *page;
        struct stat status;
        char *end;
        int fd;

        if (text == NULL)
                return NULL;
        fd = (int)strtol(text, &end, 10);
        if (end == text || fd <= 2 || fstat(fd, &status) != 0 ||
            status.st_size != (off_t)sizeof *page)
                return NULL;
        page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED)
                return NULL;
        return page->magic == QEMU_PAGE_MAGIC ? page : NULL;
}

#endif
