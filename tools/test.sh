#!/usr/bin/env bash
# Sets up what is missing, builds, and runs every test. Ends with a table of contract suites and implementations and a line
# "N passed, N failed, N skipped".
#   tools/test.sh                  everything
#   tools/test.sh FILTER           only tests whose full name contains FILTER
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

filter=${1:-}
results=$(mktemp -d)
trap 'stop_jobs; rm -rf "$results"' EXIT
stop_jobs() { local jobs; jobs=$(jobs -p); [ -z "$jobs" ] || kill $jobs 2>/dev/null || true; }
passed=0 failed=0 skipped=0

need_dotnet
install_native "${RUNTIME_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
restore_packages
fetch_onnxruntime
build_all
mirror=${PHONEAGENT_MODEL_MIRROR:-}
shared=${PHONEAGENT_SHARED:-$ROOT/../shared}
if [ -z "$mirror" ] && [ -d "$shared/models" ]; then
  mirror=$shared/models
fi
pull_models "$mirror"

# One attribute of the first <Counters> element of a .trx file.
counter() { sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

# Skipped tests of a .trx file, one line each: reason, then how many.
skip_reasons() {
  tr -d '\r' <"$1" | tr '\n' ' ' | sed 's/<UnitTestResult /\n&/g' |
    sed -n '/^<UnitTestResult [^>]*outcome="NotExecuted"/{s/.*<\(StdOut\|Message\)>\([^<]*\)<.*/\2/p}' |
    sed 's/&apos;/'"'"'/g; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' |
    sort | uniq -c | sed 's/^ *\([0-9]*\) /  skipped (\1): /'
}

# The names of the tests of a .trx file that failed, one a line; a theory once.
failed_tests() {
  tr -d '\r' <"$1" | grep -o '<UnitTestResult [^>]*>' | grep 'outcome="Failed"' | sed 's/.* testName="\([^"(]*\).*/\1/' | sort -u
}

# Runs tests of a project that also pass the filter, if any, under a name of their own; report_tests NAME says how that went.
run_tests() {
  local project=$1 name=$2 only=${3:-} status=0
  [ -z "$filter" ] || only="${only:+($only)&}(FullyQualifiedName~$filter)"
  local -a arguments=(test "$project" -c Release --no-build --nologo -v quiet
    --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" --blame-hang-timeout 8m --blame-hang-dump-type none)
  [ -z "$only" ] || arguments+=(--filter "$only")
  dotnet "${arguments[@]}" >"$results/$name.log" 2>&1 || status=$?
  echo "$status" >"$results/$name.status"
}

# A softphone hears it when the machine does something else for a moment. Up to three tests under that name that failed are run once
# more by themselves: succeeds when all of them pass then. What they said at first stays to be read.
pass_alone() {
  local project=$1 name=$2 only
  local -a tests
  ! grep -qi 'run was aborted' "$results/$name.log" || return 1
  mapfile -t tests < <(failed_tests "$results/$name.trx")
  [ ${#tests[@]} -gt 0 ] && [ ${#tests[@]} -le 3 ] || return 1
  only=$(printf '|FullyQualifiedName=%s' "${tests[@]}")
  run_tests "$project" "$name again" "${only#|}"
  rm -f "$results/$name again.trx"
  [ "$(cat "$results/$name again.status")" -eq 0 ] || { cat "$results/$name again.log"; return 1; }
  printf '%s: FAILED AT FIRST, passed alone: %s\n' "$name" "${tests[*]}"
}

# With a project, tests of it that failed get a second chance.
report_tests() {
  local name=$1 again=${2:-} trx log total good bad status
  trx="$results/$name.trx" log="$results/$name.log"
  status=$(cat "$results/$name.status" 2>/dev/null || echo 1)
  if [ ! -f "$trx" ]; then
    cat "$log"
    # With a filter, a project without a matching test writes no results and is no failure.
    [ "$status" -eq 0 ] || { say "$name did not run."; failed=$((failed + 1)); }
    return 0
  fi
  total=$(counter total "$trx") good=$(counter passed "$trx") bad=$(counter failed "$trx")
  total=${total:-0} good=${good:-0} bad=${bad:-0}
  [ "$total" -gt 0 ] || [ "$status" -ne 0 ] || return 0
  if [ "$status" -ne 0 ]; then
    cat "$log"
    # A test host that died has failed, also when every test that it finished had passed.
    [ "$bad" -gt 0 ] || bad=1
    if [ -n "$again" ] && pass_alone "$again" "$name"; then
      good=$((good + bad)) bad=0
    fi
  fi
  printf '%s: %d passed, %d failed, %d skipped\n' "$name" "$good" "$bad" $((total > good + bad ? total - good - bad : 0))
  skip_reasons "$trx"
  passed=$((passed + good)) failed=$((failed + bad))
  skipped=$((skipped + (total > good + bad ? total - good - bad : 0)))
}

# Tests that are scripts (real softphones): 0 passed, 77 skipped with the reason in the last line, else failed.
run_script() {
  local script=$1 name status=0 log
  name=$(basename "$script")
  log="$results/$name.log"
  timeout 600 "$script" >"$log" 2>&1 || status=$?
  case $status in
    0) passed=$((passed + 1)); printf '%s: passed\n' "$name" ;;
    77) skipped=$((skipped + 1)); printf '%s: skipped: %s\n' "$name" "$(tail -n 1 "$log")" ;;
    *) failed=$((failed + 1)); cat "$log"; printf '%s: failed (%d)\n' "$name" "$status" ;;
  esac
}

cd "$ROOT"
# What computes runs at the same time; calls that are listened to have the machine for themselves, after all others.
calls=tests/PhoneAgent.LoopbackTests
listened='(FullyQualifiedName~.Rig.&FullyQualifiedName!~.Rig.Sipp)|FullyQualifiedName~.BrowserVoice.'
beside='(FullyQualifiedName!~.Rig.|FullyQualifiedName~.Rig.Sipp)&FullyQualifiedName!~.BrowserVoice.'
run_tests "$calls" PhoneAgent.LoopbackTests "$beside" &
run_tests tests/PhoneAgent.ModelTests PhoneAgent.ModelTests &
for project in tests/*Tests; do
  name=$(basename "$project")
  case $name in PhoneAgent.LoopbackTests | PhoneAgent.ModelTests) continue ;; esac
  [ -f "$project/$name.csproj" ] || continue
  run_tests "$project" "$name"
  report_tests "$name"
done
wait
report_tests PhoneAgent.ModelTests
report_tests PhoneAgent.LoopbackTests
run_tests "$calls" 'PhoneAgent.LoopbackTests with sound' "$listened"
report_tests 'PhoneAgent.LoopbackTests with sound' "$calls"
for script in tests/softphones/test_*; do
  [ -x "$script" ] || continue
  case "$(basename "$script")" in *"$filter"*) run_script "$script" ;; esac
done

# Which implementation of each port kept its contract; with a filter most of it would be empty.
if [ -z "$filter" ]; then
  trx=("$results"/*.trx)
  [ ! -f "${trx[0]}" ] || "$ROOT/tests/contract-table.sh" "${trx[@]}"
fi

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
