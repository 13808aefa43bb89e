#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast report from outside: the page, JUnit, what is refused.
# usage: report.sh BALLAST CAMPAIGNS
set -uo pipefail
ballast=$(readlink -f "$1")
campaigns=$(readlink -f "$2")
# shellcheck source=testbench/tests/program.sh
. "$(dirname "$(readlink -f "$0")")/program.sh"
subcommand=(report)

well_formed() { # well_formed FILE
        command -v xmllint >/dev/null || return 0
        xmllint --noout "$1" 2>err || bad "$1 is not well-formed"
}

# A page and JUnit of whole results, by themselves and with their campaign.
"$ballast" campaign "$campaigns/resets.yaml" --results r.jsonl --junit campaign.xml >out 2>err || bad campaign
exits 0 r.jsonl --output page.html --junit report.xml
[ ! -s out ] && [ ! -s err ] || bad 'it says nothing'
well_formed page.html
cmp -s report.xml campaign.xml || bad 'JUnit is not that of ballast campaign'
has page.html '<title>resets, and what the driver does about them</title>'
for class in masked recovered 'polling dead' 'device broken'; do
        lines=$(grep -c "\"outcome\":\"$class\"" r.jsonl)
        grep -F "</svg>$class</span></td><td>$lines</td>" page.html >/dev/null ||
                bad "the page does not count $lines $class"
done
# Of the runs with this fault alone, what became of them, counted in another way.
alone='"faults":\[{"name":"device reset behind the driver.s back","at":[0-9.]*}\]'
count=$(grep -c "$alone" r.jsonl)
[ "$count" -gt 0 ] && [ "$(grep -c "\"polling dead\".*$alone" r.jsonl)" = "$count" ] || bad 'the results'
grep -A1 'device reset behind' page.html |
        grep -qE "alone</td><td>$count</td>.*<td class=\"none\">0</td><td class=\"none\">0</td><td>$count</td>" ||
        bad 'the fault alone'
lacks page.html '<dt>Seed</dt>'
exits 0 r.jsonl -o - --campaign "$campaigns/resets.yaml"
cp out with.html
well_formed with.html
has with.html '<dt>Seed</dt><dd>1</dd>'
lacks page.html 'aria-label="Timeline"'
[ "$(grep -c 'aria-label="Timeline"' with.html)" = 4 ] || bad 'a timeline of one run of each outcome'
# The silence that is shaded is the one in the results.
silent=$(grep -m1 '"recovered"' r.jsonl | sed 's/.*"silent":\([0-9]*\)\.\([0-9]\{3\}\).*/\1.\2/')
has with.html "Shaded: no answer for $silent s."
dead=$(grep -m1 '"polling dead"' r.jsonl | sed 's/{"run":\([0-9]*\).*/\1/')
has with.html "<code>ballast campaign --print=$dead resets.yaml</code>"
has with.html "# Run $dead of the campaign: resets, and what the driver does about them"
exits 0 r.jsonl -o again.html --campaign "$campaigns/resets.yaml"
cmp -s with.html again.html || bad 'with the campaign it is the same each time, too'

# Runs that fail, with why and where.
cp "$campaigns/polled-minute.yaml" .
cat >failing.yaml <<'YAML'
campaign: of too many events
seeds: 60
scenarios: [polled-minute.yaml]
bounds: {time: 20 s, events: 50}
faults:
  - {step: "guest: reboot", count: 50, rate: 1, at: {until: 20 s}}
  - {name: no such interval, step: "check: {interval: 7 s}", rate: 0.3, at: {until: 1 s}}
