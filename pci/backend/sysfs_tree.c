// SPDX-License-Identifier: MIT
#include "pci/backend/sysfs_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pci/pci_spec.h"
#include "sim/assert.h"

#define TEXT_SIZE 2048
/* What is below the tree's own folder, and the function's folder there. */
#define PATH_SIZE 256
#define HOME_SIZE 64

/* Linux include/linux/ioport.h: what a kernel says of a BAR beside its low bits. */
#define RESOURCE_IO 0x100U
#define RESOURCE_MEMORY 0x200U
#define RESOURCE_PREFETCH 0x2000U
#define RESOURCE_SIZE_ALIGNED 0x40000U
#define RESOURCE_MEMORY_64 0x100000U
/* Six BARs, the ROM, and what a kernel with virtual functions lists behind them. */
#define RESOURCE_LINES 13U

struct tree {
        const struct sysfs_tree_options *options;
        int root; /* the folder that is being filled */
        char address[16];
};

struct resource {
        uint64_t start, size_bytes;
        uint32_t flags;
};

/* ---- the BARs ---- */

static uint32_t probe_register(const struct port *port, unsigned bar)
{
        uint16_t at = (uint16_t)(PCI_REG_BAR0 + 4 * bar);
        uint32_t kept = port_config_read(port, at, 4);
        uint32_t found;

        port_config_write(port, at, 4, UINT32_MAX);
        found = port_config_read(port, at, 4);
        port_config_write(port, at, 4, kept);
        return found;
}

/* Returns how many registers the BAR takes. */
static unsigned read_resource(const struct port *port, unsigned bar, struct resource *resource)
{
        uint32_t low = port_config_read(port, (uint16_t)(PCI_REG_BAR0 + 4 * bar), 4);
        uint64_t mask = probe_register(port, bar);
        bool io = low & PCI_BAR_IO;
        bool wide = !io && (low & PCI_BAR_MEMORY_64) != 0 && bar + 1 < PCI_BAR_COUNT;
        uint32_t kind = low & (io ? 0x3U : 0xfU);

        *resource = (struct resource){ .start = low & ~kind };
        if (mask == 0)
                return 1;
        mask &= ~(uint64_t)(io ? 0x3U : 0xfU);
        if (wide) {
                resource->start |=
                        (uint64_t)port_config_read(port, (uint16_t)(PCI_REG_BAR0 + 4 * bar + 4), 4)
                        << 32;
                mask |= (uint64_t)probe_register(port, bar + 1) << 32;
        }
        resource->size_bytes = mask & (~mask + 1);
        resource->flags = kind | RESOURCE_SIZE_ALIGNED | (io ? RESOURCE_IO : RESOURCE_MEMORY);
        if (kind & PCI_BAR_PREFETCHABLE && !io)
                resource->flags |= RESOURCE_PREFETCH;
        if (wide)
                resource->flags |= RESOURCE_MEMORY_64;
        return wide ? 2 : 1;
}

