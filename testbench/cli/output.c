// SPDX-License-Identifier: MIT
#include "testbench/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/assert.h"

static int wrong(const char *path)
{
        fprintf(stderr, "ballast: %s: %s\n", path, strerror(errno));
        return -1;
}

static int open_in_place(struct output *output)
{
        output->file = fopen(output->path, "we");
        return output->file != NULL ? 0 : wrong(output->path);
}

/* A name that nobody uses, beside the target so that a rename cannot cross file systems. */
static int open_temporary(struct output *output)
{
        size_t size = strlen(output->target) + 40;
        int fd = -1;

        output->temporary = malloc(size);
        sim_assert(output->temporary != NULL);
        for (unsigned i = 0; i < 100 && fd < 0; i++) {
                snprintf(output->temporary, size, "%s.%ld-%u.tmp", output->target, (long)getpid(),
                         i);
                fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
                if (fd < 0 && errno != EEXIST)
                        break;
        }
        if (fd < 0) {
                wrong(output->path);
                free(output->temporary);
                free(output->target);
                output->temporary = output->target = NULL;
                return -1;
        }
        output->file = fdopen(fd, "w");
        sim_assert(output->file != NULL);
        return 0;
}

int output_open(struct output *output, const char *path)
{
        struct stat info;
        bool exists = stat(path, &info) == 0;

        *output = (struct output){ .path = path };
        if (strcmp(path, "-") == 0) {
                output->file = stdout;
                return 0;
        }
        if (exists && !S_ISREG(info.st_mode))
                return open_in_place(output);
        if (exists && access(path, W_OK) != 0)
                return wrong(path);
        output->target = exists ? realpath(path, NULL) : strdup(path);
        if (output->target == NULL)
                return wrong(path);
        return open_temporary(output);
}

bool output_is_stdout(const struct output *output)
{
        return output->file == stdout;
}

int output_commit(struct output *output)
{
        bool lost;

        if (output->file == NULL || output_is_stdout(output))
                return 0;
        lost = ferror(output->file) != 0;
        lost |= fclose(output->file) != 0;
        output->file = NULL;
        if (!lost && output->temporary != NULL)
                lost = rename(output->temporary, output->target) != 0;
        if (lost) {
                wrong(output->path);
                output_discard(output);
                return -1;
        }
        free(output->temporary);
        free(output->target);
        *output = (struct output){ .file = NULL };
        return 0;
}

void output_discard(struct output *output)
{
        if (output->file != NULL && !output_is_stdout(output))
                fclose(output->file);
        if (output->temporary != NULL)
                unlink(output->temporary);
        free(output->temporary);
        free(output->target);
        *output = (struct output){ .file = NULL };
}
