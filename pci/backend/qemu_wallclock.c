// SPDX-License-Identifier: MIT
/*
 * A library to preload into QEMU: the wall clock shows what the shared page says,
 * so that "last-update" and the timestamps of events are the client's to decide.
 * Every other clock stays what it is. The file behind RAM seems to have pages of the
 * size that the shared page says: QEMU asks fstatfs (util/mmap-alloc.c,
 * qemu_fd_getpagesize), and few hosts have huge pages to spare. Without a page nothing
 * changes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "pci/backend/qemu_map_page_priv.h"

/* linux/magic.h */
#define HUGETLBFS_MAGIC 0x958458f6

typedef int clock_gettime_fn(clockid_t clock, struct timespec *time);

static struct qemu_page *page;
static clock_gettime_fn *real_clock_gettime;

__attribute__((constructor)) static void load(void)
{
        void *symbol = dlsym(RTLD_NEXT, "clock_gettime");

        memcpy(&real_clock_gettime, &symbol, sizeof symbol);
        page = qemu_map_page();
        if (page != NULL)
                page->wall_clock_ready = 1;
}

/* The microseconds of a struct timespec or timeval are never negative. */
static int64_t seconds_of(int64_t wall_us, int64_t *rest_us)
{
        int64_t seconds = wall_us / 1000000;

        *rest_us = wall_us % 1000000;
        if (*rest_us < 0) {
                *rest_us += 1000000;
                seconds--;
        }
        return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
        int64_t rest_us;

        if (page != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
                time->tv_sec = seconds_of(page->wall_us, &rest_us);
                time->tv_nsec = rest_us * 1000;
                return 0;
        }
        /* A constructor that ran before ours may ask, too. */
        if (real_clock_gettime == NULL)
                return (int)syscall(SYS_clock_gettime, clock, time);
        return real_clock_gettime(clock, time);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
        struct timespec now;
        int result = clock_gettime(CLOCK_REALTIME, &now);

        (void)zone;
        time->tv_sec = now.tv_sec;
        time->tv_usec = now.tv_nsec / 1000;
        return result;
}

time_t time(time_t *seconds)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        if (seconds != NULL)
                *seconds = now.tv_sec;
        return now.tv_sec;
}

static bool is_behind_ram(int fd)
{
        struct stat status;

        return page != NULL && page->backing_page_bytes > 0 && fstat(fd, &status) == 0 &&
               status.st_dev == page->backing_device && status.st_ino == page->backing_inode;
}

static int tell_file_system(int fd, struct statfs *to)
{
        int saved = errno;
        int result = (int)syscall(SYS_fstatfs, fd, to);

        if (result == 0 && is_behind_ram(fd)) {
                to->f_type = HUGETLBFS_MAGIC;
                to->f_bsize = page->backing_page_bytes;
                errno = saved;
        }
        return result;
}

int fstatfs(int fd, struct statfs *to)
{
        return tell_file_system(fd, to);
}

/* With 64 bits the two structures are one. */
int fstatfs64(int fd, struct statfs64 *to)
{
        _Static_assert(sizeof(struct statfs) == sizeof(struct statfs64), "one structure");
        return tell_file_system(fd, (struct statfs *)to);
}
