// SPDX-License-Identifier: MIT
#include "testbench/access/tests/rig.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/guest/pci_probe.h"
#include "pci/backend/sysfs_tree.h"

struct rig rig;

static void take_output(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        ck_assert_uint_lt(rig.output_size + size, sizeof rig.output);
        memcpy(rig.output + rig.output_size, bytes, size);
        rig.output_size += size;
        rig.output[rig.output_size] = '\0';
}

void rig_power_on(const struct machine_options *options)
{
        char why[SYSFS_TREE_WHY_SIZE];
        struct guest_pci pci;
        struct sysfs_tree_options tree = { .device = 1 };

        memset(&rig, 0, sizeof rig);
        rig.options = *options;
        rig.options.ram_bytes = UINT64_C(64) << 20;
        rig.options.balloon_id = "balloon0";
        rig.options.properties = balloon_properties_default;
        rig.options.guest.driver = GUEST_DRIVER_NONE;
        rig.options.qmp_output = take_output;
        rig.machine = machine_new(&rig.options);
        ck_assert_ptr_null(machine_power_on(rig.machine));
        ck_assert_ptr_null(guest_pci_probe(&pci, machine_port(rig.machine)));
        tree.port = machine_port(rig.machine);
        tree.config_size_bytes = rig.options.root_port ? 4096 : 256;
        strcpy(rig.folder, "/tmp/ballast-access.XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(rig.folder));
        snprintf(rig.tree, sizeof rig.tree, "%s/sys", rig.folder);
        ck_assert_msg(sysfs_tree_write(rig.tree, &tree, why) == 0, "%s", why);
}

void rig_enter(void)
{
        char why[NAMESPACE_WHY_SIZE];

        ck_assert_msg(namespace_enter(rig.tree, why), "%s", why);
        ck_assert_msg(namespace_is_safe(RIG_ADDRESS, why), "%s", why);
}

void rig_qmp(const char *text)
{
        machine_qmp(rig.machine, text, strlen(text));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
        (void)status;
        (void)kind;
        (void)ftw;
        return remove(path);
}

void rig_teardown(void)
{
        live_end();
        machine_free(rig.machine);
        rig.machine = NULL;
        if (rig.folder[0] != '\0')
                nftw(rig.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
