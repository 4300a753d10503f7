#!/usr/bin/env bash
# Instructions that one command that does nothing costs: a count, which is nearly the same on a noisy machine.
#
#   scripts/count-instructions.sh [--check] [COMMANDS]      default 20000
#
# --check fails when a side takes a tenth more than tests/Simulation/instructions.txt says, whose figures are of the SDK that it names.
#
# The real loops of master and slave run on one thread, without a transport (tests/Simulation), under valgrind's callgrind:
# the master's work for N and for 2N commands, each in a message of its own; the difference is what N commands cost, so that start-up and
# compiling fall out. On the slave's side the commands come in chunks of 100, and the feed is counted too.
# Prints a line for each side, the master's last:
#
#   INSTRUCTIONS_PER_COMMAND fabric=simulated side=slave 1234
#   INSTRUCTIONS_PER_COMMAND fabric=simulated side=master 1234
#
# Ends with 3, and a line that says why, where it cannot count. A virtual machine often has no performance counters (`perf stat`),
# but callgrind counts on any x86-64.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
fi

commands=${1:-20000}
baseline=tests/Simulation/instructions.txt
program=tests/Simulation/bin/Release/net10.0/HpcRuntime.Simulation.dll

exec 3>&1 # Where the reason goes also from inside a command substitution.
cannot() {
  echo "count-instructions: $1" >&3
  exit 3
}

[ "$(uname -sm)" = "Linux x86_64" ] || cannot "callgrind is asked in the machine code of x86-64 on Linux; this is $(uname -sm)"
command -v valgrind >/dev/null 2>&1 || cannot "valgrind is missing (Debian package valgrind)"
if [ ! -f "$program" ]; then
  dotnet build tests/Simulation --configuration Release --nologo --verbosity quiet </dev/null >&2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Everything is compiled once, fully, at its first call; no garbage is collected in runs this short; and the run-time's own write-protection of
# compiled code, which maps it twice, is off because valgrind does not follow that.
export DOTNET_TieredCompilation=0 DOTNET_gcConcurrent=0 DOTNET_gcServer=0 DOTNET_GCgen0size=0x4000000 DOTNET_GCHeapHardLimit=0x20000000 DOTNET_EnableWriteXorExecute=0

# count SIDE N: the instructions of a run of N commands.
count() {
  local collect=yes log=$work/$1-$2.log
  [ "$1" = slave ] || collect=no
  valgrind --tool=callgrind --smc-check=all-non-file --collect-atstart="$collect" --callgrind-out-file="$work/$1-$2.out" \
    dotnet "$program" --count "$1" --commands "$2" >"$log" 2>&1 </dev/null || cannot "the run under valgrind failed: $(tail -n 1 "$log")"
  sed -nE 's/^.*Collected : ([0-9]+).*$/\1/p' "$log"
}

# per_command SIDE
per_command() {
  local once twice
  once=$(count "$1" "$commands")
  twice=$(count "$1" $((2 * commands)))
  if [ -z "$once" ] || [ -z "$twice" ] || [ "$twice" -le "$once" ]; then
    cannot "callgrind counted '$once' and '$twice' instructions on the $1"
  fi

  local found=$(((twice - once) / commands)) known
  echo "INSTRUCTIONS_PER_COMMAND fabric=simulated side=$1 $found"
  if $check; then
    known=$(sed -nE "s/^$1 ([0-9]+)\$/\1/p" "$baseline")
    if [ "$found" -gt $((known * 11 / 10)) ]; then
      echo "count-instructions: the $1 takes $found instructions a command, more than a tenth over the $known of $baseline"
      worse=1
    fi
  fi
}

worse=0
per_command slave
per_command master
exit "$worse"
