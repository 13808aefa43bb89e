#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast pci tree: the folder agrees with ballast pci dump and lspci reads it, in its place and
# mounted over /sys; what exists is not touched, what fails leaves nothing.
# usage: pci_tree.sh BALLAST
set -uo pipefail
ballast=$1
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
failures=0

bad() { # bad WHAT
        failures=$((failures + 1))
        printf 'FAIL  %s\n' "$1"
}

is() { # is FILE TEXT: the file of the function's folder holds that line
        [ "$(cat "$device/$1" 2>/dev/null)" = "$2" ] || bad "$1 is '$(cat "$device/$1" 2>&1)', not '$2'"
}

resource() { # resource LINE TEXT
        [ "$(sed -n "${1}p" "$device/resource")" = "$2" ] ||
                bad "resource line $1 is '$(sed -n "${1}p" "$device/resource")'"
}

# ---- the files ----
"$ballast" pci tree --profile=qemu-10.0 "$work/sys" || bad 'no tree'
device=$work/sys/bus/pci/devices/0000:00:01.0
is vendor 0x1af4
is device 0x1002
is subsystem_vendor 0x1af4
is subsystem_device 0x0005
is class 0x00ff00
is revision 0x00
is irq 0
resource 1 '0x000000000000c000 0x000000000000c03f 0x0000000000040101'
resource 2 '0x00000000f0000000 0x00000000f0000fff 0x0000000000040200'
resource 3 '0x0000000000000000 0x0000000000000000 0x0000000000000000'
resource 5 '0x00000000f0004000 0x00000000f0007fff 0x000000000014220c'
[ "$(wc -l <"$device/resource")" = 13 ] || bad 'resource has not 13 lines'
[ "$(stat -c %s "$device/resource0" "$device/resource1" "$device/resource4" | tr '\n' ' ')" = '64 4096 16384 ' ] ||
        bad 'the files of the BARs are not as long as these'
[ ! -e "$device/resource2" ] || bad 'a BAR that is not there has a file'
[ ! -e "$device/driver" ] || bad 'a driver is bound that nobody asked for'
[ -d "$work/sys/bus/pci/slots" ] || bad 'no slots'

# Configuration space is the dump's: after the Linux driver, both have its BARs.
same() { # same ADDRESS OPTION...
        local address=$1
        shift
        rm -rf "$work/one"
        "$ballast" pci tree --driver=linux "$@" "$work/one" || bad "no tree: $*"
        "$ballast" pci dump --driver=linux "$@" | sed '1d; s/^[^:]*: //' | tr -d ' \n' >"$work/dump"
        od -An -v -tx1 "$work/one/bus/pci/devices/$address/config" | tr -d ' \n' >"$work/config"
        [ -s "$work/dump" ] && cmp -s "$work/dump" "$work/config" || bad "config is not the dump: $*"
        [ "$(readlink "$work/one/bus/pci/devices/$address/driver")" = ../../../bus/pci/drivers/virtio-pci ] ||
                bad "no driver is bound: $*"
        [ -e "$work/one/bus/pci/drivers/virtio-pci/$address/config" ] || bad "the driver has no device: $*"
}
same 0000:00:01.0
same 0000:00:01.0 --set=disable-legacy=on --set=vectors=4
same 0000:00:01.0 --set=disable-modern=on
same 0000:00:02.0 --machine=pc
same 0000:01:00.0 --bus=root-port
[ "$(stat -c %s "$work/one/bus/pci/devices/0000:01:00.0/config")" = 4096 ] || bad 'no extended configuration space'

# ---- whole or not at all ----
refused() { # refused TEXT ARGUMENT...
        local text=$1
        shift
        "$ballast" pci tree "$@" >"$work/out" 2>"$work/err"
        [ $? = 2 ] || bad "ballast pci tree $* does not end with 2"
        grep -qF -- "$text" "$work/err" || bad "ballast pci tree $*: not '$text' but $(cat "$work/err")"
}
mkdir "$work/full" "$work/empty" && touch "$work/full/mine" "$work/file"
refused 'Directory not empty' "$work/full"
refused 'Not a directory' "$work/file"
refused 'No such file or directory' "$work/not/there"
refused 'the folder is missing'
refused 'one folder only' "$work/a" "$work/b"
refused "unknown key 'vector'" --set=vector=2 "$work/a"
[ "$(ls "$work/full")" = mine ] || bad 'a folder that is not empty was touched'
"$ballast" pci tree "$work/empty" && [ -d "$work/empty/bus" ] || bad 'an empty folder is not taken'
"$ballast" pci tree "$work/slash/" && [ -d "$work/slash/bus" ] || bad 'a name with a slash is not taken'
(ulimit -f 1 && trap '' XFSZ && "$ballast" pci tree "$work/cut") 2>/dev/null && bad 'a tree that does not fit is written'
[ "$(cd "$work" && echo *)" = 'config dump empty err file full one out slash sys' ] ||
        bad "something is left: $(cd "$work" && echo *)"

# ---- lspci ----
shows() { # shows TEXT OUTPUT
        grep -qF -- "$1" "$2" || bad "lspci does not show '$1'"
}
if command -v lspci >/dev/null || [ -x /usr/bin/lspci ]; then
        lspci -A linux-sysfs -O sysfs.path="$work/sys/bus/pci" -vvnn >"$work/lspci" 2>/dev/null
        [ "$(grep -c '^[0-9a-f]' "$work/lspci")" = 1 ] || bad 'lspci does not show exactly one function'
        shows '00:01.0' "$work/lspci"
        shows '[1af4:1002]' "$work/lspci"
        shows 'Region 0: I/O ports at c000 [size=64]' "$work/lspci"
        shows 'Region 1: Memory at f0000000 (32-bit, non-prefetchable) [size=4K]' "$work/lspci"
        shows 'Region 4: Memory at f0004000 (64-bit, prefetchable) [size=16K]' "$work/lspci"
        shows 'MSI-X: Enable- Count=2 Masked-' "$work/lspci"
        shows 'VirtIO: Notify' "$work/lspci"
        # The same by its compiled-in path; only if it is certain that it sees nothing else.
        if unshare -m -U -r true 2>"$work/err"; then
                unshare -m -U -r sh -euc '
                        mount --make-rprivate /
                        [ ! -e /proc/bus/pci ] || mount -t tmpfs -o ro none /proc/bus/pci
                        mount --bind "$1" /sys
                        [ "$(stat -c %d:%i /sys)" = "$(stat -c %d:%i "$1")" ]
                        [ "$(stat -f -c %T /sys/bus/pci/devices)" != sysfs ]
                        [ "$(ls /sys/bus/pci/devices)" = 0000:00:01.0 ]
                        exec lspci -A linux-sysfs -vvnn' sh "$work/sys" >"$work/mounted" 2>"$work/err" ||
                        bad "in a namespace: $(cat "$work/err")"
                cmp -s "$work/lspci" "$work/mounted" || bad 'mounted over /sys, lspci shows something else'
        else
                echo "skip: no mount namespace for lspci: $(cat "$work/err")"
        fi
else
        echo 'skip: lspci is not installed (package pciutils)'
fi

echo "$failures failed"
[ "$failures" = 0 ]
