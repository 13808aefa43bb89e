// SPDX-License-Identifier: MIT
/* Starts QEMU with its three outputs and the shared page in our hands, and ends it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pci/backend/qemu_priv.h"
#include "sim/assert.h"

#define ACCELERATOR "accel-qtest-x86_64.so"
#define WALL_CLOCK "ballast-wallclock.so"

/* Descriptors that QEMU inherits; of qtest and the monitor, its ends. */
enum kept {
        KEPT_QTEST,
        KEPT_QMP,
        KEPT_PAGE,
        KEPT_CLOCK,
        KEPT_FIRMWARE,
        KEPT_RAM, /* -1: RAM is no file */
        KEPT_COUNT
};

extern char **environ;

/* A list of strings for execvpe, which ends with NULL. */
struct words {
        char **items;
        size_t count;
};

static void words_take(struct words *words, char *word)
{
        words->items = realloc(words->items, (words->count + 2) * sizeof *words->items);
        sim_assert(words->items != NULL && word != NULL);
        words->items[words->count++] = word;
        words->items[words->count] = NULL;
}

__attribute__((format(printf, 2, 3))) static void words_add(struct words *words, const char *format,
                                                            ...)
{
        va_list arguments;
        char *word;
        int size;

        va_start(arguments, format);
        size = vasprintf(&word, format, arguments);
        va_end(arguments);
        sim_assert(size >= 0);
        words_take(words, word);
}

static void words_fini(struct words *words)
{
        for (size_t i = 0; i < words->count; i++)
                free(words->items[i]);
        free(words->items);
}

static bool names(const char *entry, const char *variable)
{
        size_t size = strlen(variable);

        return strncmp(entry, variable, size) == 0 && entry[size] == '=';
}

/*
 * Ours as it is, but for where QEMU finds the modules, the preloaded library and the page. The
 * library is named by its descriptor: blanks and colons in a path would end a name in LD_PRELOAD.
 */
static void build_environment(struct words *words, const char *modules, const int keep[KEPT_COUNT])
{
        const char *preload = getenv("LD_PRELOAD");

        for (char **entry = environ; *entry != NULL; entry++) {
                if (!names(*entry, "LD_PRELOAD") && !names(*entry, "QEMU_MODULE_DIR") &&
                    !names(*entry, QEMU_PAGE_VARIABLE))
                        words_add(words, "%s", *entry);
        }
        words_add(words, "QEMU_MODULE_DIR=%s", modules);
        words_add(words, "LD_PRELOAD=/proc/self/fd/%d%s%s", keep[KEPT_CLOCK],
                  preload != NULL ? ":" : "", preload != NULL ? preload : "");
        words_add(words, QEMU_PAGE_VARIABLE "=%d", keep[KEPT_PAGE]);
}

/* QEMU: without pit=off the interval timer's edges would be the next deadline for ever. */
static void build_arguments(struct words *words, const struct qemu_options *options,
                            const char *binary, const int keep[KEPT_COUNT])
{
        words_add(words, "%s", binary);
        for (const char *const *word =
                     (const char *const[]){ "-nodefaults", "-no-user-config", "-display", "none",
                                            "-accel", "qtest", NULL };
             *word != NULL; word++)
                words_add(words, "%s", *word);
        words_add(words, "-machine");
        words_add(words, "%s,pit=off", options->machine_type);
        words_add(words, "-m");
        if (options->slots > 0)
                words_add(words, "size=%" PRIu64 "B,slots=%u,maxmem=%" PRIu64 "B",
                          options->ram_bytes, options->slots,
                          options->ram_bytes + options->room_bytes);
        else
                words_add(words, "size=%" PRIu64 "B", options->ram_bytes);
        words_add(words, "-bios");
        words_add(words, "/proc/self/fd/%d", keep[KEPT_FIRMWARE]);
        if (keep[KEPT_RAM] >= 0) {
                words_add(words, "-object");
                words_add(words,
                          "memory-backend-file,id=pc.ram,size=%" PRIu64
                          ",share=on,mem-path=/proc/self/fd/%d",
                          options->ram_bytes, keep[KEPT_RAM]);
                words_add(words, "-machine");
                words_add(words, "memory-backend=pc.ram");
        }
        if (options->vga) {
                words_add(words, "-device");
                words_add(words, "VGA,id=vga0,addr=0x%x", PC_VGA_SLOT);
        }
        words_add(words, "-chardev");
        words_add(words, "socket,id=ballast-qtest,fd=%d", keep[KEPT_QTEST]);
        words_add(words, "-object");
        words_add(words, "qtest,id=ballast-qtest,chardev=ballast-qtest,log=none");
        words_add(words, "-chardev");
        words_add(words, "socket,id=ballast-qmp,fd=%d,server=on,wait=off", keep[KEPT_QMP]);
        words_add(words, "-mon");
        words_add(words, "chardev=ballast-qmp,mode=control");
        for (const char *const *word = options->arguments; word != NULL && *word != NULL; word++)
                words_add(words, "%s", *word);
        if (options->root_port) {
                words_add(words, "-device");
                words_add(words, "pcie-root-port,id=" QEMU_ROOT_PORT_ID ",bus=pcie.0,addr=1");
        }
        if (options->device != NULL) {
                words_add(words, "-device");
                words_add(words, "%s%s", options->device,
                          options->root_port ? ",bus=" QEMU_ROOT_PORT_ID : "");
        }
}

