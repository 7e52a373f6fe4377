#!/usr/bin/env bash
# Measures conversations and calls under load on loopback and prints a table. Takes about 6 minutes on a quiet machine.
#   tools/bench.sh                 100 calls
#   CALLS=200 tools/bench.sh       more
#   tools/bench.sh stages          BenchmarkDotNet over the stages of the media path (0 bytes per frame)
# CPU is what the operating system charged to the process, so other work on the machine disturbs it little; next to it
# stands sipp's own RTP echo under the same load in the same run, as a yardstick.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

CALLS=${CALLS:-100}
DEMOS=${DEMOS:-4} # five turns and an interruption each
SECONDS_MEASURED=${SECONDS_MEASURED:-10}
RIG=${PHONEAGENT_SHARED:-$ROOT/../shared}/rig

need_dotnet
restore_packages
build_all

if [ "${1:-}" = stages ]; then
  exec dotnet run -c Release --no-build --project "$ROOT/tests/PhoneAgent.Benchmarks" -- bench
fi

install_native sip-tester tcpdump
command -v sipp >/dev/null || die "sipp is not installed: apt-get install sip-tester"
[ -d "$RIG/sipp" ] || die "The sipp scenarios are not in $RIG/sipp: set PHONEAGENT_SHARED to the folder that holds rig/."

work=$(mktemp -d)
pids=()
stop() {
  local pid
  for pid in "${pids[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
cp -r "$RIG/sipp" "$work/sipp" # sipp writes beside its scenarios
chmod -R u+w "$work/sipp"
cd "$work/sipp"

# Clock ticks (10 ms) of user and system time of a process, and its resident memory in KiB.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
resident() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }

# sipp_call PORT LOCAL MEDIA ARGS...: callers that talk all the time.
sipp_call() {
  local port=$1 local_port=$2 media=$3
  shift 3
  sipp -sf uac_call.xml -i 127.0.0.1 -mi 127.0.0.1 -ci 127.0.0.1 -nostdin -s agent -p "$local_port" -mp "$media" \
    -timeout 120s -timeout_error "$@" "127.0.0.1:$port" >"$work/sipp.out" 2>&1
}

# echo_load PID PORT NAME: CALLS calls, measured in the middle. Prints: CPU ms per call-second, KiB per call.
echo_load() {
  local pid=$1 port=$2 name=$3 ramp=$((CALLS / 25 + 3)) before_memory after_memory t0 t1
  before_memory=$(resident "$pid")
  sipp_call "$port" $((port + 20)) $((port + 100)) -r 25 -l "$CALLS" -m "$CALLS" -d $(((ramp + SECONDS_MEASURED + 4) * 1000)) &
  local load=$!
  sleep "$ramp"
  t0=$(cpu_ticks "$pid")
  sleep "$SECONDS_MEASURED"
  t1=$(cpu_ticks "$pid")
  after_memory=$(resident "$pid")
  wait "$load" || { cat "$work/sipp.out" >&2; die "$name: not every call went as it should."; }
  awk -v t="$((t1 - t0))" -v n="$CALLS" -v s="$SECONDS_MEASURED" -v m="$((after_memory - before_memory))" \
    'BEGIN {printf "%.3f %.0f\n", t * 10 / (n * s), m / n}'
}

say "Conversations ($DEMOS of five turns) ..."
for _ in $(seq "$DEMOS"); do
  (cd "$ROOT" && dotnet "$SERVER_DLL" demo) >>"$work/demo.out" 2>&1 || true
done
# numbers PATTERN: count, median and 95th percentile of the milliseconds in lines with the pattern.
numbers() {
  sed -n "s/.*($1 \([0-9]*\) ms).*/\1/p" "$work/demo.out" | sort -n |
    awk '{v[NR] = $1} END {if (NR) printf "%d / %d (%d)", v[int((NR + 1) / 2)], v[int(NR * 0.95 + 0.5)], NR; else printf "-"}'
}
gaps=$(numbers "answered after")
cuts=$(numbers "fell silent after")

say "Bytes allocated by a tick of a call ..."
allocated=$(dotnet run -c Release --no-build --project "$ROOT/tests/PhoneAgent.Benchmarks" -- bench --filter '*CallTick*' 2>/dev/null |
  awk -F'|' '/CallTick/ && NF > 4 {gsub(/ /, "", $(NF - 1)); print $(NF - 1) == "-" ? "0 B" : $(NF - 1)}' | tail -n 1)

say "The platform's share of a reply ..."
reply=$(dotnet run -c Release --no-build --project "$ROOT/tests/PhoneAgent.Benchmarks" -- reply --calls 20 --seconds 30 |
  sed -n 's/^final to first packet *median \([0-9.]*\) ms.*p99 \([0-9.]*\) ms.*/\1 \/ \2/p' || true)

