#!/usr/bin/env bash
# Tests of the mpi fabric that need mpiexec around them. The last line is "N passed, N failed".
#
#   scripts/test-mpi.sh conformance [LIBRARY...]     the conformance suite, RANKS ranks on this host
#
# LIBRARY is mpich or openmpi; default: both. RANKS (default 3) counts the master. CONFIGURATION is Release unless set.
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

case $mode in
  conformance) for library in "${libraries[@]}"; do conformance "$library"; done ;;
  *)
    echo "scripts/test-mpi.sh: unknown mode '$mode'; give conformance" >&2
    exit 2
    ;;
esac

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