YAML
"$ballast" campaign failing.yaml --results f.jsonl >out 2>err
[ $? = 1 ] || bad 'the campaign fails'
exits 0 f.jsonl -o failing.html --campaign failing.yaml
well_formed failing.html
has failing.html '60 runs broke a rule or crashed; the first 50 are here.'
[ "$(grep -c '<p class="why">expected at most 50 events, got one more</p>' failing.html)" -gt 20 ] || bad why
# The first of each kind is made small; what the page shows is what its command writes, and it fails.
[ "$(grep -c 'aria-label="Timeline"' failing.html)" = 52 ] || bad 'a timeline of each that is shown'
[ "$(grep -c '<p>It fails in the same way as run [0-9]*\.</p>' failing.html)" = 48 ] || bad 'the other 48'
lacks failing.html 'class="other"'
for kind in 'at most 50 events' 'interval 7 s'; do
        run=$(grep -m1 "expected $kind" f.jsonl | sed 's/{"run":\([0-9]*\).*/\1/')
        file=small-$run.yaml
        has failing.html "id=\"small-$run\""
        command=$(grep -o "<code>ballast shrink --run=$run [^<]*" failing.html)
        bash -c "\"$ballast\" ${command#<code>ballast }" >out 2>err || bad "$command"
        [ "$(grep -c '# fault$' "$file")" -lt 20 ] || bad "$file is small"
        grep -m1 "^<p>[0-9]* lines and [0-9]* faults became" failing.html >/dev/null || bad 'how small'
        sed "s|^# .*/ballast run |# ballast run |" "$file" >shown.yaml
        xmllint --html --xpath "string(//*[@id='small-$run']/pre)" failing.html 2>/dev/null |
                sed '$d' | cmp -s - shown.yaml || bad "the page shows $file"
        again=$(grep -m1 '^# ballast run ' shown.yaml)
        bash -c "\"$ballast\" ${again#\# ballast }" >out 2>err && bad "$again passes"
        has out "expected  ${kind% 7 s}"
done
exits 0 f.jsonl -o again.html --campaign failing.yaml
cmp -s failing.html again.html || bad 'made small, it is the same each time, too'
exits 0 f.jsonl -o small.html --campaign failing.yaml --shrink 1
[ "$(grep -c 'class="small"' small.html)" = 1 ] || bad 'one kind is made small'
has small.html '<p>It fails in another way than those made small.</p>'
exits 0 f.jsonl -o small.html --campaign failing.yaml --tries 0
has small.html 'became 69 and 51, in 0 tries'
exits 0 f.jsonl -o small.html --campaign failing.yaml --shrink 0
lacks small.html 'class="small"'
lacks small.html 'in the same way as run'
exits 2 f.jsonl -o small.html --shrink 1
has err 'what is made small is of a --campaign'
exits 2 f.jsonl --junit small.xml --campaign failing.yaml --tries 1
exits 2 f.jsonl -o small.html --campaign failing.yaml --shrink 51
exits 2 f.jsonl -o small.html --campaign failing.yaml --shrink -1

# Results of another program, which the same runs without faults do not tell: the page does.
lacks with.html 'class="other"'
sed -E '2s/"digest":"[0-9a-f]{4}/"digest":"0000/' r.jsonl >other.jsonl
exits 0 other.jsonl -o other.html --campaign "$campaigns/resets.yaml"
[ "$(grep -c 'class="other".*its journal is not the one of the results' other.html)" = 1 ] || bad 'another journal'
sed -E '1,/"masked"/s/"masked"(.*)\}$/"rule violated"\1,"why":"another program"}/' r.jsonl >other.jsonl
exits 0 other.jsonl -o other.html --campaign "$campaigns/resets.yaml"
has other.html '1 run broke a rule or crashed.'
has other.html 'Done again now, it is masked, and does not fail like that; it is not made small.'
lacks other.html 'class="small"'

# A sweep: columns for each value, where it is, and what lies between them.
cat >sweep.jsonl <<'JSONL'
{"campaign":"c","id":"1","sweep":{"name":"<delay>","unit":"s","values":["2 s","1 s"],"numbers":[2,1]},"runs":4,"first":0,"count":4}
{"run":0,"outcome":"recovered","scenario":"a","value":"2 s","seed":1,"faults":[],"silent":4}
{"run":1,"outcome":"masked","scenario":"a","value":"1 s","seed":1,"faults":[]}
{"run":2,"outcome":"polling dead","scenario":"a","value":"2 s","seed":2,"faults":[]}
{"run":3,"outcome":"masked","scenario":"a","value":"1 s","seed":2,"faults":[]}
JSONL
exits 0 sweep.jsonl -o sweep.html
well_formed sweep.html
has sweep.html '<h2>What &lt;delay&gt; does</h2>'
has sweep.html '<title>2 s: recovered 50.0 %</title>'
has sweep.html '<title>1 s: masked 100.0 %</title>'
has sweep.html '<title>2 s: half within 4 s</title>'
lacks sweep.html '<title>1 s: half within'
has sweep.html 'Each value has its mark where it is'
lacks sweep.html logarithmic
middle() { # middle TEXT: where this value's name stands in sweep.html
        grep -o "x=\"[0-9]*\" y=\"[0-9]*\" text-anchor=\"middle\">$1<" sweep.html | cut -d'"' -f2
}
[ "$(middle '1 s')" -lt "$(middle '2 s')" ] || bad 'the lesser stands to the left'
sed 's/"1 s"/"1 ms"/g; s/"2 s"/"0 s"/g; s/\["0 s",/["0 s","1 s",/' sweep.jsonl >logarithmic.jsonl
exits 0 logarithmic.jsonl -o sweep.html
well_formed sweep.html
has sweep.html '>&lt;delay&gt; (logarithmic)<'
has sweep.html '0, which has no place on a logarithmic axis, stands apart.'
sed 's/"1 s"/"soon"/g' sweep.jsonl >names.jsonl
exits 0 names.jsonl -o sweep.html
has sweep.html "The values stand in the campaign's order, at equal distances."
[ "$(middle 'soon')" -gt "$(middle '2 s')" ] || bad 'names keep their order'
lacks page.html 'id="sweep"'

