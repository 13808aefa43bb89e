// SPDX-License-Identifier: MIT
/* Where the modules are that a real QEMU is given. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "testbench/machine/qemu_priv.h"

const char *machine_qemu_modules(char path[MACHINE_QEMU_PATH_SIZE])
{
        char program[MACHINE_QEMU_PATH_SIZE];
        ssize_t length = readlink("/proc/self/exe", program, sizeof program);
        char *slash = length > 0 ? memrchr(program, '/', (size_t)length) : NULL;

        if (slash == NULL || length == (ssize_t)sizeof program ||
            snprintf(path, MACHINE_QEMU_PATH_SIZE, "%.*s/../" BALLAST_INSTALLED_QEMU_MODULES,
                     (int)(slash - program), program) >= (int)MACHINE_QEMU_PATH_SIZE ||
            access(path, X_OK) != 0)
                return BALLAST_QEMU_MODULES;
        return path;
}
