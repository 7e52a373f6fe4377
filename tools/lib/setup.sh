#!/usr/bin/env bash
# What tools/run.sh and tools/test.sh have in common. Sourced, not run. Every step is safe to repeat and quick when
# there is nothing to do; what cannot be had is said in one line, with what to do about it, and the rest goes on.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SERVER_DLL="$ROOT/src/PhoneAgent.Server/bin/Release/net10.0/phoneagent.dll"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# SQLite; recogniser, its model, voices, Opus; espeak-ng is optional: further languages.
RUNTIME_PACKAGES=(libsqlite3-0 libpocketsphinx3 pocketsphinx-en-us libflite1 libopus0 espeak-ng)
# Real softphones and what drives and checks them.
TEST_PACKAGES=(postgresql-15 baresip-core sip-tester linphone-cli python3 openssl sox tcpdump chromium)
# Packages that apt could not install, one a line; for a day they are not asked for again at every start.
APT_FAILED="$ROOT/native/apt-failed"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null 2>&1 ||
    die "The .NET 10 SDK is not installed: https://dotnet.microsoft.com/download/dotnet/10.0, or 'apt-get install dotnet-sdk-10.0' where your distribution has it."
  # Captured first: with pipefail, a grep that ends early would make the pipe fail.
  local sdks
  sdks=$(dotnet --list-sdks 2>/dev/null || true)
  grep -q '^10\.' <<<"$sdks" ||
    die "PhoneAgent needs the .NET 10 SDK; installed here: ${sdks:-none}. See https://dotnet.microsoft.com/download/dotnet/10.0"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_native PACKAGE...: what is missing of these, through apt.
install_native() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "This is not Debian or Ubuntu: install what corresponds to: $*"
    return 0
  fi
  [ -z "$(find "$APT_FAILED" -mtime +0 2>/dev/null)" ] || rm -f "$APT_FAILED"
  local missing=() refused=() package
  for package in "$@"; do
    if is_installed "$package"; then
      continue
    elif grep -qsx "$package" "$APT_FAILED"; then
      refused+=("$package")
    else
      missing+=("$package")
    fi
  done
  [ ${#refused[@]} -eq 0 ] || say "Not installed, as apt has just failed to: ${refused[*]}. To try again: rm ${APT_FAILED#"$ROOT"/}"
  [ ${#missing[@]} -gt 0 ] || return 0

  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      say "Missing: ${missing[*]}. To install them: sudo apt-get install -y --no-install-recommends ${missing[*]}"
      return 0
    fi
  fi
  say "Installing ${missing[*]} ..."
  local log
  log=$(mktemp)
  if ! apt_install "$log" "${missing[@]}"; then
    # A package list may be old or absent (a fresh container): refresh it once.
    "${as_root[@]}" apt-get update -qq >>"$log" 2>&1 || true
    if ! apt_install "$log" "${missing[@]}"; then
      # One name that this release lacks must not cost the others.
      for package in "${missing[@]}"; do
        apt_install "$log" "$package" && continue
        mkdir -p "$(dirname "$APT_FAILED")"
        printf '%s\n' "$package" >>"$APT_FAILED"
        say "Not installed: $package ($(tail -n 1 "$log")). 'tools/run.sh doctor' says what is lost."
      done
    fi
  fi
  rm -f "$log"
}

apt_install() {
  local log=$1
  shift
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1
}

restore_packages() { "$ROOT/tools/restore.sh"; }

# The ONNX runtime, where NuGet has not brought it. npm is only installed for this.
fetch_onnxruntime() {
  local fetch="$ROOT/tools/lib/fetch-onnxruntime.sh" state=0
  grep -q '<WithOnnxRuntime>false<' "$ROOT/packages.local.props" || return 0
  "$fetch" --check || state=$?
  [ "$state" -eq 1 ] || return 0
  command -v npm >/dev/null 2>&1 || install_native npm
  "$fetch" || true
}

# build PROJECT-OR-SOLUTION STAMP: Release build, left out when no source is newer than the last good one.
build() {
  local target=$1 stamp=$2 newer=""
  if [ -f "$stamp" ]; then
    newer=$(find "$ROOT/src" "$ROOT/tests" "$ROOT"/Directory.*.props "$ROOT/packages.local.props" "$ROOT/PhoneAgent.sln" \
      \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit 2>/dev/null)
    [ -n "$newer" ] || return 0
  fi
  say "Building $(basename "$target") (Release) ..."
  local log
  log=$(mktemp)
  if ! dotnet build "$target" -c Release -v quiet --nologo -clp:ErrorsOnly >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "The build failed."
  fi
  rm -f "$log"
  mkdir -p "$(dirname "$stamp")"
  touch "$stamp"
}

build_server() { build "$ROOT/src/PhoneAgent.Server" "$ROOT/src/PhoneAgent.Server/bin/Release/.built"; }
build_all() { build "$ROOT/PhoneAgent.sln" "$ROOT/tests/PhoneAgent.Tests/bin/Release/.built"; }

phoneagent() { dotnet "$SERVER_DLL" "$@"; }

# pull_models [MIRROR]
pull_models() {
  local -a mirror=()
  [ -z "${1:-}" ] || mirror=(--mirror "$1")
  (cd "$ROOT" && phoneagent models pull --all-default "${mirror[@]}") >&2 ||
    say "Going on without some models; 'phoneagent doctor' says what is lost. With a folder that holds them: --mirror DIR"
}
