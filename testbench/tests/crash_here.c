// SPDX-License-Identifier: MIT
/*
 * Preloaded, it ends the program where the monitor answers the command "crash-here": a crash
 * that a test can place, in a program that has none to offer.
 */
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) char *strndup(const char *text, size_t size)
{
        static const char reply[] = "crash-here has not been found";
        size_t length = strnlen(text, size);
        char *copy;

        if (memmem(text, length, reply, sizeof reply - 1) != NULL)
                abort();
        copy = malloc(length + 1);
        if (copy != NULL) {
                memcpy(copy, text, length);
                copy[length] = '\0';
        }
        return copy;
}
