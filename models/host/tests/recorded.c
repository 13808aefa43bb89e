// SPDX-License-Identifier: MIT
/*
 * Copied from a recording of QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3), q35,
 * -device virtio-balloon-pci,id=balloon0: in order, each with its reply.
 */
#include "models/host/tests/suites.h"

const struct recorded recorded[] = {
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": -1}, \"id\": \"raw-1\"}",
          "{\"id\": \"raw-1\", \"error\": {\"class\": \"GenericError\", \"desc\": \"timer value "
          "must be greater than zero\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-2\"}",
          "{\"return\": 0, \"id\": \"rec-2\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 4294967295}, \"id\": "
          "\"raw-2\"}",
          "{\"return\": {}, \"id\": \"raw-2\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-3\"}",
          "{\"return\": 4294967295, \"id\": \"rec-3\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 4294967296}, \"id\": "
          "\"raw-3\"}",
          "{\"id\": \"raw-3\", \"error\": {\"class\": \"GenericError\", \"desc\": \"timer value is "
          "too big\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-4\"}",
          "{\"return\": 4294967295, \"id\": \"rec-4\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 1099511627776}, \"id\": "
          "\"raw-4\"}",
          "{\"id\": \"raw-4\", \"error\": {\"class\": \"GenericError\", \"desc\": \"timer value is "
          "too big\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-5\"}",
          "{\"return\": 4294967295, \"id\": \"rec-5\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": \"2\"}, \"id\": \"raw-5\"}",
          "{\"id\": \"raw-5\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid "
          "parameter type for 'guest-stats-polling-interval', expected: integer\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-6\"}",
          "{\"return\": 4294967295, \"id\": \"rec-6\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 2.5}, \"id\": \"raw-6\"}",
          "{\"id\": \"raw-6\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid "
          "parameter type for 'guest-stats-polling-interval', expected: integer\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-7\"}",
          "{\"return\": 4294967295, \"id\": \"rec-7\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": true}, \"id\": \"raw-7\"}",
          "{\"id\": \"raw-7\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid "
          "parameter type for 'guest-stats-polling-interval', expected: integer\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-8\"}",
          "{\"return\": 4294967295, \"id\": \"rec-8\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": null}, \"id\": \"raw-8\"}",
          "{\"id\": \"raw-8\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid "
          "parameter type for 'guest-stats-polling-interval', expected: integer\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-9\"}",
          "{\"return\": 4294967295, \"id\": \"rec-9\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 2}, \"id\": \"raw-9\"}",
          "{\"return\": {}, \"id\": \"raw-9\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-10\"}",
          "{\"return\": 2, \"id\": \"rec-10\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 2}, \"id\": \"raw-10\"}",
          "{\"return\": {}, \"id\": \"raw-10\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-11\"}",
          "{\"return\": 2, \"id\": \"rec-11\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 0}, \"id\": \"raw-11\"}",
          "{\"return\": {}, \"id\": \"raw-11\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-12\"}",
          "{\"return\": 0, \"id\": \"rec-12\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 0}, \"id\": \"raw-12\"}",
          "{\"return\": {}, \"id\": \"raw-12\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"rec-13\"}",
          "{\"return\": 0, \"id\": \"rec-13\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats\", \"value\": 1}, \"id\": \"raw-13\"}",
          "{\"id\": \"raw-13\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Property "
          "'virtio-balloon-device.guest-stats' is not writable\"}}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/nothere\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 1}, \"id\": \"raw-14\"}",
          "{\"id\": \"raw-14\", \"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device "
          "'/machine/peripheral/nothere' not found\"}}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"nosuch\", \"value\": 1}, \"id\": \"raw-15\"}",
          "{\"id\": \"raw-15\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Property "
          "'virtio-balloon-pci.nosuch' not found\"}}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\"}, \"id\": \"raw-16\"}",
          "{\"id\": \"raw-16\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter "
          "'value' is missing\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"nosuch\"}, \"id\": \"raw-17\"}",
          "{\"id\": \"raw-17\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Property "
          "'virtio-balloon-pci.nosuch' not found\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/nothere\", "
          "\"property\": \"guest-stats\"}, \"id\": \"raw-18\"}",
          "{\"id\": \"raw-18\", \"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device "
          "'/machine/peripheral/nothere' not found\"}}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"balloon0\", \"property\": "
          "\"guest-stats-polling-interval\"}, \"id\": \"raw-19\"}",
          "{\"return\": 0, \"id\": \"raw-19\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"type\"}, \"id\": \"raw-20\"}",
          "{\"return\": \"virtio-balloon-pci\", \"id\": \"raw-20\"}" },
        { "{\"execute\": \"qom-get\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\"}, "
          "\"id\": \"raw-21\"}",
          "{\"id\": \"raw-21\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter "
          "'property' is missing\"}}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 0}, \"id\": \"raw-22\"}",
          "{\"id\": \"raw-22\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter "
          "'target' expects a size\"}}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": -1}, \"id\": \"raw-23\"}",
          "{\"id\": \"raw-23\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter "
          "'target' expects a size\"}}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 1}, \"id\": \"raw-24\"}",
          "{\"return\": {}, \"id\": \"raw-24\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 4095}, \"id\": \"raw-25\"}",
          "{\"return\": {}, \"id\": \"raw-25\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 4096}, \"id\": \"raw-26\"}",
          "{\"return\": {}, \"id\": \"raw-26\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 536870913}, \"id\": \"raw-27\"}",
          "{\"return\": {}, \"id\": \"raw-27\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 1099511627776}, \"id\": "
          "\"raw-28\"}",
          "{\"return\": {}, \"id\": \"raw-28\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": \"1\"}, \"id\": \"raw-29\"}",
          "{\"id\": \"raw-29\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid "
          "parameter type for 'value', expected: integer\"}}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 314572801}, \"id\": \"raw-30\"}",
          "{\"return\": {}, \"id\": \"raw-30\"}" },
        { "{\"execute\": \"balloon\", \"arguments\": {\"value\": 536870912}, \"id\": \"raw-31\"}",
          "{\"return\": {}, \"id\": \"raw-31\"}" },
        { "{\"execute\": \"balloon\", \"id\": \"b-none\"}",
          "{\"id\": \"b-none\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter "
          "'value' is missing\"}}" },
        { "{\"execute\": \"nosuch\", \"id\": \"n\"}",
          "{\"id\": \"n\", \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command "
          "nosuch has not been found\"}}" },
        { "{\"id\": \"noexec\"}", "{\"id\": \"noexec\", \"error\": {\"class\": \"GenericError\", "
                                  "\"desc\": \"QMP input lacks member 'execute'\"}}" },
        { "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"virtio-balloon-pci\", "
          "\"id\": \"balloon1\"}, \"id\": \"rec-34\"}",
          "{\"id\": \"rec-34\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Bus 'pcie.0' "
          "does not support hotplugging\"}}" },
        { "{\"execute\": \"qom-list\", \"arguments\": {\"path\": "
          "\"/machine/peripheral/balloon0\"}, \"id\": \"rec-35\"}",
          "{\"return\": [{\"name\": \"type\", \"type\": \"string\"}, {\"name\": \"parent_bus\", "
          "\"type\": \"link<bus>\"}, {\"name\": \"realized\", \"type\": \"bool\"}, {\"name\": "
          "\"hotplugged\", \"type\": \"bool\"}, {\"name\": \"hotpluggable\", \"type\": \"bool\"}, "
          "{\"name\": \"failover_pair_id\", \"type\": \"str\"}, {\"name\": \"romfile\", \"type\": "
          "\"str\"}, {\"name\": \"addr\", \"type\": \"int32\"}, {\"name\": \"romsize\", \"type\": "
          "\"uint32\"}, {\"name\": \"x-pcie-lnksta-dllla\", \"type\": \"bool\"}, {\"name\": "
          "\"rombar\", \"type\": \"uint32\"}, {\"name\": \"x-pcie-extcap-init\", \"type\": "
          "\"bool\"}, {\"name\": \"acpi-index\", \"type\": \"uint32\"}, {\"name\": "
          "\"multifunction\", \"type\": \"bool\"}, {\"name\": \"legacy-addr\", \"type\": \"str\"}, "
          "{\"name\": \"migrate-extra\", \"type\": \"bool\"}, {\"name\": \"ats\", \"type\": "
          "\"bool\"}, {\"name\": \"x-ignore-backend-features\", \"type\": \"bool\"}, {\"name\": "
          "\"x-pcie-pm-init\", \"type\": \"bool\"}, {\"name\": \"aer\", \"type\": \"bool\"}, "
          "{\"name\": \"x-pcie-flr-init\", \"type\": \"bool\"}, {\"name\": \"x-pcie-lnkctl-init\", "
          "\"type\": \"bool\"}, {\"name\": \"x-ats-page-aligned\", \"type\": \"bool\"}, {\"name\": "
          "\"page-per-vq\", \"type\": \"bool\"}, {\"name\": \"x-pcie-deverr-init\", \"type\": "
          "\"bool\"}, {\"name\": \"virtio-pci-bus-master-bug-migration\", \"type\": \"bool\"}, "
          "{\"name\": \"modern-pio-notify\", \"type\": \"bool\"}, {\"name\": \"x-disable-pcie\", "
          "\"type\": \"bool\"}, {\"name\": \"disable-legacy\", \"type\": \"OnOffAuto\"}, "
          "{\"name\": \"disable-modern\", \"type\": \"bool\"}, {\"name\": \"free-page-reporting\", "
          "\"type\": \"bool\"}, {\"name\": \"indirect_desc\", \"type\": \"bool\"}, {\"name\": "
          "\"virtio-pci-device-virtio-balloon[0]\", \"type\": \"child<memory-region>\"}, "
          "{\"name\": \"iommu_platform\", \"type\": \"bool\"}, {\"name\": \"deflate-on-oom\", "
          "\"type\": \"bool\"}, {\"name\": \"use-disabled-flag\", \"type\": \"bool\"}, {\"name\": "
          "\"event_idx\", \"type\": \"bool\"}, {\"name\": \"bus master container[0]\", \"type\": "
          "\"child<memory-region>\"}, {\"name\": \"page-poison\", \"type\": \"bool\"}, {\"name\": "
          "\"guest-stats-polling-interval\", \"type\": \"int\"}, {\"name\": \"guest-stats\", "
          "\"type\": \"guest statistics\"}, {\"name\": \"x-disable-legacy-check\", \"type\": "
          "\"bool\"}, {\"name\": \"any_layout\", \"type\": \"bool\"}, {\"name\": \"iothread\", "
          "\"type\": \"link<iothread>\"}, {\"name\": \"notify_on_empty\", \"type\": \"bool\"}, "
          "{\"name\": \"virtio-pci-notify-virtio-balloon[0]\", \"type\": "
          "\"child<memory-region>\"}, {\"name\": \"queue_reset\", \"type\": \"bool\"}, {\"name\": "
          "\"qemu-4-0-config-size\", \"type\": \"bool\"}, {\"name\": \"packed\", \"type\": "
          "\"bool\"}, {\"name\": \"use-started\", \"type\": \"bool\"}, {\"name\": "
          "\"free-page-hint\", \"type\": \"bool\"}, {\"name\": \"virtio-pci[1]\", \"type\": "
          "\"child<memory-region>\"}, {\"name\": \"virtio-pci-notify-pio-virtio-balloon[0]\", "
          "\"type\": \"child<memory-region>\"}, {\"name\": "
          "\"virtio-pci-common-virtio-balloon[0]\", \"type\": \"child<memory-region>\"}, "
          "{\"name\": \"virtio-pci[0]\", \"type\": \"child<memory-region>\"}, {\"name\": "
          "\"virtio-pci-isr-virtio-balloon[0]\", \"type\": \"child<memory-region>\"}, {\"name\": "
          "\"bus master[0]\", \"type\": \"child<memory-region>\"}, {\"name\": \"virtio-bus\", "
          "\"type\": \"child<virtio-pci-bus>\"}, {\"name\": \"virtio-backend\", \"type\": "
          "\"child<virtio-balloon-device>\"}], \"id\": \"rec-35\"}" },
        { "{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"/machine/peripheral/balloon0\", "
          "\"property\": \"guest-stats-polling-interval\", \"value\": 1}, \"id\": \"rec-37\"}",
          "{\"return\": {}, \"id\": \"rec-37\"}" },
};
const size_t recorded_count = sizeof recorded / sizeof recorded[0];
