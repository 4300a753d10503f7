#!/bin/sh
# Kills slaves of the process fabric at random while commands run, over shared memory and over sockets:
# every result must be applied once, none twice, and the run may take no more than MOST_PERCENT of the same run without kills, which
# comes first. Ends with 0 when it was so; prints the seed for a repetition.
#   scripts/chaos.sh [COMMANDS [INTERVAL_MS [SEED [SLAVES [MICROSECONDS [MOST_PERCENT]]]]]]
# Defaults: 100000 commands, a kill every 2000 ms (0: none, to compare the times), a seed of the day, 2 slaves, 1000 us of processor time for each command,
# 135 percent (0: the run without kills is left out). The times mean little on a machine that others use as well.
set -eu

commands=${1:-100000}
interval=${2:-2000}
seed=${3:-$(date +%s)}
slaves=${4:-2}
microseconds=${5:-1000}
most=${6:-135}

whole() {
    case $2 in
        '' | 0 | *[!0-9]*) echo "chaos.sh: $1 must be a whole number above 0, not '$2'" >&2; exit 2 ;;
    esac
}
whole COMMANDS "$commands"
[ "$interval" = 0 ] || whole INTERVAL_MS "$interval"
whole SEED "$seed"
whole SLAVES "$slaves"
whole MICROSECONDS "$microseconds"
[ "$interval" = 0 ] && most=0
[ "$most" = 0 ] || whole MOST_PERCENT "$most"

cd "$(dirname "$0")/.."
dotnet build -c Release tests/Runtime.Tests -v q --nologo
export HPCRUNTIME_CHAOS_COMMANDS="$commands" HPCRUNTIME_CHAOS_INTERVAL_MS="$interval" HPCRUNTIME_CHAOS_SEED="$seed"
export HPCRUNTIME_CHAOS_SLAVES="$slaves" HPCRUNTIME_CHAOS_MICROSECONDS="$microseconds" HPCRUNTIME_CHAOS_MOST_PERCENT="$most"
exec dotnet tests/Runtime.Tests/bin/Release/net10.0/HpcRuntime.Tests.dll --filter "FullyQualifiedName~ProcessChaosTests" --output detailed
