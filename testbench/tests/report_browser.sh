#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page of ballast report in a real browser: what it makes of it, and pictures for people.
# usage: report_browser.sh BALLAST CAMPAIGNS ARTEFACTS
set -uo pipefail
ballast=$(readlink -f "$1")
campaigns=$(readlink -f "$2")
mkdir -p "$3"
artefacts=$(readlink -f "$3")
for program in chromium xmllint pngtopnm; do
        command -v "$program" >/dev/null && continue
        echo "SKIP  report-browser: there is no $program here"
        exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

bad() { # bad WHAT
        failures=$((failures + 1))
        printf 'FAIL  %s\n' "$1"
}

# The sandbox cannot be had as root or in a container; the pages are our own, and load nothing.
browse() { # browse OPTION... PAGE
        HOME=$work timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run \
                --disable-dev-shm-usage --hide-scrollbars --force-device-scale-factor=1 \
                --user-data-dir="$work/profile" "${@:1:$#-1}" "file://$work/${*: -1}" 2>browser.log ||
                { bad "chromium: exit $?"; tail -n 5 browser.log; }
}

dom() { # dom PAGE: what the browser made of it
        browse --dump-dom "$1" >dom.html
}

is() { # is XPATH VALUE: in the last dom
        local got
        got=$(xmllint --html --xpath "$1" dom.html 2>/dev/null)
        [ "$got" = "$2" ] || bad "$1 is $got, not $2"
}

picture() { # picture NAME SIZE PAGE: its colours and how many dots have each go to NAME.colours
        browse --window-size="$2" --screenshot="$artefacts/$1.png" "$3" >/dev/null
        pngtopnm "$artefacts/$1.png" 2>/dev/null | ppmhist -noheader 2>/dev/null |
                awk '{ printf "%02x%02x%02x %d\n", $1, $2, $3, $5 }' >"$1.colours"
        local size
        size=$(pngtopnm "$artefacts/$1.png" 2>/dev/null | head -n 2 | tail -n 1)
        [ "${size/ /,}" = "$2" ] || bad "$1.png is $size, not $2"
}

shows() { # shows NAME COLOUR DOTS: at least so many
        awk -v colour="$2" -v least="$3" '$1 == colour { dots = $2 } END { exit dots < least }' \
                "$1.colours" || bad "$1.png: fewer than $3 dots of #$2"
}

"$ballast" campaign "$campaigns/resets.yaml" --results r.jsonl >/dev/null 2>&1 || bad campaign
"$ballast" report r.jsonl --campaign "$campaigns/resets.yaml" -o report.html || bad report

# As the browser reads it.
dom report.html
is 'string(//title)' 'resets, and what the driver does about them'
is 'string(//h1)' 'resets, and what the driver does about them'
is 'count(//*[@id="outcomes"]//tbody/tr)' 7
is 'string(//*[@id="outcomes"]//tbody/tr[3]/td[2])' "$(grep -c '"polling dead"' r.jsonl)"
# Four faults, each with a row of it alone, and the runs without.
is 'count(//*[@id="faults"]//tbody/tr)' 9
is 'count(//*[@id="recovery"]//tbody/tr)' 5
is 'count(//article)' "$(grep -o '"outcome":"[^"]*"' r.jsonl | sort -u | wc -l)"
is 'count(//article//figure//*[local-name()="circle"])' "$(
        for class in masked recovered 'polling dead' 'device broken'; do
                grep -m1 "\"$class\"" r.jsonl | grep -o '"name":' | wc -l
        done | awk '{ sum += $1 } END { print sum }'
)"

# Nothing of it comes from elsewhere, and nothing in it is a program.
is 'count(//script | //link | //img | //iframe | //object | //@src | //@href | //@onload)' 0
! grep -oE '[a-z]+://[^"]*' report.html | grep -vxF 'http://www.w3.org/1999/xhtml' ||
        bad 'an address in the page'
! grep -oE 'url\([^)]*\)' report.html | grep -vE '^url\(#p[0-9]+\)$' || bad 'a reference out of the page'

# As it is painted, wide and narrow: text, and the colour of each outcome that there is. The last
# two are behind patterns.
picture report 1200,4000 report.html
picture report-narrow 420,4000 report.html
for name in report report-narrow; do
        shows "$name" ffffff 500000
        shows "$name" 1b1f24 300
        for colour in b7dfcf 56b4e9 e69f00 cc79a7; do
                shows "$name" "$colour" 200
        done
done

# A run that fails, and the small scenario that it became, with a timeline of its own.
cp "$campaigns/polled-minute.yaml" .
cat >failing.yaml <<'YAML'
campaign: of an interval that nobody set
seeds: 1
scenarios: [polled-minute.yaml]
faults:
  - {step: "guest: reset", count: 6}
  - {name: it, step: "check: {interval: 7 s}", at: {from: 50 s, until: 50 s}}
YAML
"$ballast" campaign failing.yaml --results f.jsonl >/dev/null 2>&1
"$ballast" report f.jsonl --campaign failing.yaml -o failing.html || bad 'a report of a failure'
dom failing.html
is 'count(//article[@id="run-0"]//section[@class="small"])' 1
is 'count(//*[@id="small-0"]//figure//*[local-name()="circle"])' 1
is 'starts-with(//*[@id="small-0"]/pre, "# rule violated: expected interval ")' true
is 'contains(//*[@id="small-0"]/pre, "check: {interval: 1 s}")' true
is 'contains(//*[@id="small-0"]/pre, "guest: reset")' false
picture report-small 1200,3000 failing.html
shows report-small f6f8fa 20000
shows report-small d55e00 200

# Whoever wrote the results, the browser sees text.
hostile="<script>document.title='run'</script><img src='http://127.0.0.1:9/'>"
cat >hostile.jsonl <<JSONL
{"campaign":"</title>$hostile","id":"$hostile","runs":1,"first":0,"count":1}
{"run":0,"outcome":"crashed","scenario":"$hostile","seed":1,"faults":[{"name":"$hostile","at":1}],"why":"$hostile"}
JSONL
"$ballast" report hostile.jsonl -o hostile.html || bad 'hostile results'
dom hostile.html
is 'string(//title)' "</title>$hostile"
is 'string(//p[@class="why"])' "$hostile"
is 'count(//script | //img)' 0

[ "$failures" = 0 ] && echo 'report-browser: all as it should be'
[ "$failures" = 0 ]