say "Echo of $CALLS calls through PhoneAgent ..."
dotnet "$SERVER_DLL" serve --config "$ROOT/config/phoneagent.yaml" --agent echo --log-level warning --set http.enabled=false \
  --set "sip.listen=[udp://127.0.0.1:15060]" --set sip.max_calls=2000 --set "http.state_folder=$work/state" --set "timeline.folder=$work/calls" >"$work/agent.out" 2>&1 &
agent=$!
pids+=("$agent")
for _ in $(seq 100); do
  grep -q ":$(printf '%04X' 15060) " /proc/net/udp && break
  kill -0 "$agent" 2>/dev/null || { cat "$work/agent.out" >&2; die "phoneagent did not start."; }
  sleep 0.2
done
sipp_call 15060 15070 15170 -r 10 -l 10 -m 10 -d 2000 || true # everything is compiled once
tcpdump -i lo -Z root -s 60 -w "$work/load.pcap" "udp and greater 200 and not src portrange 15060-15199 and not dst port 15060" 2>/dev/null &
dump=$!
pids+=("$dump")
read -r agent_cpu agent_memory < <(echo_load "$agent" 15060 phoneagent)
kill -TERM "$dump" && wait "$dump" 2>/dev/null || true

say "Call set-up at 50 calls a second ..."
sipp -sf uac_load.xml -i 127.0.0.1 -mi 127.0.0.1 -ci 127.0.0.1 -nostdin -s agent -p 15080 -r 50 -l 200 -m 500 -d 1000 \
  -trace_rtt -rtt_freq 1 -timeout 60s -timeout_error -skip_rlimit 127.0.0.1:15060 >"$work/setup.out" 2>&1 || say "some calls failed: $(tail -n 3 "$work/setup.out")"
# shellcheck disable=SC2012
setup_file=$(ls -t uac_load_*_rtt.csv 2>/dev/null | head -n 1 || true)
setup="-"
if [ -n "$setup_file" ]; then
  setup=$(awk -F';' '$3 == "answer" {print $2}' "$setup_file" | sort -n | awk '{v[NR] = $1} END {if (NR) printf "%.1f / %.1f", v[int(NR * 0.5) + 1], v[int(NR * 0.99)]}')
  rm -f "$setup_file"
fi
kill -TERM "$agent" && wait "$agent" 2>/dev/null || true

say "The same through sipp's own RTP echo ..."
sipp -sf uas_load.xml -rtp_echo -i 127.0.0.1 -mi 127.0.0.1 -ci 127.0.0.1 -nostdin -p 15061 -mp 16000 >"$work/echo.out" 2>&1 &
echo_pid=$!
pids+=("$echo_pid")
sleep 1
read -r sipp_cpu sipp_memory < <(echo_load "$echo_pid" 15061 sipp)

pacing=$(python3 - "$work/load.pcap" <<'PY' 2>/dev/null || echo "- -"
import collections, struct, sys
data = open(sys.argv[1], "rb").read()
at, last, sequence, gaps, lost = 24, {}, {}, [], 0
while at + 16 <= len(data):
    seconds, micros, kept, _ = struct.unpack_from("<IIII", data, at)
    packet = data[at + 16:at + 16 + kept]
    at += 16 + kept
    if len(packet) < 54 or packet[12:14] != b"\x08\x00":
        continue
    header = 14 + 4 * (packet[14] & 15)
    key = packet[header:header + 4]
    number = struct.unpack_from(">H", packet, header + 10)[0]
    now = seconds * 1000 + micros / 1000
    if key in last:
        step = (number - sequence[key]) & 0xFFFF
        if step >= 0x8000: # the capture swapped two: it was counted as missing
            lost -= 1
            continue
        gaps.append(now - last[key])
        lost += step - 1
    last[key], sequence[key] = now, number
good = sum(1 for gap in gaps if 18 <= gap <= 22)
print(f"{100 * good / max(1, len(gaps)):.2f} {lost}")
PY
)

printf '\n%-46s %14s %14s %10s\n' "$CALLS calls, G.711, everything echoed" phoneagent "sipp's echo" ratio
printf '%-46s %14s %14s %10s\n' "CPU ms per call-second" "$agent_cpu" "$sipp_cpu" "$(awk -v a="$agent_cpu" -v b="$sipp_cpu" 'BEGIN {printf (b > 0 ? "%.2f" : "-"), a / b}')"
printf '%-46s %14s %14s\n' "resident KiB per call" "$agent_memory" "$sipp_memory"
printf '%-46s %14s\n' "packets within 2 ms of 20 ms, % (wire)" "${pacing% *}"
printf '%-46s %14s\n' "packets missing in what it sent" "${pacing#* }"
printf '%-46s %14s\n' "allocated by a tick on the media thread" "${allocated:--}"
printf '%-46s %s\n' "response gap at the caller's ear, ms" "median / p95 (turns): $gaps"
printf '%-46s %14s\n' "final to first packet, median / p99, ms" "${reply:--}"
printf '%-46s %s\n' "interruption to silence, ms" "median / p95 (times): $cuts"
printf '%-46s %14s\n' "INVITE to 200 at 50 calls/s, median / p99, ms" "$setup"
