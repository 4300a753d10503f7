#!/usr/bin/env bash
# Tests of the mpi fabric that need mpiexec around them. The last line is "N passed, N failed".
#
#   scripts/test-mpi.sh conformance [LIBRARY...]     the conformance suite, RANKS ranks on this host
#   scripts/test-mpi.sh fabric                       the tests of the binding, of ranks and of their losses, both libraries
#   scripts/test-mpi.sh lab [LIBRARY...]             decay-fit with 1, 2 and 5 slaves on one host and on three, each result compared with uni's;
#                                                    then the faults of a cluster (cut cable, slow link, a host without ssh, a lost daemon). As root.
#
# LIBRARY is mpich or openmpi; default: both. RANKS (default 3) counts the master. CONFIGURATION is Release unless set.
# HPCRUNTIME_MPINET=PATH/MPI.dll: "fabric" runs over that MPI.NET too, not over the stand-in alone; and with BINDING=mpinet, "conformance mpich" runs over it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

mode=${1:-conformance}
shift || true
libraries=("$@")
[ "${#libraries[@]}" -gt 0 ] || libraries=(mpich openmpi)
ranks=${RANKS:-3}
configuration=${CONFIGURATION:-Release}
minutes=${HPCRUNTIME_TEST_MINUTES:-20}
passed=0
failed=0

# A small machine, and root, which Open MPI wants to be told of; its ranks have a terminal as their output, which .NET would dress up.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export TERM=dumb

# reported WORD LOG: the number behind "WORD:" in the runner's closing summary; 0 without one (a crash).
reported() {
  local number
  number=$(sed -n '/^Test run summary:/,$p' "$2" | tr -d '\r' | sed -nE "s/^ +$1: ([0-9]+)\$/\\1/p" | tail -n 1)
  echo "${number:-0}"
}

# conformance LIBRARY: all fixtures in one world, whose rank 0 runs them.
conformance() {
  local library=$1 log status=0 ok bad
  log=artifacts/mpi/conformance-$library-$ranks.log
  mkdir -p artifacts/mpi
  echo
  echo "== conformance on mpi: $library, $ranks ranks"
  timeout --kill-after=30s "${minutes}m" "mpiexec.$library" -n "$ranks" \
    dotnet "tests/Conformance.Mpi/bin/$configuration/net10.0/HpcRuntime.Conformance.Mpi.dll" --no-ansi ${FILTER:+--filter "$FILTER"} </dev/null 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
  ok=$(reported succeeded "$log")
  bad=$(reported failed "$log")
  passed=$((passed + ok))
  failed=$((failed + bad))
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
    echo "FAILED: mpiexec.$library ended with status $status after $ok tests that passed"
    failed=$((failed + 1))
  fi
}

# judge STATUS WHAT: counts one check.
judge() {
  if [ "$1" -eq 0 ]; then
    echo "ok: $2"
    passed=$((passed + 1))
  else
    echo "FAILED: $2 (status $1)"
    failed=$((failed + 1))
  fi
}

# fit FILE OPTIONS...: the same fit every time, into FILE.
fit() {
  local file=$1
  shift
  timeout 120 dotnet "$hpcrun" run decay-fit --seed 3 "$@" -- examples/DecayFit/data/misra1a.csv --model saturation --simulations 20000 --output "$file" </dev/null >"$file.log" 2>&1
}

# lab LIBRARY: every number of slaves on every host file.
lab() {
  local library=$1 slaves hosts status
  for hosts in local lab; do
    for slaves in 1 2 5; do
      status=0
      ( # What the lab's hosts need is not for this machine.
        [ "$hosts" = local ] || eval "$(scripts/hosts-lab.sh env)"
        fit "$folder/$library.csv" --mpi "$library" -n "$slaves" --hostfile "mpi-hostfiles/$hosts.hosts"
      ) || status=$?
      cmp "$folder/uni.csv" "$folder/$library.csv" || status=1
      [ "$status" -eq 0 ] || cat "$folder/$library.csv.log"
      judge "$status" "$library, $slaves slaves, $hosts.hosts: the file of uni"
    done
  done
}

# tests NAME FILTER: tests of HpcRuntime.Tests that start mpiexec themselves.
tests() {
  local log=artifacts/mpi/$1.log status=0
  mkdir -p artifacts/mpi
  timeout --kill-after=30s "${minutes}m" dotnet "tests/Runtime.Tests/bin/$configuration/net10.0/HpcRuntime.Tests.dll" --no-ansi --filter "$2" </dev/null 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
  passed=$((passed + $(reported succeeded "$log")))
  failed=$((failed + $(reported failed "$log")))
  [ "$status" -eq 0 ] || [ "$(reported failed "$log")" -gt 0 ] || judge "$status" "the tests of the $1"
}

# labs: the lab around them, and the tests of its faults.
labs() {
  hpcrun=src/Launcher/bin/$configuration/net10.0/hpcrun.dll
  folder=$(mktemp -d)
  trap 'scripts/hosts-lab.sh down; rm -rf "$folder"' EXIT
  fit "$folder/uni.csv" --processor uni
  scripts/hosts-lab.sh up 3
  for library in "${libraries[@]}"; do lab "$library"; done

  scripts/hosts-lab.sh down
  tests lab "FullyQualifiedName~HostsLabTests|FullyQualifiedName~LaunchedRunTests"
}

case $mode in
  conformance) for library in "${libraries[@]}"; do conformance "$library"; done ;;
  fabric) tests fabric "FullyQualifiedName~Tests.MpiFabric." ;;
  lab) labs ;;
  *)
    echo "scripts/test-mpi.sh: unknown mode '$mode'; give conformance, fabric or lab" >&2
    exit 2
    ;;
esac

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
