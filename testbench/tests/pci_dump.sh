#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast pci dump against configuration spaces of QEMU 7.2.22, byte for byte; lspci decodes it.
# usage: pci_dump.sh BALLAST DATA
set -uo pipefail
ballast=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 compared=0

bad() { # bad WHAT
        failures=$((failures + 1))
        printf 'FAIL  %s\n' "$1"
}

same() { # same FILE OPTION...: the dump is that file
        local file=$1
        shift
        compared=$((compared + 1))
        "$ballast" pci dump "$@" >"$work/out" 2>&1 || bad "$file: ballast pci dump $* failed"
        diff "$data/pci-$file.hex" "$work/out" >"$work/diff" || {
                bad "$file: ballast pci dump $*"
                sed 's/^/  | /' "$work/diff"
        }
}

same pc-default --machine=pc
# The balloon of a real QEMU 7.2.22 with its property `vectors` lent to it, as the tests do.
same pc-vectors --machine=pc --set vectors=1 --set modern-pio-notify=on
same q35-legacy-vectors --set vectors=129 --set disable-modern=on
same q35-modern-vectors --set vectors=2048 --set disable-legacy=on
same q35-rootport-vectors --bus=root-port --set vectors=2
same q35-vectors --set vectors=2
same q35-vectors --profile=qemu-10.0
same q35-default --profile=qemu-10.0 --set vectors=0
same pc-i440fx-2.6-default --machine=pc-i440fx-2.6
same pc-legacy --machine=pc --set disable-modern=on
same pc-modern --machine=pc --set disable-legacy=on
same q35-default
# The recorded guest put BAR 4 at 0xe0000000, ours has its memory from 0xf0000000 on.
mkdir "$work/moved"
sed 's/^20: 0c 00 00 e0/20: 0c 00 00 f0/' "$data/pci-q35-default-driver-ok.hex" \
        >"$work/moved/pci-q35-default-driver-ok.hex"
data=$work/moved same q35-default-driver-ok --driver=linux
same q35-default-ecam4096 -xxxx
same q35-disable-legacy-off --set disable-legacy=off
same q35-legacy --set disable-modern=on
same q35-modern --set disable-legacy=on
same q35-modern-pio-notify --set modern-pio-notify=on
same q35-page-per-vq --set page-per-vq=on
same q35-rootport-aer-ats --bus=root-port --set aer=on --set ats=on
same q35-rootport-default --bus=root-port
same q35-rootport-disable-pcie --bus=root-port --set x-disable-pcie=on
same q35-rootport-transitional --bus=root-port --set disable-legacy=off
same q35-type-non-transitional --set disable-legacy=on
same q35-type-transitional --set disable-legacy=off
[ "$((compared - 2))" = "$(find "$data" -name 'pci-*.hex' | wc -l)" ] || bad "a file is compared with nothing"

# The comparison can fail.
"$ballast" pci dump >"$work/out"
! cmp -s "$data/pci-q35-modern.hex" "$work/out" || bad "a modern device is told apart from a transitional one"

refused() { # refused TEXT OPTION...
        local text=$1
        shift
        "$ballast" pci dump "$@" >"$work/out" 2>"$work/err" && bad "ballast pci dump $* passes"
        [ ! -s "$work/out" ] || bad "ballast pci dump $* prints"
        grep -qF -- "$text" "$work/err" || bad "ballast pci dump $*: not '$text' but $(cat "$work/err")"
}

refused "Property 'virtio-balloon-pci.vectors' not found" --profile=qemu-1.4 --set vectors=2
refused "the number is too large here, got '2049'" --set vectors=2049
refused "unknown key 'vector'" --set vector=2
refused 'device cannot work as neither modern nor legacy mode is enabled' \
        --bus=root-port --set disable-modern=on
refused "'free-page-hint' requires 'iothread' to be set" --set free-page-hint=on
refused "--set takes PROPERTY=VALUE" --set aer
refused "--set takes PROPERTY=VALUE" --set 'aer=on, x: y'
refused 'Ballast has a root port on q35 only' --bus=root-port --machine=pc
refused '-x, -xxx or -xxxx' -xx

[ "$("$ballast" pci dump -x | wc -l)" = 5 ] || bad "-x is the header"
[ "$("$ballast" pci dump --bus=root-port -xxx | wc -l)" = 17 ] || bad "-xxx is 256 bytes"

if command -v lspci >/dev/null || [ -x /usr/bin/lspci ]; then
        decodes() { # decodes TEXT OPTION...: lspci finds TEXT in the dump
                local text=$1
                shift
                "$ballast" pci dump "$@" >"$work/out"
                lspci -F "$work/out" -vv 2>/dev/null | grep -qF -- "$text"
        }
        for variant in --set=disable-legacy=on --bus=root-port; do
                decodes 'VirtIO: Notify' "$variant" || bad "lspci finds no notification structure: $variant"
                decodes 'VirtIO: <unknown>' "$variant" || bad "lspci finds no window: $variant"
        done
        decodes 'MSI-X: Enable- Count=2 Masked-' --profile=qemu-10.0 || bad "lspci finds no MSI-X"
        decodes 'MSI-X: Enable+ Count=4 Masked-' --set=vectors=4 --driver=linux ||
                bad "lspci finds no MSI-X that a driver enabled"
        decodes 'Vector table: BAR=1 offset=00000000' --set=vectors=2 || bad "lspci finds no vector table"
        decodes 'PBA: BAR=1 offset=00000800' --set=vectors=2 || bad "lspci finds no pending bits"
        ! decodes 'MSI-X' || bad "lspci finds MSI-X where there is none"
        decodes 'FLReset+' --bus=root-port || bad "lspci finds no function level reset"
        decodes 'Power Management version 3' --bus=root-port || bad "lspci finds no power management"
        decodes 'Advanced Error Reporting' --bus=root-port --set=aer=on || bad "lspci finds no AER"
        decodes 'Address Translation Service' --bus=root-port --set=ats=on || bad "lspci finds no ATS"
        ! decodes 'FLReset+' || bad "lspci finds a reset where there is none"
        ! decodes 'VirtIO: Notify' --set=disable-modern=on || bad "lspci finds a legacy device's capabilities"
        ! decodes 'Advanced Error Reporting' --bus=root-port || bad "lspci finds AER that was not asked for"
else
        echo 'lspci is not installed: nothing decoded (package pciutils)'
fi

echo "$failures failed"
[ "$failures" = 0 ]
