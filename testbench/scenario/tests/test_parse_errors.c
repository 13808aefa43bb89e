// SPDX-License-Identifier: MIT
/*
 * Every mistake that a scenario file can hold, with the place and the text of
 * its message. An @ in the text marks where the error has to point; it is taken
 * out before the text is read.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/scenario.h"
#include "testbench/scenario/tests/suites.h"

struct mistake {
        const char *text;
        const char *message;    /* a part of it */
        const char *suggestion; /* NULL: none */
};

#define STEP(keys) "timeline:\n  - " keys "\n"
#define GUEST(action) STEP("guest: " action)
#define CHECK(keys) STEP("check: " keys)
#define EXPECT(event) STEP("expect: " event)
#define BALLOON(keys) "machine:\n  balloon: {" keys "}\n"

static const struct mistake mistakes[] = {
        /* YAML that a scenario does not use, and what is not YAML */
        { "seed: @&one 1\n", "anchors", NULL },
        { "seed: 1\nepoch: @*one\n", "aliases", NULL },
        { "seed: @!!int 1\n", "tags", NULL },
        { "seed: 1\n@---\nseed: 2\n", "one document", NULL },
        { "seed: 1\n...\n@seed: 2\n", "one document", NULL },
        { "%YAML 1.1\n@---\nseed: 1\n", "YAML 1.2", NULL },
        { "@\tseed: 1\n", "not YAML", NULL },
        { "watch: [poll\n@", "not YAML", NULL },
        { "scenario: \"@late\n", "not YAML", NULL },
        { "scenario: @\"\\e[31m\"\n", "a control character in a text", NULL },
        { "scenario: @\"\\x7f\"\n", "a control character in a text", NULL },
        { "scenario: @\"\\x9b\"\n", "a control character in a text", NULL },
        { "timeline:\n  - qmp: {\xc2\xa0\"a\":\xc2\xa0@{\xc2\xa0\"b\": 1}}\n",
          "a no-break space (U+00A0), which is no blank", NULL },
        { "seed: 1\nep@\x01och: 1\n", "a control byte, 0x01", NULL },
        { "scenario: t\xc3\xa9st @\xff\n", "a byte, 0xff, that is not UTF-8", NULL },
        { "scenario: @\xed\xa0\x80\n", "a byte, 0xed, that is not UTF-8", NULL },
        { "@[seed]: 1\n", "a key is a plain name", NULL },
        { "watch: [poll@: 1]\n", "needs its own braces", NULL },
        /* the whole */
        { "@- seed\n", "expected a scenario as a mapping, got a list", NULL },
        { "@seed\n", "expected a scenario as a mapping, got 'seed'", NULL },
        { "seed: 1\n@sead: 1\n", "unknown key 'sead' in a scenario", "seed" },
        { "seed: 1\n@zebra: 1\n", "unknown key 'zebra'", NULL },
        { "seed: 1\n@seed: 1\n", "key 'seed' stands here twice", NULL },
        { "seed: 1\n@\"\\x01\": 1\n", "unknown key '\\x01'", NULL },
        { "scenario: @[]\n", "expected a text, got a list", NULL },
        { "@scenario:\n", "expected a text, got nothing", NULL },
        { "scenario: @\"\"\n", "one line, not empty", NULL },
        { "scenario: @\"a\\nb\"\n", "one line, not empty", NULL },
        { "scenario: @\"a\\0b\"\n", "NUL", NULL },
        { "profile: @qemu-7.3\n", "expected a profile, got 'qemu-7.3'", "qemu-7.2" },
        { "profile: @{}\n", "expected a profile, got a mapping", NULL },
        { "epoch: @12 s\n", "without a unit", NULL },
        { "epoch: @noon\n", "epoch is a number of seconds", NULL },
        { "epoch: @0.0000001\n", "not finer than 1 us", NULL },
        { "epoch: @99999999999999999\n", "too large", NULL },
        { "seed: @-1\n", "a whole number is expected", NULL },
        { "seed: @1.5\n", "a whole number is expected", NULL },
        { "seed: @18446744073709551616\n", "does not fit 64 bits", NULL },
        { "doc-names: @yes\n", "expected 'on' or 'off', got 'yes'", "on" },
        { "in-order: @yes\n", "expected 'on' or 'off', got 'yes'", "on" },
        { "qmp-greeting: @onn\n", "expected 'on' or 'off', got 'onn'", NULL },
        { "checked-on: @sim\n", "expected a list of devices, got 'sim'", NULL },
        { "checked-on: [@kvm]\n", "expected a device, got 'kvm'", NULL },
        { "allow: @virtqueue\n", "expected a list of rules, got 'virtqueue'", NULL },
        { "allow: [@virtqueues]\n", "expected a rule, got 'virtqueues'", "virtqueue" },
        { "allow: [virtqueue, @virtqueue]\n", "'virtqueue' is allowed already", NULL },
        { "end: @3\n", "a time needs a unit: ns, us, ms, s, min or h", NULL },
        { "timeline:\n  - at: 2 s\nend: @1 s\n", "ends before its timeline does, at 2 s", NULL },
        { "timeline:\n  - {at: 2 s, expect: poll, within: 1 s}\nend: @2.5 s\n", "at 3 s", NULL },
        { GUEST("{ram-write: {address: 0, bytes: \"00\", times: @0}}"), "1 to 65536 bytes", NULL },
        { GUEST("{ram-write: {address: 0, bytes: \"0000\", times: @32769}}"), "1 to 65536 bytes",
          NULL },
        { GUEST("{ram-read: {address: 0, size: 1, times: @2}}"), "'times' is of 'bytes'", NULL },
        /* machine */
        { "machine: @q35\n", "expected the machine as a mapping, got 'q35'", NULL },
        { "machine:\n  @rom: 1 GiB\n", "unknown key 'rom' in the machine", "ram" },
        { "machine:\n  ram: @1024\n", "a size needs a unit: B, KiB, MiB or GiB", NULL },
        { "machine:\n  ram: @1 GB\n", "the units of size are B, KiB, MiB and GiB", NULL },
        { "machine:\n  ram: @lots\n", "a size is a number and a unit", NULL },
        { "machine:\n  ram: @1000000 B\n", "RAM is a multiple of 4 KiB", NULL },
        { "machine:\n  ram: @1048577 B\n", "RAM is a multiple of 4 KiB", NULL },
        { "machine:\n  ram: @1020 KiB\n", "RAM is a multiple of 4 KiB", NULL },
        { "machine:\n  ram: @-1 GiB\n", "RAM is a multiple of 4 KiB", NULL },
        { "machine:\n  ram: @16384 GiB\n", "RAM is a multiple of 4 KiB", NULL },
        { "machine:\n  ram: @0.3 B\n", "a whole number of bytes", NULL },
        { "machine:\n  ram: @9999999999 GiB\n", "below 2^63", NULL },
        { "machine:\n  migration: @{}\n", "expected a time", NULL },
        { "machine:\n  migration: [1 s, @1]\n", "a time needs a unit", NULL },
        { "machine:\n  migration: [1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, 1 s, "
          "1 s, 1 s, 1 s, 1 s, @1 s]\n",
          "at most 16 migrations", NULL },
        { "machine:\n  backing-page: @2 KiB\n", "a power of two, from 4 KiB to 1 GiB", NULL },
        { "machine:\n  backing-page: @12 KiB\n", "a power of two, from 4 KiB to 1 GiB", NULL },
        { "machine:\n  backing-page: @2 GiB\n", "a power of two, from 4 KiB to 1 GiB", NULL },
        { "machine:\n  ram: 1028 KiB\n  backing-page: @8 KiB\n",
          "RAM is no multiple of the host's page", NULL },
        { "machine:\n  slots: @9\n", "the number is too large here", NULL },
        { "machine:\n  @{slots: 1}\n", "'slots' and 'max-ram' need each other", NULL },
        { "machine:\n  @{max-ram: 1 GiB}\n", "'slots' and 'max-ram' need each other", NULL },
        { "machine:\n  max-ram: @256 MiB\n", "a multiple of 4 KiB above 'ram'", NULL },
        { "machine:\n  max-ram: @257 GiB\n", "at most 256 GiB", NULL },
        { "machine:\n  {slots: 1, max-ram: 1 GiB, dimms: [@1 MiB]}\n", "a multiple of 2 MiB",
          NULL },
        { "machine:\n  {slots: 1, max-ram: 1 GiB, dimms: [2 MiB, @2 MiB]}\n",
          "more dimms than 'slots'", NULL },
        { "machine:\n  {slots: 2, max-ram: 258 MiB, dimms: [2 MiB, @2 MiB]}\n",
          "more RAM than 'max-ram'", NULL },
        { "machine:\n  {slots: 1, max-ram: 1 GiB, dimms: @2 MiB}\n", "a list of sizes", NULL },
        { "machine:\n  @{slots: 1, max-ram: 1 GiB, backing-page: 2 MiB}\n",
          "no 'backing-page' on a machine with 'slots'", NULL },
        { "profile: qemu-1.4\nmachine:\n  @{slots: 1, max-ram: 1 GiB}\n",
          "knows no memory that is plugged", NULL },
        { "machine:\n  vga: @std\n", "expected 'on' or 'off', got 'std'", NULL },
        { BALLOON("reporting-queue: @4"), "expected 'qemu' or 'spec', got '4'", NULL },
        { "machine:\n  type: @q36\n", "expected 'q35', 'pc' or 'pc-i440fx-2.6', got 'q36'", "q35" },
        { "machine:\n  balloon: @non\n", "expected 'none' or a mapping of properties", "none" },
        { "machine:\n  balloon: @[]\n", "got a list", NULL },
        { BALLOON("@deflate-on-omm: on"), "unknown key 'deflate-on-omm' in the balloon",
          "deflate-on-oom" },
        { BALLOON("deflate-on-oom: @true"), "expected 'on' or 'off', got 'true'", "on" },
        { BALLOON("id: @7up"), "Parameter 'id' expects an identifier", NULL },
        { BALLOON("id: @a b"), "Parameter 'id' expects an identifier", NULL },
        { BALLOON("guest-stats-polling-interval: @2 s"), "a whole number is expected", NULL },
        { BALLOON("guest-stats-polling-interval: @4294967296"), "too large here", NULL },
        { BALLOON("free-page-hint: @on"), "'free-page-hint' requires 'iothread' to be set", NULL },
        { BALLOON("disable-legacy: on, disable-modern: @on"),
          "device cannot work as neither modern nor legacy mode is enabled", NULL },
        { "profile: qemu-1.4\nmachine:\n  balloon: @{disable-legacy: on}\n",
          "device cannot work as neither modern nor legacy mode is enabled", NULL },
        { BALLOON("disable-legacy: @maybe"), "expected 'on', 'off' or 'auto', got 'maybe'", NULL },
        { BALLOON("iommu_platform: @on"),
          "VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor transitional device", NULL },
        { BALLOON("iothread: @[]"), "the name of an iothread", NULL },
        /* guest */
        { "guest: @linux\n", "expected the guest as a mapping, got 'linux'", NULL },
        { "guest: {driver: @linus}\n", "expected a driver, got 'linus'", "linux" },
        { "guest: {driver: linux, @after: 3}\n", "'after' is for a driver that hangs or resets",
          "" },
        { "guest: {poison: @0xaa}\n", "expected 'none', 'pattern' or 'zero', got '0xaa'", "" },
        { "guest: {page-size: @16 KiB}\n", "a guest's page has 4 KiB or 64 KiB", "" },
        { "guest: {@workload: leak}\n", "a workload needs the guest's 'memory'", "" },
        { "guest: {memory: {}, workload: @leek}\n", "expected a workload, got 'leek'", "leak" },
        { "guest: {memory: {}, @stats: {swap-in: 1}}\n",
          "the statistics come from the guest's 'memory'", "" },
        { "guest: {memory: {@cach: 1 MiB}}\n", "unknown key 'cach' in memory", "cache" },
        { "guest: {memory: {swap: @-1 B}}\n", "memory has a size, not less than nothing", "" },
        { "guest: {memory: {tags: @0}}\n", "Linux reports one statistic at least", "" },
        { "guest: {memory: {oom: @reboot}}\n", "expected 'kill' or 'panic', got 'reboot'", "" },
        { "guest: {driver: hung, after: @0}\n", "it gives one answer at least", "" },
        { "guest: {probe: @later}\n", "a time is a number and a unit", NULL },
        { "guest: {answer-after: @100}\n", "a time needs a unit", NULL },
        { "guest: {answer-after: @-1 us}\n", "a time is not negative", NULL },
        { "guest: {answer-after: @1 sec}\n", "the units of time are ns, us, ms, s, min and h",
          NULL },
        { "guest: {answer-after: @0.5 ns}\n", "not finer than 1 ns", NULL },
        { "guest: {answer-after: @1.0000000001 s}\n", "not finer than 1 ns", NULL },
        { "guest: {answer-after: @3000000 h}\n", "time ends at 9223372036.854775807 s", NULL },
        { "guest: {answer-after: @9223372037 s}\n", "time ends at 9223372036.854775807 s", NULL },
        { "guest: {stats: {@free-memry: 1}}\n", "expected a statistic, got 'free-memry'",
          "free-memory" },
        { "guest: {stats: {swap-in: 1, @swap-in: 2}}\n", "stands here twice", NULL },
        { "guest: {stats: {swap-in: @-1}}\n", "a whole number is expected", NULL },
        { "guest: {stats: {swap-in: @[]}}\n", "expected a whole number, got a list", NULL },
        { "guest: {stats: @none}\n", "expected a mapping of statistics", NULL },
        { "guest: {stats: {}, @trace: x.csv}\n", "not both", NULL },
        { "guest: {trace: @no-such-file.csv}\n", "no-such-file.csv: No such file", NULL },
        { "guest: {balloon: @by-hnad}\n", "expected 'follow' or 'by-hand'", "by-hand" },
        /* watch */
        { "watch: @poll\n", "expected a list of events, got 'poll'", NULL },
        { "watch: [poll, @pol]\n", "expected an event, got 'pol'", "poll" },
        { "watch: [poll, @poll]\n", "'poll' is watched already", NULL },
        { "watch: [@{}]\n", "expected an event, got a mapping", NULL },
        /* steps */
        { "timeline: @{}\n", "expected a list of steps, got a mapping", NULL },
        { "timeline: [@{}]\n", "a step needs a time or a verb", NULL },
        { "timeline: [@probe]\n", "expected a step as a mapping, got 'probe'", NULL },
        { STEP("at: @2"), "a time needs a unit: ns, us, ms, s, min or h", NULL },
        { STEP("at: @+2"), "a time needs a unit", NULL },
        { STEP("at: @-2 s"), "a time is not negative", NULL },
        { STEP("at: @[]"), "expected a time, like '2 s' or '+300 us', got a list", NULL },
        { STEP("at: 2 s\n  - at: @1999999999 ns"), "time goes back: the step before this is at 2 s",
          NULL },
        { STEP("at: 9223372036.854775807 s\n  - at: @+1 ns"), "time ends at", NULL },
        { STEP("@at: 9223372036 s\n    expect: poll\n    within: 1 s"), "the window ends after",
          NULL },
        { STEP("@checks: {}"), "unknown key 'checks' in a step", "check" },
        { STEP("expect: poll\n    @guest: probe"), "'guest' is a second one", NULL },
        { STEP("guest: probe\n    @qmp: []"), "'qmp' is a second one", NULL },
        { STEP("expect: poll\n    @reply: {}"), "'reply' stands next to 'qmp' only", NULL },
        { STEP("guest: probe\n    @within: 1 s"), "'within' stands next to 'expect' only", NULL },
        { STEP("fault: @drop"), "there is no fault 'drop'", NULL },
        { STEP("fault: {@late-interupt: {by: 1 s}}"), "there is no fault 'late-interupt'",
          "late-interrupt" },
        { STEP("fault: {clear: @lose-writes}"), "there is no fault 'lose-writes'", "lose-write" },
        { STEP("fault: {clear: @[]}"), "expected the name of a fault, got a list", NULL },
        { STEP("fault: @{}"), "a step arms one fault", NULL },
        { STEP("fault: @{lose-write: {}, lose-interrupt: {}}"), "a step arms one fault", NULL },
        { STEP("fault: {lose-write: @1 s}"), "expected a fault as a mapping, got '1 s'", NULL },
        { STEP("fault: {lose-write: {@tiems: 1}}"), "unknown key 'tiems' in a fault", "times" },
        { STEP("fault: {lose-write: {@by: 1 ms}}"), "'lose-write' has no 'by'", NULL },
        { STEP("fault: {lose-interrupt: {@region: isr}}"), "'lose-interrupt' has no 'region'",
          NULL },
        { STEP("fault: {late-interrupt: {by: 1 s, @period: 1 s}}"),
          "'late-interrupt' has no 'period'", NULL },
        { STEP("fault: {lose-interrupt: {@vector: 1}}"), "'lose-interrupt' has no 'vector'", NULL },
        { STEP("fault: {read-all-ones: {@queue: statsq}}"), "'read-all-ones' has no 'queue'",
          NULL },
        { STEP("fault: @late-interrupt"), "'late-interrupt' needs the key 'by'", NULL },
        { STEP("fault: @{double-interrupt: {nth: 1}}"), "'double-interrupt' needs the key 'by'",
          NULL },
        { STEP("fault: {late-notification: {by: @0 s}}"), "'by' is more than 0", NULL },
        { STEP("fault: {late-notification: {by: @5}}"), "a time needs a unit", NULL },
        { STEP("fault: {spurious-interrupt: {period: @0 s}}"), "'period' is more than 0", NULL },
        { STEP("fault: {spurious-interrupt: {vector: @256}}"), "the number is too large here",
          NULL },
        { STEP("fault: {lose-write: {nth: @0}}"), "'nth' counts from 1", NULL },
        { STEP("fault: {lose-write: {every: @0}}"), "'every' counts from 1", NULL },
        { STEP("fault: {lose-write: {times: @0}}"), "'times' counts from 1", NULL },
        { STEP("fault: {lose-write: {@nth: 1, every: 2}}"), "'nth' is one time", NULL },
        { STEP("fault: {lose-write: {times: 2, @nth: 1}}"), "'nth' is one time", NULL },
        { STEP("fault: {lose-write: {probability: @1.1}}"), "a probability is a number from 0 to 1",
          NULL },
        { STEP("fault: {lose-write: {probability: @[]}}"), "expected a probability, got a list",
          NULL },
        { STEP("fault: {lose-write: {from: 2 s, until: @2 s}}"), "the window ends before it begins",
          NULL },
        { STEP("at: 3 s\n    fault: {lose-write: {until: @3 s}}"),
          "the window is over at this step", NULL },
        { STEP("fault: {lose-write: {region: @comon}}"), "expected a region, got 'comon'",
          "common" },
        { STEP("fault: {lose-write: {@offset: 4}}"), "'offset' needs a 'region'", NULL },
        { STEP("fault: {lose-interrupt: {queue: @stats}}"), "expected a queue, got 'stats'",
          "statsq" },
        { STEP("fault: {lose-notification: {queue: @config}}"), "expected a queue, got 'config'",
          NULL },
        { STEP("expect: {fault: {name: @lose-writes}}"), "expected a fault, got 'lose-writes'",
          "lose-write" },
        { STEP("host: @stop"), "expected a host step, got 'stop'", NULL },
        { STEP("host: @{}"), "a host step is one order", NULL },
        { STEP("host: {@hint: stop}"), "unknown key 'hint' in a host step", NULL },
        { STEP("host: {free-page-hint: @stpo}"), "expected a free page hint, got 'stpo'", "stop" },
        { STEP("host: {free-page-hint: stop}\n    @check: {isr: 0}"),
          "a step has one verb: 'check' is a second one", NULL },
        { STEP("fault: @[]"), "expected the name of a fault, got a list", NULL },
        /* qmp and reply */
        { STEP("qmp: @stop"), "expected JSON", NULL },
        { STEP("@qmp:"), "expected JSON", NULL },
        { STEP("qmp: {@execute: \"stop\"}"), "expected JSON", NULL },
        { STEP("qmp: {\"execute\": @stop}"), "expected JSON", NULL },
        { STEP("qmp: {\"execute\": @'stop'}"), "expected JSON", NULL },
        { STEP("qmp: {\"id\": @01}"), "expected JSON", NULL },
        { STEP("qmp: {\"id\": @0x10}"), "expected JSON", NULL },
        { STEP("qmp: {\"id\": @1.}"), "expected JSON", NULL },
        { STEP("qmp: {\"id\": @~}"), "expected JSON", NULL },
        { STEP("qmp: {\"id\": @\"a\\x41\"}"), "JSON has no escape '\\x'", NULL },
        { STEP("qmp: {\"id\": @\"a\n      b\"}"), "no tabs or line ends", NULL },
        { STEP("qmp: {\"a\": 1, @\"a\": 2}"), "stands here twice", NULL },
        { STEP("qmp: [{\"b\": {\"a\": 1, @\"a\": 2}}]"), "stands here twice", NULL },
        { STEP("qmp:\n      @execute: stop"), "qmp is JSON", NULL },
        { STEP("qmp: @\"\""), "nothing to send", NULL },
        { STEP("qmp: @\"a\\0b\""), "NUL", NULL },
        { STEP("qmp: {}\n    reply: @ok"), "expected a reply as a mapping, got 'ok'", NULL },
        { STEP("qmp: {}\n    reply: @\"..\""), "expected a reply as a mapping, got '..'", NULL },
        { STEP("qmp: {}\n    reply: {\"return\": @nothing}"), "expected JSON", NULL },
        { STEP("qmp: {}\n    reply: {@\"return\": }"), "expected JSON", NULL },
        { STEP("qmp: {}\n    reply: {\"return\": @18446744073709551616}"), "64 bits", NULL },
        { STEP("qmp: {}\n    reply: {\"return\": @-9223372036854775809}"), "64 bits", NULL },
        { STEP("qmp: {}\n    reply: {\"return\": @1e999}"), "64 bits", NULL },
        { STEP("qmp: {}\n    reply: {\"return\": @-1e999}"), "64 bits", NULL },
        { STEP("qmp: {}\n    reply: {\"a\": 1, @\"a\": 2}"), "stands here twice", NULL },
        { STEP("qmp: {}\n    reply: {\"...\": 1, @\"...\": 2}"), "stands here twice", NULL },
        /* the guest's actions */
        { GUEST("@prob"), "expected an action of the guest, got 'prob'", "probe" },
        { GUEST("@[probe]"), "expected an action of the guest, got a list", NULL },
        { GUEST("{@probe: 1}"), "'probe' stands alone: 'guest: probe'", NULL },
        { GUEST("{remove: @1 ms}"), "expected a driver that leaves as a mapping, got '1 ms'",
          NULL },
        { GUEST("{remove: @{}}"), "a driver that leaves needs the key 'pace'", NULL },
        { GUEST("{eject: {pace: @1}}"), "a time needs a unit", NULL },
        { GUEST("{eject: {@pase: 1 ms}}"), "unknown key 'pase' in a driver that leaves", "pace" },
        { GUEST("@mute"), "'mute' needs more: 'guest: {mute: ...}'", NULL },
        { GUEST("@{mute: statsq, kick: statsq}"), "one action of the guest a step, got 2", NULL },
        { GUEST("@{}"), "one action of the guest a step, got 0", NULL },
        { GUEST("{mute: @statq}"), "expected a queue, got 'statq'", "statsq" },
        { GUEST("{mute: @1024}"), "too large here", NULL },
        { GUEST("{mute: @hintq}"), "this device has no hintq: it needs 'free-page-hint: on'",
          NULL },
        { GUEST("{kick: @reportingq}"), "it needs 'free-page-reporting: on'", NULL },
        { GUEST("{answer-after: @5}"), "a time needs a unit", NULL },
        { GUEST("{answer-at: @+5 s}"), "a time is a number and a unit", NULL },
        { GUEST("{stats: {@swapin: 0}}"), "expected a statistic, got 'swapin'", "swap-in" },
        { GUEST("{post: @{out: \"00\"}}"), "post needs the key 'queue'", NULL },
        { GUEST("{post: {queue: 0, out: @\"000\"}}"), "pairs of hexadecimal digits, got '0'",
          NULL },
        { GUEST("{post: {queue: 0, out: @\"0g\"}}"), "pairs of hexadecimal digits, got '0g'",
          NULL },
        { GUEST("{post: {queue: 0, in: @4294967296}}"), "too large here", NULL },
        { GUEST("{post: {queue: 0, @size: 1}}"), "unknown key 'size' in post", NULL },
        { GUEST("{write: @{bar: common, offset: 20, size: 1}}"), "needs the key 'value'", NULL },
        { GUEST("{write: {bar: @bar4, offset: 20, size: 1, value: 0}}"), "'common', 'device'",
          NULL },
        { GUEST("{write: {bar: isr, offset: 0, size: @3, value: 0}}"), "1, 2, 4 or 8 bytes", NULL },
        { GUEST("{read: {bar: io, offset: 0, size: @8}}"), "I/O ports are accessed by 1, 2 or 4",
          NULL },
        { GUEST("{write: {bar: isr, offset: 0, size: 1, value: @256}}"), "more than 1 byte", NULL },
        { GUEST("{read: {bar: isr, offset: 0, size: 4, value: @0x100000000}}"), "more than 4 bytes",
          NULL },
        { GUEST("{read: {bar: config, offset: 0, size: @8, value: 0}}"), "1, 2 or 4 bytes", NULL },
        { GUEST("{post: {queue: 0, in: 4, @chain: []}}"), "instead of 'out' and 'in'", NULL },
        { GUEST("{post: {queue: 0, chain: @[]}}"), "a descriptor at least", NULL },
        { GUEST("{post: {queue: 0, chain: @4}}"), "expected a list of descriptors", NULL },
        { GUEST("{post: {queue: 0, chain: [@{}]}}"), "a descriptor is {out: BYTES}", NULL },
        { GUEST("{post: {queue: 0, chain: [@{out: \"00\", in: 1}]}}"), "a descriptor is", NULL },
        { GUEST("{post: {queue: 0, chain: [@{address: 0}]}}"), "a descriptor is", NULL },
        { GUEST("{post: {queue: 0, chain: [@{length: 0}]}}"), "a descriptor is", NULL },
        { GUEST("{post: {queue: 0, chain: [@{address: 0, length: 1, in: 1}]}}"), "a descriptor is",
          NULL },
        { GUEST("{post: {queue: 0, chain: [{@adress: 0, length: 0}]}}"), "unknown key 'adress'",
          "address" },
        { GUEST("{post: {queue: 0, chain: [{address: 0, length: @4294967296}]}}"), "too large here",
          NULL },
        { GUEST("{post: {queue: 0, chain: [{address: 0, length: 0, flags: @65536}]}}"),
          "too large here", NULL },
        { GUEST("{ram-write: @{address: 0}}"), "what is written is 'bytes'", NULL },
        { GUEST("{ram-write: @{bytes: \"00\"}}"), "needs the key 'address'", NULL },
        { GUEST("{ram-write: @{address: 0, bytes: \"00\", size: 1}}"), "is 'bytes'", NULL },
        { GUEST("{ram-read: @{address: 0}}"), "'bytes', or any of a 'size'", NULL },
        { GUEST("{ram-read: @{address: 0, bytes: \"00\", size: 1}}"), "or any of a 'size'", NULL },
        { GUEST("{ram-read: {address: 0, size: @0}}"), "has 1 to 65536 bytes", NULL },
        { GUEST("{ram-read: {address: 0, size: @65537}}"), "has 1 to 65536 bytes", NULL },
        { GUEST("{ram-read: {address: 0, bytes: @\" \"}}"), "has 1 to 65536 bytes", NULL },
        { GUEST("{actual: @4294967296}"), "too large here", NULL },
        { GUEST("{inflate: @0}"), "one buffer holds 1 to 256 pages", NULL },
        { GUEST("{deflate: @257}"), "one buffer holds 1 to 256 pages", NULL },
        /* events */
        { EXPECT("@pol"), "expected an event, got 'pol'", "poll" },
        { EXPECT("@[]"), "expected an event, got a list", NULL },
        { EXPECT("@{}"), "expected an event, got a mapping", NULL },
        { EXPECT("@{within: 1 s}"), "expected an event, got a mapping", NULL },
        { EXPECT("{poll: {}, @kick: {}}"), "'kick' is a second one", NULL },
        { EXPECT("{poll: @0}"), "a mapping of the event's fields, got '0'", NULL },
        { EXPECT("{poll: {@used-length: 0}}"), "expected a field of this event", "used-len" },
        { EXPECT("{poll: {used-len: @none}}"), "a whole number is expected", NULL },
        { EXPECT("{poll: {head: 0, @head: 0}}"), "stands here twice", NULL },
        { EXPECT("{kick: {queue: @config}}"), "expected a queue, got 'config'", NULL },
        { EXPECT("{interrupt: {config: @no}}"), "expected 'yes', got 'no'", NULL },
        { EXPECT("{interrupt: {queue: 0, @config: yes}}"), "not both", NULL },
        { EXPECT("{interrupt: {config: yes, @queue: 0}}"), "stands here twice", NULL },
        { EXPECT("{reset: {kind: @warm}}"), "expected 'device', 'machine', 'bus' or 'function'",
          NULL },
        { EXPECT("{qmp-event: {data: @free}}"), "expected JSON", NULL },
        { EXPECT("{device-error: {message: @[]}}"), "expected a text, got a list", NULL },
        { EXPECT("{poll: {}, within: @5}"), "a time needs a unit", NULL },
        { EXPECT("{poll: {}, within: 5 s, @within: 5 s}"), "stands here twice", NULL },
        { EXPECT("{poll: {}, within: 5 s}\n    @within: 5 s"), "'within' is given twice", NULL },
        /* checks */
        { CHECK("{ballooned: @-1}"), "a whole number is expected", NULL },
        { CHECK("{page: @7}"), "expected a page as a mapping", NULL },
        { CHECK("{page: @{number: 7}}"), "'ballooned' or 'discarded'", NULL },
        { CHECK("{page: @{ballooned: yes}}"), "number", NULL },
        { CHECK("{page: {number: 7, discarded: @maybe}}"), "expected 'yes' or 'no'", NULL },
        { CHECK("@idle"), "expected a check as a mapping, got 'idle'", NULL },
        { CHECK("@{}"), "a check names what it checks", NULL },
        { CHECK("{@intervall: 2 s}"), "unknown key 'intervall' in a check", "interval" },
        { CHECK("{stats-timer: @3}"), "a time needs a unit", NULL },
        { CHECK("{stats-timer: @idel}"), "a time is a number and a unit", NULL },
        { CHECK("{interval: @2}"), "a time needs a unit", NULL },
        { CHECK("{interval: @1.5 s}"), "a whole number of seconds", NULL },
        { CHECK("{device-status: @DRIVER}"), "expected a list of status bits, got 'DRIVER'", NULL },
        { CHECK("{device-status: [@DRIVERS]}"), "expected a bit of the device status", "DRIVER" },
        { CHECK("{actual: @134217728}"), "a size needs a unit", NULL },
        { CHECK("{num-pages: @4294967296}"), "too large here", NULL },
        { CHECK("{isr: @256}"), "too large here", NULL },
        { CHECK("{broken: @on}"), "expected 'yes' or 'no', got 'on'", "yes" },
        { CHECK("{broken: @false}"), "expected 'yes' or 'no', got 'false'", "no" },
        { CHECK("{broken: @[]}"), "expected 'yes' or 'no', got a list", NULL },
        { CHECK("{config-generation: @one}"), "a whole number is expected", NULL },
        { CHECK("{last-update: @epoch+4}"), "expected seconds since 1970, or '$epoch+4'", NULL },
        { CHECK("{last-update: @$epoch+}"), "expected seconds since 1970, or '$epoch+4'", NULL },
};

