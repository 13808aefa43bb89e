// SPDX-License-Identifier: MIT
/*
 * Free page hints of a real QEMU: a thread of its own takes them, in real time, while
 * virtual time stands still. QEMU 7.2 hw/virtio/virtio-balloon.c,
 * virtio_ballloon_get_free_page_hints.
 *
 * It sleeps when it has nothing to do, and while the machine is stopped. From the moment at
 * which the driver says the command id it looks at the ring without a pause, until hints end:
 * then it has done what it will when all that was available has come back.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "models/virtio_spec.h"
#include "pci/le.h"
#include "testbench/machine/qemu_priv.h"

#define INDEX_OFFSET 2U
/* Of 50 us each: how often thread and ring are looked at. */
#define LOOKS_MAX 20000U
/* In a row with nothing left in the ring: the thread goes round and round. */
#define LOOKS_IDLE 20U
#define PATH_SIZE 64U
#define STAT_SIZE 512U
/* As QEMU names the thread of the object that the command line makes. */
#define THREAD_NAME "IO iothread0\n"

static bool read_text(const char *path, char text[STAT_SIZE])
{
        FILE *file = fopen(path, "re");
        size_t size;

        if (file == NULL)
                return false;
        size = fread(text, 1, STAT_SIZE - 1, file);
        text[size] = '\0';
        fclose(file);
        return size > 0;
}

static int find_thread(int pid)
{
        char path[PATH_SIZE], text[STAT_SIZE];
        const struct dirent *entry;
        int found = 0;
        DIR *tasks;

        snprintf(path, sizeof path, "/proc/%d/task", pid);
        tasks = opendir(path);
        if (tasks == NULL)
                return 0;
        while (found == 0 && (entry = readdir(tasks)) != NULL) {
                int thread = (int)strtol(entry->d_name, NULL, 10);

                snprintf(path, sizeof path, "/proc/%d/task/%d/comm", pid, thread);
                if (thread > 0 && read_text(path, text) && strcmp(text, THREAD_NAME) == 0)
                        found = thread;
        }
        closedir(tasks);
        return found;
}

/*
 * For a lock that another thread has, in the middle of what it does. Where the system call is
 * not shown nothing of that is known.
 */
static bool waits(int pid, int thread)
{
        char path[PATH_SIZE], text[STAT_SIZE];

        snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, thread);
        return read_text(path, text) && strtol(text, NULL, 10) == SYS_futex;
}

/* proc(5): the state is the first word behind the name in parentheses. */
static bool sleeps(struct machine *machine)
{
        struct qemu_device *device = machine_qemu_device(machine);
        struct qemu_hints *hints = &device->hints;
        char path[PATH_SIZE], text[STAT_SIZE];
        const char *name_end;
        int pid = qemu_pid(device->qemu);

        if (hints->pid != pid)
                *hints = (struct qemu_hints){ .pid = pid, .thread = find_thread(pid) };
        snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, hints->thread);
        if (hints->thread == 0 || !read_text(path, text))
                return true;
        name_end = strrchr(text, ')');
        return (name_end == NULL || strncmp(name_end, ") S", 3) == 0) && !waits(pid, hints->thread);
}

static void pause_briefly(void)
{
        nanosleep(&(const struct timespec){ .tv_nsec = 50000 }, NULL);
}

void machine_qemu_hints_end(struct machine *machine)
{
        for (unsigned i = 0; i < LOOKS_MAX && !sleeps(machine); i++)
                pause_briefly();
}

static uint16_t read_index(const struct machine *machine, uint64_t ring)
{
        uint8_t bytes[2] = { 0 };

        (void)port_ram_read(&machine->device_port, ring + INDEX_OFFSET, bytes, sizeof bytes);
        return le16_get(bytes);
}

static bool is_broken(struct machine *machine)
{
        struct machine_reading broken = machine_qemu_read(machine, MACHINE_BROKEN);

        return broken.visible && broken.value != 0;
}

/* What a broken device has not returned stays where it is. */
static bool is_taken(struct machine *machine, const struct tap_queue_view *queue,
                     uint16_t available)
{
        return read_index(machine, queue->used) == available || is_broken(machine);
}

void machine_qemu_settle_hints(void *owner)
{
        struct machine *machine = owner;
        struct qemu_hints *hints = &machine_qemu_device(machine)->hints;
        const struct tap_queue_view *queue = NULL;
        uint16_t available;

        if (machine->options.properties.free_page_hint)
                queue = machine_queue(machine, VIRTIO_BALLOON_HINTQ);
        if (queue == NULL || queue->packed || !sim_clock_running(machine->clock))
                return;
        available = read_index(machine, queue->available);
        if (hints->begun == queue->begun && hints->available == available)
                return;
        for (unsigned i = 0, idle = 0; i < LOOKS_MAX && idle < LOOKS_IDLE && !sleeps(machine);
             i++) {
                idle = is_taken(machine, queue, available) ? idle + 1 : 0;
                pause_briefly();
        }
        hints->begun = queue->begun;
        hints->available = available;
}
