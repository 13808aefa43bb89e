// SPDX-License-Identifier: MIT
/* The decorator over a port that only writes down what reaches it. */
#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "testbench/fault/fault_port.h"

#define LOG_SIZE 512U
#define NOTIFY_OFFSET 0x3000U

static struct {
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct sim_listener listener;
        struct faults faults;
        struct fault_port *faulty;
        struct port device, port;
        port_interrupt_fn *handler;
        void *handler_owner;
        unsigned used; /* a bit for each queue with a used buffer */
        unsigned words[FAULT_STATES];
        bool stateless; /* nobody can say in which state it is */
        char log[LOG_SIZE];
        size_t log_size;
} rig;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        rig.log_size += (size_t)vsnprintf(rig.log + rig.log_size, LOG_SIZE - rig.log_size, format,
                                          arguments);
        va_end(arguments);
        ck_assert_uint_lt(rig.log_size, LOG_SIZE);
}

/* What happened since the last call, in words. */
static void log_is(const char *expected)
{
        ck_assert_str_eq(rig.log, expected);
        rig.log[rig.log_size = 0] = '\0';
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        (void)self;
        note("config%x/%u ", offset, size_bytes);
        return 0x12;
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        (void)self;
        note("config%x/%u=%x ", offset, size_bytes, value);
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        (void)self;
        note("bar%u+%" PRIx64 "/%u ", bar, offset, size_bytes);
        return 0x34;
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        (void)self;
        note("bar%u+%" PRIx64 "/%u=%" PRIx64 " ", bar, offset, size_bytes, value);
}

static bool ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        (void)self;
        (void)to;
        note("ram%" PRIx64 "/%zu ", address, size_bytes);
        return false;
}

static bool ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        (void)self;
        (void)from;
        note("ram%" PRIx64 "/%zu= ", address, size_bytes);
        return true;
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        (void)self;
        note("io%x/%u ", address, size_bytes);
        return 0x56;
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        (void)self;
        note("io%x/%u=%x ", address, size_bytes, value);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        (void)self;
        rig.handler = handler;
        rig.handler_owner = owner;
}

static const struct port_ops ops = { config_read, config_write, bar_read, bar_write,   ram_read,
                                     ram_write,   io_read,      io_write, on_interrupt };

static bool place(void *owner, unsigned bar, uint64_t offset, enum guest_region *region,
                  uint64_t *inner)
{
        (void)owner;
        *region = offset < NOTIFY_OFFSET ? GUEST_REGION_COMMON : GUEST_REGION_NOTIFY;
        *inner = offset % NOTIFY_OFFSET;
        return bar == 4;
}

static bool has_used(void *owner, unsigned queue)
{
        (void)owner;
        return rig.used & 1U << queue;
}

static bool state(void *owner, enum fault_state_of of, unsigned *word)
{
        (void)owner;
        *word = rig.words[of];
        return !rig.stateless;
}

static void hear_fault(void *owner, const struct sim_record *record)
{
        (void)owner;
        note("!%s:%s ", record->values[0].text, record->values[1].text);
}

static void hear_interrupt(void *owner, unsigned vector, bool asserted)
{
        (void)owner;
        note("irq%x%c@%" PRIu64 " ", vector, asserted ? '+' : '-',
             sim_kernel_now(rig.kernel) / SIM_MS(1));
}

static void set_up(void)
{
        memset(&rig, 0, sizeof rig);
        rig.kernel = sim_kernel_new(NULL);
        rig.clock = sim_clock_new(rig.kernel);
        sim_journal_init(&rig.journal, rig.kernel);
        rig.listener = (struct sim_listener){ .record = hear_fault };
        sim_journal_subscribe(&rig.journal, &rig.listener);
        faults_init(&rig.faults, rig.kernel, &rig.journal, 1, (struct fault_asker){ .ask = NULL });
        faults_tell_states(&rig.faults, state, NULL);
        rig.device = (struct port){ .ops = &ops, .capabilities = PORT_CAN_BAR };
        rig.faulty = fault_port_new(&(struct fault_port_options){
                .port = &rig.device,
                .faults = &rig.faults,
                .clock = rig.clock,
                .place = place,
                .has_used = has_used,
        });
        rig.port = fault_port_port(rig.faulty);
        port_on_interrupt(&rig.port, hear_interrupt, NULL);
}