/* The text without its mark; line and column are the mark's. */
static char *unmark(const char *marked, unsigned *line, unsigned *column)
{
        const char *mark = strchr(marked, '@');
        size_t before;
        char *text = strdup(marked);

        ck_assert_ptr_nonnull(mark);
        before = (size_t)(mark - marked);
        memmove(text + before, text + before + 1, strlen(text + before));
        *line = 1;
        *column = 1;
        for (size_t i = 0; i < before; i++) {
                if (marked[i] == '\n') {
                        *line += 1;
                        *column = 1;
                } else if (((unsigned char)marked[i] & 0xc0) != 0x80) {
                        *column += 1;
                }
        }
        return text;
}

START_TEST(a_mistake_is_shown_at_its_place_with_what_was_meant)
{
        const struct mistake *mistake = &mistakes[_i];
        struct scenario *scenario = NULL;
        struct diag diag = { 0 };
        unsigned line, column;
        char *text = unmark(mistake->text, &line, &column);
        int result = scenario_parse_text(text, strlen(text), "x.yaml", &scenario, &diag);

        ck_assert_msg(result == -1, "accepted: %s", text);
        ck_assert_ptr_null(scenario);
        ck_assert_msg(diag.line == line && diag.column == column, "at %u:%u, not %u:%u: %s\n%s",
                      diag.line, diag.column, line, column, diag.text, text);
        ck_assert_msg(strstr(diag.text, mistake->message) != NULL, "'%s' is not in '%s'\n%s",
                      mistake->message, diag.text, text);
        ck_assert_str_eq(diag.suggestion, mistake->suggestion != NULL ? mistake->suggestion : "");
        ck_assert_str_eq(diag.path, "x.yaml");
        free(text);
}
END_TEST

TCase *parse_errors_case(void)
{
        TCase *tcase = tcase_create("mistakes");

        tcase_add_loop_test(tcase, a_mistake_is_shown_at_its_place_with_what_was_meant, 0,
                            (int)(sizeof mistakes / sizeof mistakes[0]));
        return tcase;
}
