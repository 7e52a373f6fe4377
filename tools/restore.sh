#!/usr/bin/env bash
# Finds out which of the packages with a WithXxx switch (Directory.Build.props) the configured NuGet registry has, and
# writes the switches that must be off into packages.local.props, which git ignores. The verdict is kept for a week or
# until Directory.Packages.props changes.
#   tools/restore.sh [--force]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
versions="$ROOT/Directory.Packages.props"
result="$ROOT/packages.local.props"
days_valid=7

# switch | packages | what stands in
switches=(
  "WithSipSorcery|SIPSorcery SIPSorceryMedia.Abstractions|our own SIP user agent"
  "WithConcentus|Concentus|libopus"
  "WithNWaves|NWaves|the committed reference vectors"
  "WithWhisperNet|Whisper.net Whisper.net.Runtime Microsoft.Extensions.AI.Abstractions|the embedded recogniser"
  "WithOnnxRuntime|Microsoft.ML.OnnxRuntime|the native ONNX runtime through its C API"
  "WithAzureSpeech|Microsoft.CognitiveServices.Speech|the embedded recogniser and voices"
  "WithStateless|Stateless|an internal state table"
)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

version_of() { sed -n "s/.*<PackageVersion Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" "$versions"; }

# probe NAME PACKAGES: can a throw-away project restore them? Outside the repository, so that nothing of it applies;
# warnings are errors there as they are here (a registry that only has another version is one that lacks it).
probe() {
  local folder="$work/$1" package version
  mkdir -p "$folder"
  [ ! -f "$ROOT/nuget.config" ] || cp "$ROOT/nuget.config" "$folder/"
  {
    printf '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework>'
    printf '<TreatWarningsAsErrors>true</TreatWarningsAsErrors><NuGetAudit>false</NuGetAudit></PropertyGroup><ItemGroup>'
    for package in $2; do
      version=$(version_of "$package")
      [ -z "$version" ] || printf '<PackageReference Include="%s" Version="%s" />' "$package" "$version"
    done
    printf '</ItemGroup></Project>\n'
  } >"$folder/probe.csproj"
  dotnet restore "$folder/probe.csproj" -v quiet >"$folder/log" 2>&1
}

stamp="$(cat "$versions" "$0" | sha256sum | cut -c1-16)"
today=$(($(date +%s) / 86400))
if [ "${1:-}" != --force ] && [ -f "$result" ]; then
  read -r kept_stamp kept_day < <(sed -n 's/.*verdict \([0-9a-f]*\) of day \([0-9]*\).*/\1 \2/p' "$result") || true
  if [ "${kept_stamp:-}" = "$stamp" ] && [ $((today - ${kept_day:-0})) -le $days_valid ]; then
    sed -n 's/^ *<!-- say: \(.*\) -->$/\1/p' "$result" >&2
    exit 0
  fi
fi

say "Asking the NuGet registry for the optional packages ..."
all=""
for row in "${switches[@]}"; do
  IFS='|' read -r _ packages _ <<<"$row"
  all="$all $packages"
done

off=()
if ! probe all "$all"; then
  pids=()
  for row in "${switches[@]}"; do
    IFS='|' read -r switch packages _ <<<"$row"
    probe "$switch" "$packages" &
    pids+=($!)
  done
  for i in "${!switches[@]}"; do
    wait "${pids[$i]}" || off+=("${switches[$i]}")
  done
fi

sentence=""
verdict="verdict $stamp of day $today"
if [ ${#off[@]} -gt 0 ]; then
  for row in "${off[@]}"; do
    IFS='|' read -r _ packages stand_in <<<"$row"
    sentence="$sentence${sentence:+; }${packages%% *} ($stand_in)"
  done
  sentence="Not in this NuGet registry, with what stands in: $sentence."
  if grep -lq 'NU1301' "$work"/*/log; then
    # Nobody answered: that says nothing about the registry, so ask again next time.
    verdict="the registry did not answer"
    sentence="The NuGet registry did not answer. ${sentence/Not in this NuGet registry/Not in the local cache}"
  fi
fi

{
  printf '<Project>\n  <!-- Written by tools/restore.sh: %s -->\n' "$verdict"
  [ -z "$sentence" ] || printf '  <!-- say: %s -->\n' "$sentence"
  printf '  <PropertyGroup>\n'
  for row in "${off[@]}"; do
    printf '    <%s>false</%s>\n' "${row%%|*}" "${row%%|*}"
  done
  printf '  </PropertyGroup>\n</Project>\n'
} >"$work/result"

# Only touched when it changed, so that a build after it stays incremental.
if ! cmp -s "$work/result" "$result"; then
  cp "$work/result" "$result"
fi
[ -z "$sentence" ] || say "$sentence"
