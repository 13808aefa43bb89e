// SPDX-License-Identifier: MIT
/*
 * The hold operation of bench_hold on SystemC: each pending event is an sc_event
 * that a method waits for and notifies again after a random delay. SystemC
 * elaborates once in a process, so each size runs in a child.
 */
#include "sim/bench/hold_load.h"

#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <systemc.h>

namespace
{

uint64_t random_state = HOLD_SEED;
uint64_t left;

struct holder : sc_module {
        sc_event event;

        SC_HAS_PROCESS(holder);
        explicit holder(sc_module_name name) : sc_module(name)
        {
                SC_METHOD(fire);
                sensitive << event;
                dont_initialize();
        }

        /* From ticks, not from a number and a unit: the cheapest way to a time. */
        void schedule()
        {
                event.notify(sc_time::from_value(hold_delay_ticks(&random_state)));
        }

        void fire()
        {
                if (--left == 0)
                        sc_pause();
                schedule();
        }
};

void hold(uint64_t operations)
{
        left = operations;
        sc_start();
}

void measure_size(unsigned size)
{
        /* Never deleted: SystemC looks through all modules to forget one of them. */
        std::vector<holder *> holders;
        double figures[HOLD_ROUNDS];

        for (unsigned i = 0; i < size; i++)
                holders.push_back(new holder(("h" + std::to_string(i)).c_str()));
        for (holder *one : holders)
                one->schedule();
        hold(2 * (uint64_t)size + HOLD_OPERATIONS / 10);
        for (double &figure : figures) {
                double start = hold_now_ns();

                hold(HOLD_OPERATIONS);
                figure = (hold_now_ns() - start) / HOLD_OPERATIONS;
        }
        hold_print("hold", size, hold_median(figures));
}

} // namespace

int sc_main(int, char **)
{
        for (unsigned size : hold_sizes) {
                int status = 0;
                pid_t child = fork();

                if (child == 0) {
                        measure_size(size);
                        _exit(0);
                }
                if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
                        return 1;
        }
        return 0;
}