static void tear_down(void)
{
        fault_port_free(rig.faulty);
        ck_assert_ptr_null(rig.handler);
        sim_clock_free(rig.clock);
        sim_kernel_free(rig.kernel);
}

static void arm(const struct fault_order *order)
{
        faults_arm(&rig.faults, order);
        fault_port_armed(rig.faulty, order->point);
}

static void raise_irq(unsigned vector)
{
        rig.handler(rig.handler_owner, vector, true);
}

static void run(sim_time_t until)
{
        sim_kernel_run_until(rig.kernel, until);
}

static void notify(unsigned queue)
{
        port_bar_write(&rig.port, 4, NOTIFY_OFFSET + 4 * queue, 2, queue);
}

START_TEST(without_a_fault_everything_passes)
{
        char byte;

        ck_assert_uint_eq(rig.port.capabilities, PORT_CAN_BAR);
        ck_assert_uint_eq(port_config_read(&rig.port, 4, 2), 0x12);
        port_config_write(&rig.port, 4, 2, 7);
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, 0x14, 1), 0x34);
        port_bar_write(&rig.port, 4, 0x14, 1, 15);
        ck_assert(!port_ram_read(&rig.port, 0x10, &byte, 1));
        ck_assert(port_ram_write(&rig.port, 0x10, "a", 1));
        ck_assert_uint_eq(port_io_read(&rig.port, 0xcf8, 4), 0x56);
        port_io_write(&rig.port, 0xcf8, 4, 1);
        log_is("config4/2 config4/2=7 bar4+14/1 bar4+14/1=f ram10/1 ram10/1= iocf8/4 iocf8/4=1 ");
        raise_irq(PORT_INTX);
        rig.handler(rig.handler_owner, PORT_INTX, false);
        raise_irq(0x33);
        log_is("irqffff+@0 irqffff-@0 irq33+@0 ");
}
END_TEST

START_TEST(a_lost_interrupt_does_not_come_and_the_pin_falls)
{
        arm(&(struct fault_order){ .point = FAULT_LOSE_INTERRUPT, .rule = { .times = 2 } });
        raise_irq(PORT_INTX);
        rig.handler(rig.handler_owner, PORT_INTX, false);
        raise_irq(0x33);
        raise_irq(0x33);
        log_is("!lose-interrupt:pin irqffff-@0 !lose-interrupt:vector 51 irq33+@0 ");
}
END_TEST

START_TEST(an_interrupt_is_for_the_queues_with_used_buffers)
{
        arm(&(struct fault_order){
                .point = FAULT_LOSE_INTERRUPT, .queue_given = true, .queue = 2 });
        raise_irq(1);
        rig.used = 1 << 1;
        raise_irq(2);
        rig.used = 1 << 1 | 1 << 2;
        raise_irq(3);
        log_is("irq1+@0 irq2+@0 !lose-interrupt:vector 3 ");
        arm(&(struct fault_order){
                .point = FAULT_LOSE_INTERRUPT, .queue_given = true, .queue = FAULT_QUEUE_CONFIG });
        raise_irq(4);
        rig.used = 0;
        raise_irq(5);
        log_is("irq4+@0 !lose-interrupt:vector 5 ");
}
END_TEST

START_TEST(a_late_interrupt_comes_by_the_machines_clock)
{
        arm(&(struct fault_order){
                .point = FAULT_LATE_INTERRUPT, .by = SIM_MS(5), .rule = { .nth = { 1 } } });
        raise_irq(PORT_INTX);
        raise_irq(7);
        run(SIM_MS(3));
        log_is("!late-interrupt:pin irq7+@0 ");
        sim_clock_stop(rig.clock);
        run(SIM_MS(10));
        log_is("");
        sim_clock_start(rig.clock);
        run(SIM_MS(20));
        log_is("irqffff+@12 ");
}
END_TEST

