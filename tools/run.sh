#!/usr/bin/env bash
# Sets up what is missing, builds, and runs phoneagent.
#   tools/run.sh                        phoneagent serve
#   tools/run.sh demo                   a built-in caller talks to the agent on this machine
#   tools/run.sh COMMAND [ARGUMENTS]    any other command, e.g. doctor
#   tools/run.sh --mirror DIR [...]     take models from a folder instead of the internet
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

mirror=${PHONEAGENT_MODEL_MIRROR:-}
if [ "${1:-}" = --mirror ]; then
  [ -d "${2:-}" ] || die "--mirror needs a folder that exists, not '${2:-}'."
  mirror=$(cd "$2" && pwd)
  shift 2
fi
case "${1:-}" in
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
[ $# -gt 0 ] || set -- serve

need_dotnet
install_native "${RUNTIME_PACKAGES[@]}"
restore_packages
fetch_onnxruntime
build_server
pull_models "$mirror"

exec dotnet "$SERVER_DLL" "$@"
