// SPDX-License-Identifier: MIT
/*
 * QEMU's qtest accelerator, as a module: no virtual CPU runs, and the virtual
 * clock moves only when a qtest client says so. Debian builds QEMU without it,
 * but its binary still exports every part.
 *
 * Beyond what the accelerator has to do, it publishes, each time QEMU's main
 * thread reads the virtual clock, when the next timer of that clock is due; a
 * client that sends "clock_step 0" then finds the deadline in the page. It also puts there what
 * devices write to the local APICs, MSI-X messages, and lets the balloon have MSI-X at all.
 *
 * Only interface facts of QEMU 7.2 are restated here: the layout of its class
 * structures (qom/object.h, exec/memory.h, qemu/accel.h, sysemu/accel-ops.h) up to the last
 * member used. QEMU loads a module only if it exports the stamp of its build,
 * so another build of QEMU refuses this one instead of misreading it.
 */
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pci/backend/qemu_map_page_priv.h"
#include "pci/pci_spec.h"

#define MODULE_INIT_QOM 3
#define QEMU_CLOCK_VIRTUAL 1
#define QEMU_TIMER_ATTR_ALL (-1)
#define DEVICE_LITTLE_ENDIAN 2
#define ABOVE_ALL 0x100000 /* of the priorities of overlapping memory regions */

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

struct object_property {
        char *name, *type, *description;
        any_fn *get, *set, *resolve, *release, *init;
        void *opaque;
};

struct memory_region_ops {
        uint64_t (*read)(void *opaque, uint64_t offset, unsigned size);
        void (*write)(void *opaque, uint64_t offset, uint64_t data, unsigned size);
        any_fn *read_with_attrs, *write_with_attrs;
        int endianness;
        struct {
                unsigned min_access_size, max_access_size;
                bool unaligned;
                any_fn *accepts;
        } valid;
        struct {
                unsigned min_access_size, max_access_size;
                bool unaligned;
        } impl;
};

/* Exported by QEMU. */
extern bool qtest_allowed;
void register_dso_module_init(any_fn *init, int kind);
void type_register_static(const struct type_info *info);
void dummy_start_vcpu_thread(void *cpu);
int64_t qtest_get_virtual_clock(void);
int64_t qemu_clock_deadline_ns_all(int clock, int attribute_mask);
bool runstate_is_running(void);
struct object_class *object_class_by_name(const char *name);
struct object_property *object_class_property_find(struct object_class *class, const char *name);
struct object_property *object_class_property_add(struct object_class *class, const char *name,
                                                  const char *type, any_fn *get, any_fn *set,
                                                  any_fn *release, void *opaque);
void *get_system_memory(void);
void memory_region_init_io(void *region, void *owner, const struct memory_region_ops *ops,
                           void *opaque, const char *name, uint64_t size);
void memory_region_add_subregion_overlap(void *region, uint64_t offset, void *subregion,
                                         int priority);

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
        int64_t now = qtest_get_virtual_clock() + (page != NULL ? page->virtual_start_ns : 0);

        publish(now);
        return now;
}

/*
 * QEMU 10.0 gave virtio-balloon-pci a property `vectors`, which other virtio devices of 7.2
 * have: it sets a field of the part that they all share. The balloon gets theirs, so that
 * this QEMU's MSI-X can be compared with ours. Unasked it stays as it was built.
 */
static void lend_vectors(void)
{
        struct object_property *vectors =
                object_class_property_find(object_class_by_name("virtio-rng-pci"), "vectors");
        struct object_class *balloon = object_class_by_name("virtio-balloon-pci");

        if (page != NULL && page->vectors_lent && vectors != NULL && balloon != NULL &&
            object_class_property_find(balloon, "vectors") == NULL)
                object_class_property_add(balloon, "vectors", vectors->type, vectors->get,
                                          vectors->set, vectors->release, vectors->opaque);
}

/* The messages of the local APICs' window, which no CPU would take here, go to the page. */
static uint64_t read_message(void *opaque, uint64_t offset, unsigned size)
{
        (void)opaque;
        (void)offset;
        (void)size;
        return 0;
}

static void take_message(void *opaque, uint64_t offset, uint64_t data, unsigned size)
{
        (void)opaque;
        (void)offset;
        (void)size;
        page->messages[page->message_count % QEMU_PAGE_MESSAGES] = (uint32_t)data;
        page->message_count++;
}

static const struct memory_region_ops message_ops = {
        .read = read_message,
        .write = take_message,
        .endianness = DEVICE_LITTLE_ENDIAN,
};

static void catch_messages(void)
{
        /* Larger than QEMU's structure of 7.2, which this program never looks into. */
        static _Alignas(16) unsigned char region[4096];

        if (page == NULL)
                return;
        memory_region_init_io(region, NULL, &message_ops, NULL, "ballast-messages",
                              PCI_MESSAGE_WINDOW_SIZE_BYTES);
        memory_region_add_subregion_overlap(get_system_memory(), PCI_MESSAGE_WINDOW, region,
                                            ABOVE_ALL);
}

static int init_machine(void *machine)
{
        (void)machine;
        lend_vectors();
        catch_messages();
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