START_TEST(what_is_late_can_overtake)
{
        arm(&(struct fault_order){
                .point = FAULT_LATE_INTERRUPT, .by = SIM_MS(5), .rule = { .times = 1 } });
        raise_irq(1);
        arm(&(struct fault_order){
                .point = FAULT_LATE_INTERRUPT, .by = SIM_MS(2), .rule = { .times = 1 } });
        raise_irq(2);
        run(SIM_MS(10));
        log_is("!late-interrupt:vector 1 !late-interrupt:vector 2 irq2+@2 irq1+@5 ");
}
END_TEST

static void note_other(void *owner)
{
        (void)owner;
        note("other@%" PRIu64 " ", sim_kernel_now(rig.kernel) / SIM_MS(1));
}

/* As a poll of a real QEMU does, which comes as soon as time does. */
START_TEST(what_else_is_due_goes_first)
{
        struct sim_event other;

        sim_event_init(&other, rig.kernel, "other", note_other, NULL);
        arm(&(struct fault_order){ .point = FAULT_LATE_INTERRUPT, .by = SIM_MS(5) });
        raise_irq(1);
        arm(&(struct fault_order){
                .point = FAULT_SPURIOUS_INTERRUPT, .vector = 2, .rule = { .from = SIM_MS(8) } });
        sim_event_schedule_at(&other, SIM_MS(5));
        run(SIM_MS(5));
        log_is("!late-interrupt:vector 1 other@5 irq1+@5 ");
        sim_event_schedule_at(&other, SIM_MS(8));
        run(SIM_MS(8));
        log_is("other@8 !spurious-interrupt:vector 2 irq2+@8 ");
        sim_event_fini(&other);
}
END_TEST

/* The second interrupt in the state is the fourth in all. */
START_TEST(what_is_in_another_state_is_no_crossing)
{
        arm(&(struct fault_order){
                .point = FAULT_LOSE_INTERRUPT,
                .rule = { .nth = { 2 } },
                .in_state = true,
                .condition.words = { [FAULT_STATE_DEVICE] = 1U << FAULT_DEVICE_DRIVER |
                                                            1U << FAULT_DEVICE_DRIVER_OK,
                                     [FAULT_STATE_GUEST] = 1U << FAULT_GUEST_HUNG } });
        rig.words[FAULT_STATE_DEVICE] = FAULT_DEVICE_DRIVER_OK;
        raise_irq(1);
        rig.words[FAULT_STATE_GUEST] = FAULT_GUEST_HUNG;
        raise_irq(2);
        rig.words[FAULT_STATE_DEVICE] = FAULT_DEVICE_FEATURES_OK;
        raise_irq(3);
        rig.words[FAULT_STATE_DEVICE] = FAULT_DEVICE_DRIVER;
        rig.stateless = true;
        raise_irq(4);
        rig.stateless = false;
        raise_irq(5);
        raise_irq(6);
        log_is("irq1+@0 irq2+@0 irq3+@0 irq4+@0 !lose-interrupt:vector 5 irq6+@0 ");
}
END_TEST

/* VIRTIO 1.2 2.1. */
START_TEST(a_device_status_is_its_last_step)
{
        ck_assert_int_eq(fault_device_of(0), FAULT_DEVICE_RESET);
        ck_assert_int_eq(fault_device_of(1), FAULT_DEVICE_ACKNOWLEDGE);
        ck_assert_int_eq(fault_device_of(3), FAULT_DEVICE_DRIVER);
        ck_assert_int_eq(fault_device_of(0xb), FAULT_DEVICE_FEATURES_OK);
        ck_assert_int_eq(fault_device_of(0x7), FAULT_DEVICE_DRIVER_OK);
        ck_assert_int_eq(fault_device_of(0xf), FAULT_DEVICE_DRIVER_OK);
        ck_assert_int_eq(fault_device_of(0x4f), FAULT_DEVICE_NEEDS_RESET);
        ck_assert_int_eq(fault_device_of(0xcf), FAULT_DEVICE_FAILED);
}
END_TEST

START_TEST(a_doubled_interrupt_comes_twice)
{
        arm(&(struct fault_order){
                .point = FAULT_DOUBLE_INTERRUPT, .by = SIM_MS(1), .rule = { .every = 2 } });
        raise_irq(1);
        raise_irq(2);
        run(SIM_MS(10));
        log_is("irq1+@0 !double-interrupt:vector 2 irq2+@0 irq2+@1 ");
}
END_TEST

