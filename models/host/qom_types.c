// SPDX-License-Identifier: MIT
/* The types that qom-list-types and device_add know: the balloon's ancestors and siblings. */
#include <string.h>

#include "models/host/qmp_priv.h"
#include "models/host/qom.h"

static const struct qom_type types[] = {
        { "container", "object", false, false },
        { "device", "object", true, false },
        { "bus", "object", true, false },
        { "pc-dimm", "device", false, true },
        { "pci-device", "device", true, false },
        { "virtio-pci", "pci-device", true, false },
        { "virtio-balloon-pci-base", "virtio-pci", true, false },
        { "virtio-balloon-pci", "virtio-balloon-pci-base", false, true },
        { "virtio-balloon-pci-non-transitional", "virtio-balloon-pci-base", false, true },
        { "virtio-balloon-pci-transitional", "virtio-balloon-pci-base", false, true },
        { "virtio-device", "device", true, false },
        { "virtio-balloon-device", "virtio-device", false, false },
        { "virtio-bus", "bus", true, false },
        { "virtio-pci-bus", "virtio-bus", false, false },
};

const struct qom_type *qom_type_find(const char *name)
{
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
                if (strcmp(types[i].name, name) == 0)
                        return &types[i];
        return NULL;
}

bool qom_type_implements(const struct qom_type *type, const char *name)
{
        for (; type != NULL; type = qom_type_find(type->parent))
                if (strcmp(type->name, name) == 0 || strcmp(type->parent, name) == 0)
                        return true;
        return false;
}

json_object *qmp_qom_list_types(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *ancestor = qmp_argument_string(arguments, "implements");
        bool abstract = json_object_get_boolean(qmp_argument(arguments, "abstract"));
        json_object *list = qmp_json_array();

        (void)qmp;
        (void)error;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
                const struct qom_type *type = &types[i];
                if ((type->abstract && !abstract) ||
                    (ancestor != NULL && !qom_type_implements(type, ancestor)))
                        continue;
                json_object *entry = qmp_json_object();
                qmp_json_add(entry, "name", qmp_json_string(type->name));
                if (type->abstract)
                        qmp_json_add(entry, "abstract", qmp_json_bool(true));
                qmp_json_add(entry, "parent", qmp_json_string(type->parent));
                json_object_array_add(list, entry);
        }
        return list;
}
