// SPDX-License-Identifier: MIT
#include "testbench/access/namespace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices"

/* What entered saw of the tree before it was in place: nothing else may be there later. */
static struct {
        bool entered;
        dev_t device;
        ino_t inode;
} tree_seen;

static bool fail(char why[NAMESPACE_WHY_SIZE], const char *what)
{
        snprintf(why, NAMESPACE_WHY_SIZE, "%s: %s", what, strerror(errno));
        return false;
}

static bool put(const char *path, const char *text)
{
        int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
        bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

        if (fd >= 0)
                close(fd);
        return done;
}

/* Root of a user namespace of its own, who may mount there; the same user outside. */
static bool become_root(char why[NAMESPACE_WHY_SIZE])
{
        unsigned user = getuid(), group = getgid();
        char map[64];

        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
                return fail(why, "no user and mount namespace");
        snprintf(map, sizeof map, "0 %u 1", user);
        if (!put("/proc/self/setgroups", "deny") || !put("/proc/self/uid_map", map))
                return fail(why, "no map of users");
        snprintf(map, sizeof map, "0 %u 1", group);
        return put("/proc/self/gid_map", map) || fail(why, "no map of groups");
}

/* The older face of PCI; where the kernel has none there is nothing to hide. */
static bool hide_proc(char why[NAMESPACE_WHY_SIZE])
{
        if (access("/proc/bus/pci", F_OK) != 0)
                return true;
        return mount("none", "/proc/bus/pci", "tmpfs", MS_RDONLY, NULL) == 0 ||
               fail(why, "cannot hide /proc/bus/pci");
}

bool namespace_enter(const char *tree, char why[NAMESPACE_WHY_SIZE])
{
        struct stat status;

        if (stat(tree, &status) != 0)
                return fail(why, "no tree");
        if (!become_root(why))
                return false;
        if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
                return fail(why, "cannot make the mounts private");
        if (!hide_proc(why))
                return false;
        if (mount(tree, "/sys", NULL, MS_BIND, NULL) != 0)
                return fail(why, "cannot mount over /sys");
        tree_seen.entered = true;
        tree_seen.device = status.st_dev;
        tree_seen.inode = status.st_ino;
        return true;
}

/* Exactly one entry beside "." and "..": the one of that name. */
static bool shows_only(const char *address, char why[NAMESPACE_WHY_SIZE])
{
        DIR *folder = opendir(DEVICES);
        struct dirent *entry;
        unsigned found = 0;
        bool only = true;

        if (folder == NULL)
                return fail(why, DEVICES);
        while ((entry = readdir(folder)) != NULL) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                found++;
                only = only && strcmp(entry->d_name, address) == 0;
        }
        closedir(folder);
        if (only && found == 1)
                return true;
        snprintf(why, NAMESPACE_WHY_SIZE, "%s shows %s", DEVICES,
                 only ? "no function" : "another function");
        return false;
}

bool namespace_is_safe(const char *tree_address, char why[NAMESPACE_WHY_SIZE])
{
        struct stat status;
        struct statfs kind;

        if (!tree_seen.entered) {
                snprintf(why, NAMESPACE_WHY_SIZE, "no namespace was entered");
                return false;
        }
        if (stat("/sys", &status) != 0 || statfs(DEVICES, &kind) != 0)
                return fail(why, DEVICES);
        if (status.st_dev != tree_seen.device || status.st_ino != tree_seen.inode ||
            kind.f_type == SYSFS_MAGIC) {
                snprintf(why, NAMESPACE_WHY_SIZE, "/sys is not the look-alike");
                return false;
        }
        if (stat(DEVICES, &status) != 0 || status.st_dev != tree_seen.device) {
                snprintf(why, NAMESPACE_WHY_SIZE, "something is mounted inside of /sys");
                return false;
        }
        return shows_only(tree_address, why);
}
