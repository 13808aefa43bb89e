// SPDX-License-Identifier: MIT
/*
 * QEMU's qtest accelerator, as a module: no virtual CPU runs, and the virtual
 * clock moves only when a qtest client says so. Debian builds QEMU without it,
 * but its binary still exports every part.
 *
 * Beyond what the accelerator has to do, it publishes, each time QEMU's main
 * thread reads the virtual clock, when the next timer of that clock is due; a
 * client that sends "clock_step 0" then finds the deadline in the page.
 *
 * Only interface facts of QEMU 7.2 are restated here: the layout of its class
 * structures (qom/object.h, qemu/accel.h, sysemu/accel-ops.h) up to the last
 * member used. QEMU loads a module only if it exports the stamp of its build,
 * so another build of QEMU refuses this one instead of misreading it.
 */
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pci/backend/qemu_map_page_priv.h"

#define MODULE_INIT_QOM 3
#define QEMU_CLOCK_VIRTUAL 1
#define QEMU_TIMER_ATTR_ALL (-1)

typedef void any_fn(void);

struct object_class {
        void *type;
        void *interfaces;
        const char *casts[8];
        any_fn *unparent;
        void *properties;
};

struct accel_class {
        struct object_class parent;
        const char *name;
        int (*init_machine)(void *machine);
        any_fn *setup_post, *has_memory, *gdbstub_supported_sstep_flags;
        bool *allowed;
        void *compat_props;
};

struct accel_ops_class {
        struct object_class parent;
        any_fn *ops_init, *cpus_are_resettable;
        void (*create_vcpu_thread)(void *cpu);
        any_fn *kick_vcpu_thread, *cpu_thread_is_idle;
        any_fn *synchronize[5];
        any_fn *handle_interrupt;
        int64_t (*get_virtual_clock)(void);
        any_fn *get_elapsed_ticks;
        any_fn *debug[4];
};

struct type_info {
        const char *name, *parent;
        size_t instance_size, instance_align;
        any_fn *instance_init, *instance_post_init, *instance_finalize;
        bool abstract;
        size_t class_size;
        void (*class_init)(void *class, void *data);
        any_fn *class_base_init;
        void *class_data, *interfaces;
};

/* Exported by QEMU. */
extern bool qtest_allowed;
void register_dso_module_init(any_fn *init, int kind);
void type_register_static(const struct type_info *info);
void dummy_start_vcpu_thread(void *cpu);
int64_t qtest_get_virtual_clock(void);
int64_t qemu_clock_deadline_ns_all(int clock, int attribute_mask);
bool runstate_is_running(void);

/* What QEMU looks for before it loads a module. */
void BALLAST_QEMU_STAMP(void);
void qemu_module_dummy(void);

static struct qemu_page *page;
static bool publishing;

/*
 * The main thread alone: the timers that a client waits for are its own, and what
 * another thread computed could be old by the time it is stored. Asking for the
 * deadline reads the clock again.
 */
static void publish(int64_t now)
{
        int64_t span;

        if (page == NULL || publishing || syscall(SYS_gettid) != getpid())
                return;
        publishing = true;
        span = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, QEMU_TIMER_ATTR_ALL);
        page->deadline_ns = span < 0 || span > INT64_MAX - now ? QEMU_PAGE_NO_DEADLINE : now + span;
        page->running = runstate_is_running();
        publishing = false;
}

static int64_t get_virtual_clock(void)
{
        int64_t now = qtest_get_virtual_clock();

        publish(now);
        return now;
}

static int init_machine(void *machine)
{
        (void)machine;
        return 0;
}

static void accel_class_init(void *class, void *data)
{
        struct accel_class *accel = class;

        (void)data;
        accel->name = "QTest";
        accel->init_machine = init_machine;
        accel->allowed = &qtest_allowed;
}

static void accel_ops_class_init(void *class, void *data)
{
        struct accel_ops_class *ops = class;

        (void)data;
        ops->create_vcpu_thread = dummy_start_vcpu_thread;
        ops->get_virtual_clock = get_virtual_clock;
}

static const struct type_info accel_type = {
        .name = "qtest-accel",
        .parent = "accel",
        .class_init = accel_class_init,
};

static const struct type_info accel_ops_type = {
        .name = "qtest-accel-ops",
        .parent = "accel-ops",
        .abstract = true,
        .class_init = accel_ops_class_init,
};

static void register_types(void)
{
        type_register_static(&accel_type);
        type_register_static(&accel_ops_type);
}

__attribute__((constructor)) static void load(void)
{
        page = qemu_map_page();
        if (page != NULL)
                page->accelerator_ready = 1;
        register_dso_module_init(register_types, MODULE_INIT_QOM);
}

void BALLAST_QEMU_STAMP(void)
{
}

void qemu_module_dummy(void)
{
}