static void read_resources(const struct port *port, struct resource resources[PCI_BAR_COUNT])
{
        uint32_t command = port_config_read(port, PCI_REG_COMMAND, 2);

        memset(resources, 0, PCI_BAR_COUNT * sizeof *resources);
        /* A BAR that is being sized must not decode. */
        port_config_write(port, PCI_REG_COMMAND, 2,
                          command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
        for (unsigned bar = 0; bar < PCI_BAR_COUNT;)
                bar += read_resource(port, bar, &resources[bar]);
        port_config_write(port, PCI_REG_COMMAND, 2, command);
}

/* ---- files ---- */

static bool write_all(int fd, const void *bytes, size_t size)
{
        const char *at = bytes;

        while (size > 0) {
                ssize_t count = write(fd, at, size);

                if (count < 0 && errno == EINTR)
                        continue;
                if (count <= 0)
                        return false;
                at += count;
                size -= (size_t)count;
        }
        return true;
}

static bool put_bytes(int folder, const char *name, mode_t mode, const void *bytes, size_t size)
{
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        bool done;

        if (fd < 0)
                return false;
        done = write_all(fd, bytes, size);
        return close(fd) == 0 && done;
}

__attribute__((format(printf, 3, 4))) static bool put_text(int folder, const char *name,
                                                           const char *format, ...)
{
        char text[TEXT_SIZE];
        va_list arguments;
        int size;

        va_start(arguments, format);
        size = vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        sim_assert(size > 0 && (size_t)size < sizeof text);
        return put_bytes(folder, name, 0444, text, (size_t)size);
}

static bool put_hole(int folder, const char *name, uint64_t size_bytes)
{
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        bool done;

        if (fd < 0)
                return false;
        done = ftruncate(fd, (off_t)size_bytes) == 0;
        return close(fd) == 0 && done;
}

/* "a/b/c": each of them. */
static bool make_folders(int root, const char *path)
{
        char part[PATH_SIZE];

        for (const char *end = path; *end != '\0';) {
                size_t size;

                end += strcspn(end + (*end == '/'), "/") + (*end == '/');
                size = (size_t)(end - path);
                sim_assert(size < sizeof part);
                memcpy(part, path, size);
                part[size] = '\0';
                if (mkdirat(root, part, 0755) != 0 && errno != EEXIST)
                        return false;
        }
        return true;
}

__attribute__((format(printf, 3, 4))) static bool put_link(int root, const char *path,
                                                           const char *format, ...)
{
        char target[PATH_SIZE];
        va_list arguments;
        int size;

        va_start(arguments, format);
        size = vsnprintf(target, sizeof target, format, arguments);
        va_end(arguments);
        sim_assert(size > 0 && (size_t)size < sizeof target);
        return symlinkat(target, root, path) == 0;
}

/* ---- the function's folder ---- */

static bool put_registers(const struct port *port, int folder)
{
        return put_text(folder, "vendor", "0x%04x\n",
                        port_config_read(port, PCI_REG_VENDOR_ID, 2)) &&
               put_text(folder, "device", "0x%04x\n",
                        port_config_read(port, PCI_REG_DEVICE_ID, 2)) &&
               put_text(folder, "subsystem_vendor", "0x%04x\n",
                        port_config_read(port, PCI_REG_SUBSYSTEM_VENDOR_ID, 2)) &&
               put_text(folder, "subsystem_device", "0x%04x\n",
                        port_config_read(port, PCI_REG_SUBSYSTEM_ID, 2)) &&
               put_text(folder, "class", "0x%06x\n",
                        port_config_read(port, PCI_REG_REVISION_ID, 4) >> 8) &&
               put_text(folder, "revision", "0x%02x\n",
                        port_config_read(port, PCI_REG_REVISION_ID, 1)) &&
               put_text(folder, "irq", "%u\n", port_config_read(port, PCI_REG_INTERRUPT_LINE, 1));
}

static bool put_resources(int folder, const struct resource resources[PCI_BAR_COUNT])
{
        char text[TEXT_SIZE];
        size_t size = 0;

        for (unsigned i = 0; i < RESOURCE_LINES; i++) {
                struct resource none = { 0 };
                const struct resource *at = i < PCI_BAR_COUNT ? &resources[i] : &none;
                uint64_t end = at->size_bytes == 0 ? 0 : at->start + at->size_bytes - 1;

                size += (size_t)snprintf(text + size, sizeof text - size,
                                         "0x%016" PRIx64 " 0x%016" PRIx64 " 0x%016x\n", at->start,
                                         end, at->flags);
                sim_assert(size < sizeof text);
        }
        if (!put_bytes(folder, "resource", 0444, text, size))
                return false;
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                char name[16];

                snprintf(name, sizeof name, "resource%u", bar);
                if (resources[bar].size_bytes != 0 &&
                    !put_hole(folder, name, resources[bar].size_bytes))
                        return false;
        }
        return true;
}

