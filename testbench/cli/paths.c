// SPDX-License-Identifier: MIT
#include "testbench/cli/paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/assert.h"

/* As deep as a tree of folders may be. */
#define FOLDER_DEPTH_MAX 64

static int wrong(const char *name, const char *why)
{
        fprintf(stderr, "ballast: %s: %s\n", name, why);
        return -1;
}

static void push(struct paths *paths, char *take_name)
{
        if (paths->count == paths->capacity) {
                paths->capacity = paths->capacity * 2 + 16;
                paths->names = realloc(paths->names, paths->capacity * sizeof *paths->names);
                sim_assert(paths->names != NULL);
        }
        paths->names[paths->count++] = take_name;
}

static char *join(const char *folder, const char *name)
{
        size_t length = strlen(folder);
        size_t size = length + strlen(name) + 2;
        char *path = malloc(size);

        sim_assert(path != NULL);
        while (length > 1 && folder[length - 1] == '/')
                length--;
        snprintf(path, size, "%.*s%s%s", (int)length, folder, folder[length - 1] == '/' ? "" : "/",
                 name);
        return path;
}

static bool is_yaml(const char *name)
{
        static const char suffix[] = ".yaml";
        size_t length = strlen(name);

        return length >= sizeof suffix && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static int add_folder(struct paths *paths, const char *folder, unsigned depth)
{
        DIR *directory = opendir(folder);
        const struct dirent *entry;
        int status = 0;

        if (directory == NULL)
                return wrong(folder, strerror(errno));
        if (depth > FOLDER_DEPTH_MAX) {
                closedir(directory);
                return wrong(folder, "folders lie too deep in each other");
        }
        for (errno = 0; (entry = readdir(directory)) != NULL; errno = 0) {
                struct stat info;
                char *path;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                path = join(folder, entry->d_name);
                if (lstat(path, &info) != 0) {
                        status = wrong(path, strerror(errno));
                        free(path);
                } else if (S_ISDIR(info.st_mode)) {
                        if (add_folder(paths, path, depth + 1) != 0)
                                status = -1;
                        free(path);
                } else if (is_yaml(entry->d_name)) {
                        push(paths, path);
                } else {
                        free(path);
                }
        }
        if (errno != 0)
                status = wrong(folder, strerror(errno));
        closedir(directory);
        return status;
}

static int by_bytes(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

int paths_add(struct paths *paths, const char *name)
{
        size_t first = paths->count;
        struct stat info;

        if (stat(name, &info) != 0)
                return wrong(name, strerror(errno));
        if (!S_ISDIR(info.st_mode)) {
                char *copy = strdup(name);

                sim_assert(copy != NULL);
                push(paths, copy);
                return 0;
        }
        if (add_folder(paths, name, 0) != 0)
                return -1;
        if (paths->count == first)
                return wrong(name, "no scenario (*.yaml) in this folder");
        qsort(paths->names + first, paths->count - first, sizeof *paths->names, by_bytes);
        return 0;
}

void paths_fini(struct paths *paths)
{
        for (size_t i = 0; i < paths->count; i++)
                free(paths->names[i]);
        free(paths->names);
        *paths = (struct paths){ .names = NULL };
}

int scenarios_load(struct scenarios *scenarios, const struct paths *paths)
{
        int status = 0;

        *scenarios = (struct scenarios){
                .all = calloc(paths->count + 1, sizeof(struct scenario *)),
        };
        sim_assert(scenarios->all != NULL);
        for (size_t i = 0; i < paths->count; i++) {
                struct diag diag = { .line = 0 };

                if (scenario_parse_file(paths->names[i], &scenarios->all[scenarios->count],
                                        &diag) == 0) {
                        scenarios->count++;
                        continue;
                }
                diag_print(&diag, stderr);
                status = -1;
        }
        if (status != 0)
                scenarios_fini(scenarios);
        return status;
}

void scenarios_fini(struct scenarios *scenarios)
{
        for (size_t i = 0; i < scenarios->count; i++)
                scenario_free(scenarios->all[i]);
        free(scenarios->all);
        *scenarios = (struct scenarios){ .all = NULL };
}
