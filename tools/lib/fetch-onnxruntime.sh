#!/usr/bin/env bash
# Takes libonnxruntime.so.1 out of the npm package onnxruntime-node (MIT) and puts it where PhoneAgent looks:
# native/onnxruntime/<linux-x64|linux-arm64>/, which git ignores. Quick when it is there already.
#   tools/lib/fetch-onnxruntime.sh [--force | --check]     --check: exits 0 when it is there, 1 when it
#                                                          can be fetched, 2 when there is none for this machine
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VERSION=1.20.1
TARBALL_SHA256=0d8e3928e14fd4e2bdcf4feabbd5db689ba980ccabb9c806f43a303cdc13c5a5
LIBRARY=libonnxruntime.so.1

say() { printf '%s\n' "$*" >&2; }
lost() { say "$* Going on without: the energy-based voice detector stands in for Silero."; exit "${status:-1}"; }

status=2
[ "$(uname -s)" = Linux ] || lost "On this system, set PHONEAGENT_ONNXRUNTIME to the ONNX runtime's library."
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) lost "onnxruntime-node has no library for $(uname -m)." ;;
esac
status=1
folder="$ROOT/native/onnxruntime/linux-$arch"

if [ "${1:-}" != --force ] && [ -s "$folder/$LIBRARY" ] && [ "$(cat "$folder/version" 2>/dev/null)" = "$VERSION" ]; then
  exit 0
fi
[ "${1:-}" != --check ] || exit 1
command -v npm >/dev/null 2>&1 || lost "npm is needed to fetch the ONNX runtime: 'sudo apt-get install npm', then run this again."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "Fetching the ONNX runtime $VERSION (70 MB) ..."
if ! (cd "$work" && npm pack "onnxruntime-node@$VERSION" --silent >/dev/null 2>"$work/log"); then
  sed -n 's/^npm \(error\|ERR!\) \(.*\)/\2/p' "$work/log" | head -n 2 >&2
  lost "npm could not fetch onnxruntime-node@$VERSION: is the npm registry reachable?"
fi
tarball=$(find "$work" -name 'onnxruntime-node-*.tgz' | head -n 1)
[ -n "$tarball" ] || lost "npm pack left no archive of onnxruntime-node@$VERSION."
sha256=$(sha256sum "$tarball" | cut -d' ' -f1)
[ "$sha256" = "$TARBALL_SHA256" ] || lost "onnxruntime-node@$VERSION is not the archive it should be (sha256 $sha256)."

tar -xzf "$tarball" -C "$work" "package/bin/napi-v3/linux/$arch/$LIBRARY" ||
  lost "onnxruntime-node@$VERSION holds no library for linux-$arch."
mkdir -p "$folder"
mv "$work/package/bin/napi-v3/linux/$arch/$LIBRARY" "$folder/$LIBRARY.new"
mv "$folder/$LIBRARY.new" "$folder/$LIBRARY"
printf '%s\n' "$VERSION" >"$folder/version"
say "The ONNX runtime is in ${folder#"$ROOT"/}."