static bool put_config(const struct tree *tree, int folder)
{
        uint8_t bytes[PCI_CONFIG_EXTENDED_SIZE_BYTES];
        uint16_t size = tree->options->config_size_bytes;

        sim_assert(size <= sizeof bytes);
        for (uint16_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)port_config_read(tree->options->port, i, 1);
        return put_bytes(folder, "config", 0644, bytes, size);
}

static bool put_driver(const struct tree *tree, const char *home)
{
        const char *driver = tree->options->driver;
        char path[PATH_SIZE];

        if (driver == NULL)
                return true;
        sim_assert(strlen(driver) < HOME_SIZE && strlen(home) < HOME_SIZE);
        snprintf(path, sizeof path, "bus/pci/drivers/%.64s", driver);
        if (!make_folders(tree->root, path))
                return false;
        snprintf(path, sizeof path, "bus/pci/drivers/%.64s/%s", driver, tree->address);
        if (!put_link(tree->root, path, "../../../../%s", home))
                return false;
        snprintf(path, sizeof path, "%.64s/driver", home);
        return put_link(tree->root, path, "../../../bus/pci/drivers/%s", driver);
}

static bool fill(const struct tree *tree)
{
        struct resource resources[PCI_BAR_COUNT];
        char home[HOME_SIZE], path[PATH_SIZE];
        bool done;
        int folder;

        snprintf(home, sizeof home, "devices/pci0000:%02x/%s", tree->options->bus, tree->address);
        snprintf(path, sizeof path, "bus/pci/devices/%s", tree->address);
        if (!make_folders(tree->root, home) || !make_folders(tree->root, "bus/pci/devices") ||
            !make_folders(tree->root, "bus/pci/slots") ||
            !put_link(tree->root, path, "../../../%s", home) || !put_driver(tree, home))
                return false;
        folder = openat(tree->root, home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0)
                return false;
        read_resources(tree->options->port, resources);
        done = put_registers(tree->options->port, folder) && put_resources(folder, resources) &&
               put_config(tree, folder);
        close(folder);
        return done;
}

/* ---- whole or not at all ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
        (void)status;
        (void)kind;
        (void)ftw;
        return remove(path);
}

static void remove_tree(const char *path)
{
        (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int fail(char why[SYSFS_TREE_WHY_SIZE], const char *path, int error)
{
        snprintf(why, SYSFS_TREE_WHY_SIZE, "%.180s: %s", path, strerror(error));
        return -1;
}

/* A folder beside path, so that a rename cannot cross file systems. */
static char *make_beside(const char *path)
{
        size_t length = strlen(path);
        char *name;

        while (length > 1 && path[length - 1] == '/')
                length--;
        name = malloc(length + sizeof ".XXXXXX");
        sim_assert(name != NULL);
        memcpy(name, path, length);
        memcpy(name + length, ".XXXXXX", sizeof ".XXXXXX");
        if (mkdtemp(name) == NULL || chmod(name, 0755) != 0) {
                free(name);
                return NULL;
        }
        return name;
}

int sysfs_tree_write(const char *path, const struct sysfs_tree_options *options,
                     char why[SYSFS_TREE_WHY_SIZE])
{
        struct tree tree = { .options = options };
        char *name = make_beside(path);
        int error = 0;

        if (name == NULL)
                return fail(why, path, errno);
        snprintf(tree.address, sizeof tree.address, "0000:%02x:%02x.0", options->bus,
                 options->device);
        tree.root = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (tree.root < 0 || !fill(&tree))
                error = errno;
        if (tree.root >= 0)
                close(tree.root);
        /* Takes the place of an empty folder and of nothing else. */
        if (error == 0 && rename(name, path) != 0)
                error = errno;
        if (error != 0)
                remove_tree(name);
        free(name);
        return error == 0 ? 0 : fail(why, path, error);
}