START_TEST(a_spurious_interrupt_has_one_chance_or_one_a_period)
{
        arm(&(struct fault_order){ .point = FAULT_SPURIOUS_INTERRUPT, .vector = PORT_INTX });
        run(SIM_MS(10));
        log_is("!spurious-interrupt:pin irqffff+@0 ");
        arm(&(struct fault_order){
                .point = FAULT_SPURIOUS_INTERRUPT,
                .vector = 3,
                .period = SIM_MS(10),
                .rule = { .from = SIM_MS(20), .until = SIM_MS(50), .every = 2 } });
        run(SIM_MS(100));
        log_is("!spurious-interrupt:vector 3 irq3+@30 ");
        arm(&(struct fault_order){ .point = FAULT_SPURIOUS_INTERRUPT, .period = SIM_MS(1) });
        faults_clear(&rig.faults, FAULT_SPURIOUS_INTERRUPT);
        run(SIM_MS(200));
        log_is("");
}
END_TEST

/* And not behind one that is made up itself, nor behind the pin's falling. */
START_TEST(a_spurious_interrupt_comes_behind_what_crosses)
{
        arm(&(struct fault_order){ .point = FAULT_SPURIOUS_INTERRUPT, .vector = 9 });
        arm(&(struct fault_order){
                .point = FAULT_SPURIOUS_INTERRUPT, .vector = 3, .behind = FAULT_BEHIND_WRITES });
        run(SIM_MS(10));
        raise_irq(1);
        port_config_write(&rig.port, 4, 2, 7);
        log_is("irq1+@10 config4/2=7 ");
        port_bar_write(&rig.port, 4, 0x14, 1, 15);
        log_is("bar4+14/1=f !spurious-interrupt:vector 3 irq3+@10 ");
        arm(&(struct fault_order){ .point = FAULT_SPURIOUS_INTERRUPT,
                                   .vector = 3,
                                   .behind = FAULT_BEHIND_INTERRUPTS,
                                   .rule = { .nth = { 2 } } });
        port_bar_write(&rig.port, 4, 0x14, 1, 15);
        rig.handler(rig.handler_owner, PORT_INTX, false);
        raise_irq(1);
        log_is("bar4+14/1=f irqffff-@10 irq1+@10 ");
        raise_irq(2);
        raise_irq(2);
        log_is("irq2+@10 !spurious-interrupt:vector 3 irq3+@10 irq2+@10 ");
}
END_TEST

START_TEST(a_notification_is_lost_or_late_by_its_queue)
{
        arm(&(struct fault_order){
                .point = FAULT_LOSE_NOTIFICATION, .queue_given = true, .queue = 2 });
        notify(1);
        notify(2);
        port_bar_write(&rig.port, 4, 0x16, 2, 2); /* no notification */
        log_is("bar4+3004/2=1 !lose-notification:statsq bar4+16/2=2 ");
        faults_clear(&rig.faults, FAULT_LOSE_NOTIFICATION);
        arm(&(struct fault_order){
                .point = FAULT_LATE_NOTIFICATION, .by = SIM_MS(1), .rule = { .nth = { 2 } } });
        notify(1);
        notify(2);
        notify(3);
        log_is("bar4+3004/2=1 !late-notification:statsq bar4+300c/2=3 ");
        run(SIM_MS(1));
        log_is("bar4+3008/2=2 ");
}
END_TEST

START_TEST(registers_read_all_ones_where_they_are_meant)
{
        arm(&(struct fault_order){ .point = FAULT_READ_ALL_ONES,
                                   .region_given = true,
                                   .region = GUEST_REGION_COMMON,
                                   .offset_given = true,
                                   .offset = 0x14 });
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, 0x14, 1), 0xff);
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, 0x10, 8), UINT64_MAX);
        log_is("!read-all-ones:common 0x14 !read-all-ones:common 0x10 ");
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, 0x10, 4), 0x34);
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, 0x15, 1), 0x34);
        ck_assert_uint_eq(port_bar_read(&rig.port, 4, NOTIFY_OFFSET + 0x14, 1), 0x34);
        ck_assert_uint_eq(port_bar_read(&rig.port, 1, 0x14, 1), 0x34);
        ck_assert_uint_eq(port_config_read(&rig.port, 0x14, 4), 0x12);
        log_is("bar4+10/4 bar4+15/1 bar4+3014/1 bar1+14/1 config14/4 ");
        arm(&(struct fault_order){ .point = FAULT_READ_ALL_ONES });
        ck_assert_uint_eq(port_config_read(&rig.port, 0, 2), 0xffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, 1, 8, 4), 0xffffffff);
        log_is("!read-all-ones:config 0x0 !read-all-ones:bar 0x8 ");
}
END_TEST

