#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# conformance.sh must fail on each kind of hole, and say which, and pass the pages as they are.
# usage: conformance_selftest.sh ROOT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir "$tree"
"$here/evidence.sh" "$root" >"$work/facts"
failures=0

fresh() {
        rm -rf "$tree/docs"
        cp -R "$root/docs" "$tree/docs"
        chmod -R u+w "$tree/docs"
}

refuses() { # refuses TEXT FILE SED-PROGRAM: the file, doctored so, fails with that text
        fresh
        sed -i -e "$3" "$tree/docs/$2"
        if cmp -s "$tree/docs/$2" "$root/docs/$2"; then
                echo "FAIL  the doctor found nothing to do: $3"
        elif "$here/conformance.sh" "$tree" "$work/facts" >"$work/out"; then
                echo "FAIL  accepted: $3"
        elif ! grep -qF -- "$1" "$work/out"; then
                echo "FAIL  '$1' is missing for: $3"
                grep '^FAIL' "$work/out" || true
        else
                return 0
        fi
        failures=$((failures + 1))
}

fresh
"$here/conformance.sh" "$tree" "$work/facts" >"$work/out" || {
        cat "$work/out"
        echo "FAIL  the pages as they are do not pass"
        failures=1
}
# shellcheck disable=SC2016 # back quotes are the pages' own
balloon=conformance/balloon.md
refuses 'has 1 rules of MUST, not 2' $balloon '/passes over tags that it does not know/d'
refuses 'has 3 rules of MUST, not 2' $balloon \
        '/passes over tags that it does not know/{p;s/passes over/does not mind/}'
refuses 'the same rule twice' $balloon '/passes over tags that it does not know/p'
refuses 'has 0 rules of MUST NOT, not 1' $balloon '/changes a reported page/s/MUST NOT/MAY/'
refuses 'a row of five cells was expected' $balloon '/changes a reported page/s/MUST NOT/MAY/'
refuses 'is in no chapter' $balloon '/^### balloon-poison-device/d'
refuses 'comes a second time' $balloon 's/^### balloon-poison-device/### balloon-poison-driver/'
refuses 'no block is called balloon-poisson-device' $balloon \
        's/^### balloon-poison-device/### balloon-poisson-device/'
refuses "'holds' without evidence" $balloon \
        's/\(passes over tags that it does not know | holds |\)[^|]*|/\1 |/'
refuses 'there is no scenario stats/decode-no-such-tags' $balloon \
        's|`stats/decode-unknown-tags`|`stats/decode-no-such-tags`|'
refuses 'there is no scenario nothing/like-this-*' $balloon \
        's|`stats/decode-unknown-tags`|`nothing/like-this-*`|'
refuses 'there is no test unknown_tags_are_taken' $balloon \
        's/`unknown_tags_are_ignored`/`unknown_tags_are_taken`/'
refuses 'evidence is names in back quotes' $balloon \
        's/`unknown_tags_are_ignored`/as everybody knows/'
refuses 'there is no script testbench/tests/no_dump.sh' conformance/pci.md \
        's|testbench/tests/pci_dump.sh|testbench/tests/no_dump.sh|'
refuses "'departs' without a reason" $balloon 's/| an entry has 10 bytes[^|]*|/| |/'
refuses "'n/a' without a reason" conformance/pci.md 's/| the driver maps nothing[^|]*|/| |/'
refuses "no status is called 'fine'" $balloon \
        's/\(passes over tags that it does not know |\) holds/\1 fine/'
refuses 'a rule is told in words' $balloon 's/passes over tags that it does not know/tags/'
refuses 'the summary lacks' $balloon \
        's/\(passes over tags that it does not know |\) holds/\1 open/'
refuses 'the summary lacks' conformance.md '/^| all |/d'
refuses 'an erratum without evidence' conformance.md \
        's/| `virtio\/config-generation-counts-notifications` |$/| |/'
refuses 'blocks, not 78' conformance/blocks.tsv '/^pci-isr-driver/d'
refuses "the blocks' sum of MUST is not the total" conformance/blocks.tsv \
        's/\t3\t1\t2\t0$/\t4\t1\t2\t0/;s/\t2\t0\t0\t0$/\t3\t0\t0\t0/'
refuses 'a block has eight fields' conformance/blocks.tsv 's/^pci-isr-driver\t/pci-isr-driver /'

echo "conformance_selftest: $failures failures"
[ "$failures" = 0 ]
