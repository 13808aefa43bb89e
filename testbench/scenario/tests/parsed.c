// SPDX-License-Identifier: MIT
#include "testbench/scenario/tests/parsed.h"

#include <check.h>
#include <string.h>

const char parsed_example[] =
        "# A silent guest ends statistics polling; its first answer starts it again.\n"
        "scenario: a silent guest ends polling\n"
        "profile: qemu-7.2            # qemu-1.4 | qemu-7.2 (default) | qemu-10.0\n"
        "epoch: 1358529857            # host clock at virtual time 0\n"
        "seed: 1                      # default 1\n"
        "machine:\n"
        "  ram: 1 GiB                 # default 256 MiB; B, KiB, MiB, GiB\n"
        "  balloon:                   # what follows -device virtio-balloon-pci\n"
        "    id: balloon0             # without an id the device is anonymous\n"
        "guest:\n"
        "  driver: linux              # linux (default) | raw | none\n"
        "  probe: 0 s                 # when the driver starts\n"
        "  answer-after: 300 us       # from the request's interrupt to the answer\n"
        "  stats: {swap-in: 0, swap-out: 0, major-faults: 235, minor-faults: 219028,\n"
        "          free-memory: 844943360, total-memory: 1044406272}\n"
        "watch: [poll, qmp-event]     # silence is asserted\n"
        "timeline:\n"
        "  - at: 1 s\n"
        "    qmp:   {\"execute\": \"qom-set\", \"arguments\": {\"path\": "
        "\"/machine/peripheral/balloon0\",\n"
        "            \"property\": \"guest-stats-polling-interval\", \"value\": 2}}\n"
        "    reply: {\"return\": {}}\n"
        "  - expect: poll                       # at once\n"
        "  - at: +300 us\n"
        "    check: {stats-timer: 3 s}          # armed, for this virtual time\n"
        "  - at: 2 s\n"
        "    guest: {mute: statsq}\n"
        "  - at: 3 s\n"
        "    expect: poll\n"
        "  - at: 1 h\n"
        "    check: {stats-timer: idle}         # an hour of silence\n"
        "  - guest: {unmute: statsq}            # it answers now, 300 us later\n"
        "  - at: +300 us\n"
        "    check: {stats-timer: 3602 s}\n"
        "  - at: 3602 s\n"
        "    expect: poll\n"
        "end: 3603 s                            # default: the time of the last step\n";

struct scenario *parsed(const char *text)
{
        struct scenario *scenario = NULL;
        struct diag diag = { 0 };
        int result = scenario_parse_text(text, strlen(text), "tests/x.yaml", &scenario, &diag);

        ck_assert_msg(result == 0, "%u:%u: %s\n%s", diag.line, diag.column, diag.text, text);
        return scenario;
}

struct scenario *parsed_step(const char *keys)
{
        char text[1024];

        ck_assert_int_lt(snprintf(text, sizeof text, "timeline:\n  - {%s}\n", keys),
                         (int)sizeof text);
        return parsed(text);
}
