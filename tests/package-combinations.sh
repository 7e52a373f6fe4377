#!/usr/bin/env bash
# Builds and tests the combinations of the WithXxx switches (Directory.Build.props) that the packages here allow: all on,
# all off, and each one off alone. What tools/restore.sh found missing stays off in all of them.
#   tests/package-combinations.sh                 build with warnings as errors, and the fast tests, of every combination
#   tests/package-combinations.sh --build         build only
#   tests/package-combinations.sh --list          say which there are
#   tests/package-combinations.sh "all off"       those whose name contains this
# All are built in one copy in a temporary folder, so nothing here is rebuilt. On two cores a combination takes five minutes, twice that
# on a busy machine, and there are nine where all seven packages are here, one where none is: not for CI, which builds the latter.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

mapfile -t switches < <(sed -nE 's/^ *<(With[A-Za-z]+) Condition.*/\1/p' "$ROOT/Directory.Build.props")
"$ROOT/tools/restore.sh"
present=()
for switch in "${switches[@]}"; do
  grep -q "<$switch>false</$switch>" "$ROOT/packages.local.props" || present+=("$switch")
done

# The switches that are off in a combination, one combination a line; "all on" of no package is "all off".
combinations() {
  printf 'all off|%s\n' "${switches[*]}"
  [ ${#present[@]} -gt 0 ] || return 0
  local missing switch
  missing=$(comm -23 <(printf '%s\n' "${switches[@]}" | sort) <(printf '%s\n' "${present[@]}" | sort) | tr '\n' ' ')
  printf 'all on%s|%s\n' "${missing:+ but ${missing% }}" "$missing"
  for switch in "${present[@]}"; do
    printf 'without %s|%s %s\n' "$switch" "$missing" "$switch"
  done
}

only=
case "${1:-}" in --* | "") ;; *) only=$1 ;; esac

if [ "${1:-}" = --list ]; then
  combinations | cut -d '|' -f 1
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Tests look for ../shared beside the repository, and for what git ignores but is not built: models, native libraries.
[ ! -e "$ROOT/../shared" ] || ln -s "$(cd "$ROOT/../shared" && pwd)" "$work/shared"
copy="$work/tree"
mkdir "$copy"
(cd "$ROOT" && git ls-files --cached --others --exclude-standard -z | tar --null --ignore-failed-read -cf - -T -) | tar -xf - -C "$copy"
[ ! -d "$ROOT/native" ] || cp -r "$ROOT/native" "$copy/"
for models in "$ROOT"/models/*; do
  [ -e "$copy/models/$(basename "$models")" ] || ln -s "$models" "$copy/models/"
done

failed=0
while IFS='|' read -r name off; do
  case $name in *"$only"*) ;; *) continue ;; esac
  {
    echo '<Project><PropertyGroup>'
    for switch in $off; do
      echo "<$switch>false</$switch>"
    done
    echo '</PropertyGroup></Project>'
  } >"$copy/packages.local.props"
  start=$SECONDS outcome="built and tested"
  if ! (cd "$copy" && dotnet build PhoneAgent.sln -v quiet --nologo) </dev/null >"$work/log" 2>&1; then
    outcome="DOES NOT BUILD"
  elif [ "${1:-}" = --build ]; then
    outcome=built
  elif ! (cd "$copy" && dotnet test tests/PhoneAgent.Tests --no-build --nologo -v quiet) </dev/null >"$work/log" 2>&1; then
    outcome="FAILS ITS TESTS"
  fi
  printf '%-40s %s (%d s)\n' "$name" "$outcome" $((SECONDS - start))
  case $outcome in
    D* | F*)
      failed=$((failed + 1))
      grep -E 'error|\[FAIL\]|Failed!' "$work/log" | sort -u | head -n 20 || tail -n 20 "$work/log"
      ;;
  esac
done < <(combinations)
[ "$failed" -eq 0 ]