# The same bytes again, from elsewhere, another day.
mkdir elsewhere
(cd elsewhere && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$ballast" report ../r.jsonl -o page.html) >out 2>err
cmp -s page.html elsewhere/page.html || bad 'the page is a function of the results'

# A part is named as one.
head -n 101 r.jsonl >part.jsonl
exits 0 part.jsonl -o part.html
has part.html 'These are not all: the campaign has 1,000 runs.'
head -n 1 r.jsonl >none.jsonl
exits 0 none.jsonl -o none.html
well_formed none.html
has none.html 'No run is done.'
"$ballast" campaign "$campaigns/resets.yaml" --shard 2/10 --results shard.jsonl >out 2>err
exits 0 shard.jsonl -o shard.html
has shard.html 'this file is about runs 100 to 199.'

# Whoever wrote the results: nothing of theirs is markup.
hostile='</title><script>alert(1)</script><img src=\"http://evil.example/\">&amp;'
cat >hostile.jsonl <<JSONL
{"campaign":"$hostile","id":"$hostile","runs":2,"first":0,"count":2}
{"run":0,"outcome":"crashed","scenario":"$hostile","seed":1,"faults":[{"name":"$hostile","at":1}],"why":"$hostile"}
{"run":1,"outcome":"recovered","scenario":"\u0000\u001b\u2028","seed":1,"faults":[{"name":"']]>-->","at":1}],"silent":1}
JSONL
exits 0 hostile.jsonl -o hostile.html --junit hostile.xml
well_formed hostile.html
well_formed hostile.xml
lacks hostile.html '<script'
lacks hostile.html '<img'
has hostile.html '&lt;/title&gt;&lt;script&gt;alert(1)'
has hostile.html '1 run broke a rule or crashed.'

# What is refused; a page that is there stays.
cp page.html before.html
refused() { # refused ERROR
        exits 2 wrong.jsonl --output page.html --junit report.xml
        has err "wrong.jsonl:$1"
        cmp -s page.html before.html || bad 'an error leaves the old page'
        cmp -s report.xml campaign.xml || bad 'an error leaves the old JUnit'
        [ -z "$(find . -name '*.tmp')" ] || bad 'a temporary file is left'
}
head -c -20 r.jsonl >wrong.jsonl
refused '1001:1: error: this line is torn'
sed '500d' r.jsonl >wrong.jsonl
refused '500:1: error: this is not the line of run 498'
sed '7s/"seed":[0-9]*/"seed":"x"/' r.jsonl >wrong.jsonl
refused "7:1: error: run 5: 'seed'"
cp page.html wrong.jsonl
refused '1:1: error: these are no results of a campaign'
exits 2 none/r.jsonl -o page.html
has err 'none/r.jsonl: error: No such file'
exits 2 r.jsonl -o none/page.html
exits 2 r.jsonl -o page.html --campaign "$campaigns/silence.yaml"
has err 'r.jsonl:1:1: error: these are not results of'
exits 2 r.jsonl -o page.html --campaign none.yaml
exits 2 r.jsonl
has err '--output or --junit'
exits 2 -o page.html
has err 'a results file is missing'
exits 2 r.jsonl r.jsonl -o page.html
cmp -s page.html before.html || bad 'an error leaves the old page'

verdict report
