// SPDX-License-Identifier: MIT
/*
 * Our function seen by libpciaccess. Each test is a process of its own with its own
 * mounts; where the system allows none, all are skipped and say why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testbench/access/tests/rig.h"

#define SKIPPED 77

/* Tried in a process that ends: this one goes on seeing what it saw. */
static bool may_mount(void)
{
        int status;
        pid_t child = fork();

        if (child == 0) {
                char why[NAMESPACE_WHY_SIZE];

                if (namespace_enter("/tmp", why))
                        _exit(0);
                printf("skip: pciaccess: %s\n", why);
                fflush(stdout);
                _exit(1);
        }
        return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
               WEXITSTATUS(status) == 0;
}

int main(void)
{
        Suite *suite = suite_create("pciaccess");
        SRunner *runner;
        int failed;

        if (!may_mount())
                return SKIPPED;
        suite_add_tcase(suite, namespace_tests());
        suite_add_tcase(suite, reader_tests());
        suite_add_tcase(suite, port_tests());
        runner = srunner_create(suite);
        /* A namespace is for ever: no test may share its process with another. */
        srunner_set_fork_status(runner, CK_FORK);
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
