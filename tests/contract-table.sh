#!/usr/bin/env bash
# Which contract suite ran against which implementation, from the results of a test run:
#   tests/contract-table.sh RESULTS.trx ...
# A suite is an abstract test class NameContract, an implementation a class that inherits it; both are read from the sources.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# class|base|1 where it is abstract, one a line
classes() {
  grep -rhE --include='*.cs' '^ *(public|internal) .*class [A-Za-z0-9_]+.*: *[A-Z]' "$ROOT"/tests | awk '{
    name = $0; sub(/^.*class /, "", name)
    base = name; sub(/[^A-Za-z0-9_].*/, "", name)
    sub(/^[^:]*: */, "", base); sub(/[^A-Za-z0-9_].*/, "", base)
    print name "|" base "|" (/ abstract /) }'
}

# class|outcome|message, one a line for every result
results() {
  cat "$@" | tr -d '\r' | tr '\n' ' ' | sed 's/<UnitTestResult /\n&/g; s/<TestDefinitions/\n&/g' | awk '
    /^<UnitTestResult / {
      name = $0; sub(/^.* testName="/, "", name); sub(/".*/, "", name); sub(/\(.*/, "", name)
      outcome = $0; sub(/^.* outcome="/, "", outcome); sub(/".*/, "", outcome)
      message = ""
      if (outcome == "NotExecuted" && match($0, /<(StdOut|Message)>[^<]*</)) {
        message = substr($0, RSTART, RLENGTH); sub(/^<[A-Za-z]*>/, "", message); sub(/<$/, "", message)
        gsub(/\|/, "/", message)
      }
      n = split(name, part, "."); print part[n - 1] "|" outcome "|" message
    }' | sed "s/&apos;/'/g; s/&quot;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
classes >"$work/classes"
results "$@" >"$work/results"

awk -F '|' '
  FNR == NR { base[$1] = $2; isAbstract[$1] = $3; next }
  { seen[$1]++
    if ($2 == "Passed") passed[$1]++
    else if ($2 == "NotExecuted") { skipped[$1]++; if (why[$1] == "") why[$1] = $3 }
    else failed[$1]++ }
  END {
    for (class in base) {
      if (isAbstract[class]) continue
      suite = base[class]
      for (steps = 0; suite != "" && suite !~ /Contract$/ && steps < 9; steps++) suite = base[suite]
      if (suite !~ /Contract$/) continue
      implementation = class
      sub(/(ContractTests|Contract|Tests)$/, "", implementation)
      sub(/Contract$/, "", suite)
      printf "%s|%s|%d|%d|%d|%s\n", suite, implementation, passed[class], skipped[class], failed[class], \
        seen[class] ? why[class] : "no results: not built here, or filtered out"
    }
  }' "$work/classes" "$work/results" | sort | awk -F '|' '
  BEGIN { line = "%-18s %-26s %7s %8s %7s  %s\n"; printf line, "contract suite", "implementation", "passed", "skipped", "failed", "" }
  { printf line, $1 == last ? "" : $1, $2, $3, $4, $5, $6; last = $1 }' | sed 's/ *$//'