/* In the child: nothing here may allocate. error_fd closes when exec has worked. */
_Noreturn static void become_qemu(const struct words *arguments, const struct words *environment,
                                  const int keep[KEPT_COUNT], int message_fd, int error_fd,
                                  pid_t parent)
{
        int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        sigset_t none;
        int error;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(1);
        if (dup2(nowhere, 0) == 0 && dup2(nowhere, 1) == 1 && dup2(message_fd, 2) == 2) {
                for (int i = 0; i < KEPT_COUNT; i++)
                        if (keep[i] >= 0)
                                fcntl(keep[i], F_SETFD, 0);
                execvpe(arguments->items[0], arguments->items, environment->items);
        }
        error = errno;
        if (write(error_fd, &error, sizeof error) != (ssize_t)sizeof error)
                _exit(2);
        _exit(1);
}

/* Every descriptor of one start; -1: not open. */
struct ends {
        int qtest[2], qmp[2], message[2], error[2];
};

static void close_end(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

static void close_ends(struct ends *ends)
{
        for (int i = 0; i < 2; i++) {
                close_end(&ends->qtest[i]);
                close_end(&ends->qmp[i]);
                close_end(&ends->message[i]);
                close_end(&ends->error[i]);
        }
}

/* Without a name of ours: the kernel finds one that nobody has (unix(7), autobind). */
static bool open_monitor(int qmp[2])
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        socklen_t size = sizeof address;

        qmp[1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        qmp[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return qmp[0] >= 0 && qmp[1] >= 0 &&
               bind(qmp[1], (struct sockaddr *)&address, sizeof address.sun_family) == 0 &&
               getsockname(qmp[1], (struct sockaddr *)&address, &size) == 0 &&
               listen(qmp[1], 1) == 0 && connect(qmp[0], (struct sockaddr *)&address, size) == 0;
}

static bool open_ends(struct ends *ends)
{
        *ends = (struct ends){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
        return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->qtest) == 0 &&
               open_monitor(ends->qmp) && pipe2(ends->message, O_CLOEXEC) == 0 &&
               pipe2(ends->error, O_CLOEXEC) == 0;
}

static bool open_page(struct qemu_process *process, const struct qemu_options *options)
{
        process->page_fd = memfd_create("ballast-qemu", MFD_CLOEXEC);
        if (process->page_fd < 0 || ftruncate(process->page_fd, sizeof *process->page) != 0)
                return false;
        process->page = mmap(NULL, sizeof *process->page, PROT_READ | PROT_WRITE, MAP_SHARED,
                             process->page_fd, 0);
        if (process->page == MAP_FAILED)
                return false;
        process->page->magic = QEMU_PAGE_MAGIC;
        process->page->deadline_ns = QEMU_PAGE_NO_DEADLINE;
        process->page->wall_us = options->epoch_us;
        process->page->virtual_start_ns = (int64_t)options->virtual_start_ns;
        process->page->vectors_lent = options->lend_vectors;
        return true;
}

static bool has_modules(const char *folder, char why[QEMU_WHY_SIZE])
{
        static const char *const names_of[] = { ACCELERATOR, WALL_CLOCK };
        char path[PATH_MAX];

        if (folder == NULL) {
                snprintf(why, QEMU_WHY_SIZE, "the folder of QEMU's modules must be given");
                return false;
        }
        for (size_t i = 0; i < sizeof names_of / sizeof names_of[0]; i++) {
                snprintf(path, sizeof path, "%s/%s", folder, names_of[i]);
                if (access(path, R_OK) == 0)
                        continue;
                snprintf(why, QEMU_WHY_SIZE, "no %s in %.160s: it is built where QEMU is installed",
                         names_of[i], folder);
                return false;
        }
        return true;
}

static int open_wall_clock(const char *modules)
{
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/" WALL_CLOCK, modules);
        return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_zeros(const char *name, uint64_t size_bytes)
{
        int fd = memfd_create(name, MFD_CLOEXEC);

        if (fd >= 0 && ftruncate(fd, (off_t)size_bytes) != 0) {
                close(fd);
                return -1;
        }
        return fd;
}

/* The page tells the library inside QEMU which file it is, and what to say of it. */
static int open_ram(struct qemu_page *page, const struct qemu_options *options)
{
        int fd = open_zeros("ballast-ram", options->ram_bytes);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) != 0)
                return fd;
        page->backing_device = status.st_dev;
        page->backing_inode = status.st_ino;
        page->backing_page_bytes = options->backing_page_bytes;
        return fd;
}

/* What the child inherited and this process does not need. */
static void close_files(const int keep[KEPT_COUNT])
{
        for (int i = KEPT_CLOCK; i < KEPT_COUNT; i++)
                if (keep[i] >= 0)
                        close(keep[i]);
}

/* Our ends go to process; the error of exec, or 0. */
static int spawn(struct qemu_process *process, const struct qemu_options *options,
                 const char *binary, struct ends *ends)
{
        const int keep[KEPT_COUNT] = {
                [KEPT_QTEST] = ends->qtest[1],
                [KEPT_QMP] = ends->qmp[1],
                [KEPT_PAGE] = process->page_fd,
                [KEPT_CLOCK] = open_wall_clock(options->modules),
                /* No one runs it: its ROM reads as zeros, whatever is installed. */
                [KEPT_FIRMWARE] = open_zeros("ballast-firmware", RAM_MAP_FIRMWARE_BYTES),
                [KEPT_RAM] =
                        options->backing_page_bytes > 0 ? open_ram(process->page, options) : -1,
        };
        struct words arguments = { 0 }, environment = { 0 };
        pid_t parent = getpid();
        bool complete = keep[KEPT_CLOCK] >= 0 && keep[KEPT_FIRMWARE] >= 0 &&
                        (keep[KEPT_RAM] >= 0 || options->backing_page_bytes == 0);
        int error = complete ? 0 : errno;
        pid_t pid;

        if (error != 0) {
                close_files(keep);
                return error;
        }
        build_arguments(&arguments, options, binary, keep);
        build_environment(&environment, options->modules, keep);
        pid = fork();
        if (pid == 0)
                become_qemu(&arguments, &environment, keep, ends->message[1], ends->error[1],
                            parent);
        if (pid < 0)
                error = errno;
        close_files(keep);
        words_fini(&arguments);
        words_fini(&environment);
        close_end(&ends->error[1]);
        if (pid < 0)
                return error;
        process->pid = pid;
        while (read(ends->error[0], &error, sizeof error) < 0 && errno == EINTR)
                ;
        return error;
}

bool qemu_process_start(struct qemu_process *process, const struct qemu_options *options,
                        char why[QEMU_WHY_SIZE])
{
        const char *binary = options->binary != NULL ? options->binary : "qemu-system-x86_64";
        struct ends ends;
        int error;

        *process = (struct qemu_process){ .qtest_fd = -1, .qmp_fd = -1, .message_fd = -1 };
        process->page_fd = -1;
        if (!has_modules(options->modules, why))
                return false;
        error = open_ends(&ends) && open_page(process, options) ? 0 : errno;
        if (error == 0)
                error = spawn(process, options, binary, &ends);
        if (error != 0) {
                snprintf(why, QEMU_WHY_SIZE, "cannot run %.160s: %s", binary, strerror(error));
                close_ends(&ends);
                return false;
        }
        process->qtest_fd = ends.qtest[0];
        process->qmp_fd = ends.qmp[0];
        process->message_fd = ends.message[0];
        ends.qtest[0] = ends.qmp[0] = ends.message[0] = -1;
        close_ends(&ends);
        fcntl(process->qmp_fd, F_SETFL, O_NONBLOCK);
        fcntl(process->message_fd, F_SETFL, O_NONBLOCK);
        return true;
}

bool qemu_process_reconnect(struct qemu_process *process)
{
        int next = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_un address;
        socklen_t size = sizeof address;
        bool found = getpeername(process->qmp_fd, (struct sockaddr *)&address, &size) == 0;

        close(process->qmp_fd);
        process->qmp_fd = next;
        return found && next >= 0 && connect(next, (struct sockaddr *)&address, size) == 0 &&
               fcntl(next, F_SETFL, O_NONBLOCK) == 0;
}

void qemu_process_end(struct qemu_process *process)
{
        if (process->pid == 0)
                return;
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
                ;
        process->pid = 0;
}