START_TEST(writes_are_lost_where_they_are_meant)
{
        arm(&(struct fault_order){
                .point = FAULT_LOSE_WRITE, .region_given = true, .region = GUEST_REGION_CONFIG });
        port_config_write(&rig.port, 4, 2, 7);
        port_bar_write(&rig.port, 4, 4, 2, 7);
        log_is("!lose-write:config 0x4 bar4+4/2=7 ");
        arm(&(struct fault_order){ .point = FAULT_LOSE_WRITE });
        port_bar_write(&rig.port, 4, 4, 2, 7);
        notify(0);
        log_is("!lose-write:common 0x4 !lose-write:notify 0x0 ");
}
END_TEST

/* A new order starts to count anew; its draws go on. */
START_TEST(a_point_is_armed_anew_and_its_stream_goes_on)
{
        const struct fault_order half = { .point = FAULT_LOSE_WRITE,
                                          .rule = { .uncertain = true,
                                                    .per_billion = SIM_FAULT_CERTAIN / 2 } };
        uint64_t drawn;

        arm(&half);
        for (unsigned i = 0; i < 10; i++)
                port_bar_write(&rig.port, 4, 4, 2, 7);
        drawn = rig.faults.armed[FAULT_LOSE_WRITE].fault.rng.drawn;
        ck_assert_uint_gt(drawn, 0);
        arm(&half);
        ck_assert_uint_eq(rig.faults.armed[FAULT_LOSE_WRITE].fault.rng.drawn, drawn);
        ck_assert_uint_eq(rig.faults.armed[FAULT_LOSE_WRITE].fault.crossed, 0);
}
END_TEST

/* Freed with something on its way: nothing comes, nothing leaks. */
START_TEST(what_is_late_at_the_end_never_comes)
{
        arm(&(struct fault_order){ .point = FAULT_LATE_INTERRUPT, .by = SIM_S(1) });
        raise_irq(1);
        raise_irq(2);
        arm(&(struct fault_order){ .point = FAULT_SPURIOUS_INTERRUPT,
                                   .rule = { .from = SIM_S(5) } });
        log_is("!late-interrupt:vector 1 !late-interrupt:vector 2 ");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench-fault-port");
        TCase *tcase = tcase_create("port");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, without_a_fault_everything_passes);
        tcase_add_test(tcase, a_lost_interrupt_does_not_come_and_the_pin_falls);
        tcase_add_test(tcase, an_interrupt_is_for_the_queues_with_used_buffers);
        tcase_add_test(tcase, a_late_interrupt_comes_by_the_machines_clock);
        tcase_add_test(tcase, what_is_late_can_overtake);
        tcase_add_test(tcase, what_else_is_due_goes_first);
        tcase_add_test(tcase, what_is_in_another_state_is_no_crossing);
        tcase_add_test(tcase, a_device_status_is_its_last_step);
        tcase_add_test(tcase, a_doubled_interrupt_comes_twice);
        tcase_add_test(tcase, a_spurious_interrupt_has_one_chance_or_one_a_period);
        tcase_add_test(tcase, a_spurious_interrupt_comes_behind_what_crosses);
        tcase_add_test(tcase, a_notification_is_lost_or_late_by_its_queue);
        tcase_add_test(tcase, registers_read_all_ones_where_they_are_meant);
        tcase_add_test(tcase, writes_are_lost_where_they_are_meant);
        tcase_add_test(tcase, a_point_is_armed_anew_and_its_stream_goes_on);
        tcase_add_test(tcase, what_is_late_at_the_end_never_comes);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
