#!/usr/bin/env bash
# Tests of the mpi fabric that need mpiexec around them. The last line is "N passed, N failed".
#
#   scripts/test-mpi.sh conformance [LIBRARY...]   the conformance suite, RANKS ranks in one world on HOSTS
#   scripts/test-mpi.sh losses [LIBRARY...]        its promises that end slaves, in a world that survives that
#   scripts/test-mpi.sh library [LIBRARY...]       both once more on one host, with all messages through the library as between hosts (mpi.transport=mpi);
#                                                  of conformance only what sends much or in an order of its own
#   scripts/test-mpi.sh fabric                     the binding, ranks and their losses (the fault matrix), both libraries
#   scripts/test-mpi.sh launch                     hpcrun and other programs that launch themselves, both libraries
#   scripts/test-mpi.sh lab [LIBRARY...]           decay-fit with 1, 2 and 5 slaves on one host and on three, each result compared with uni's;
#                                                  then the faults of a cluster (cut cable, slow link, a host without ssh, a lost daemon). As root.
#   scripts/test-mpi.sh slurm                      hpcrun under srun and in an allocation of a Slurm of one node (slurm-lab.sh). As root.
#   scripts/test-mpi.sh ranks [LIBRARY...]         conformance, losses and library with 3 ranks on one host, and fabric
#   scripts/test-mpi.sh launches [LIBRARY...]      launch, slurm and lab; with ranks, what .ci/run does
#   scripts/test-mpi.sh matrix [LIBRARY...]        conformance with 1, 2 and 5 ranks, and losses, on one host and on three, then the lab. As root.
#   scripts/test-mpi.sh starts [COUNT [LIBRARY...]]  COUNT (default 200) starts and stops in a row by mpiexec, as many by hpcrun, after which nothing may be left
#
# LIBRARY is mpich or openmpi; default: both. TRANSPORT=mpi: conformance and losses with that mpi.transport. RANKS (default 3) counts the master. With RANKS=1 there is no slave: then the refusal and the binding
# itself are tested. HOSTS is one (default) or three, those of hosts-lab.sh. FILTER narrows conformance. CONFIGURATION is Release unless set.
# HPCRUNTIME_MPINET=PATH/MPI.dll: "fabric" runs over that MPI.NET too, not over the stand-in alone; and with BINDING=mpinet, "conformance mpich" runs over it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

mode=${1:-conformance}
shift || true
count=200
if [ "$mode" = starts ] && [ $# -gt 0 ]; then
  count=$1
  shift
fi

libraries=("$@")
[ "${#libraries[@]}" -gt 0 ] || libraries=(mpich openmpi)
ranks=${RANKS:-3}
hosts=${HOSTS:-one}
configuration=${CONFIGURATION:-Release}
minutes=${HPCRUNTIME_TEST_MINUTES:-20}
hpcrun=src/Launcher/bin/$configuration/net10.0/hpcrun.dll
peer=tests/MpiPeer/bin/$configuration/net10.0/HpcRuntime.Tests.MpiPeer.dll
promises=tests/Conformance.Mpi/bin/$configuration/net10.0/HpcRuntime.Conformance.Mpi.dll
dotnet=$(command -v dotnet) # On other hosts it need not be on PATH.
before=() # What a program is started by.
folder=$(mktemp -d)
mkdir -p artifacts/mpi
passed=0
failed=0

# A small machine, and root, which Open MPI wants to be told of; its ranks have a terminal as their output, which .NET would dress up.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export TERM=dumb

# Whatever ends this script, the summary is its last line.
summarise() {
  local status=$?
  rm -rf "$folder"
  [ -z "${lab_is_up:-}" ] || scripts/hosts-lab.sh down
  [ -z "${slurm_is_up:-}" ] || scripts/slurm-lab.sh down
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "FAILED: $mode ended early, with status $status"
    failed=1
  fi

  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] || exit 1
}
trap summarise EXIT

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

# reported WORD LOG: the number behind "WORD:" in the runner's closing summary; 0 without one (a crash).
reported() {
  local number
  number=$(sed -n '/^Test run summary:/,$p' "$2" | tr -d '\r' | sed -nE "s/^ +$1: ([0-9]+)\$/\\1/p" | tail -n 1)
  echo "${number:-0}"
}

# suite NAME COMMAND...: runs a test program and adds up what it reports.
suite() {
  local name=$1 log=artifacts/mpi/$1.log status=0 ok bad start=$SECONDS
  shift
  echo
  echo "== $name"
  timeout --kill-after=30s "${minutes}m" "$@" </dev/null 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
  ok=$(reported succeeded "$log")
  bad=$(reported failed "$log")
  passed=$((passed + ok))
  failed=$((failed + bad))
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
    judge "$((status == 0 ? 1 : status))" "$name, which ended after $ok tests that passed"
  fi

  echo "$name: $((SECONDS - start)) s"
}

# started LIBRARY RANKS: the words of an mpiexec that starts so many ranks on the hosts, in `words`.
started() {
  words=("mpiexec.$1" -n "$2")
  [ "$hosts" = three ] || return 0
  case $1 in
    mpich)
      printf '%s:1\n' h1 h2 h3 >"$folder/hosts.mpich"
      words+=(-f "$folder/hosts.mpich" -iface hpclab -launcher ssh -launcher-exec /run/hpcrun-lab/ssh -genv UCX_TLS tcp,self -genv UCX_NET_DEVICES eth0)
      ;;
    *)
      printf '%s slots=1\n' h1 h2 h3 >"$folder/hosts.openmpi"
      words+=(--hostfile "$folder/hosts.openmpi" --mca plm_rsh_agent /run/hpcrun-lab/ssh --mca oob_tcp_if_include 10.77.0.0/24 --mca btl_tcp_if_include 10.77.0.0/24 -x TERM)
      ;;
  esac
}

# conformance LIBRARY RANKS: all fixtures in one world, whose rank 0 runs them.
conformance() {
  if [ "$2" -eq 1 ]; then
    alone "$1"
    return
  fi

  started "$1" "$2"
  suite "conformance-$1-$2-ranks-$hosts${TRANSPORT:+-$TRANSPORT}" "${words[@]}" "$dotnet" "$promises" --no-ansi --output detailed --filter "${FILTER:+($FILTER)&}TestCategory!=EndsSlaves$([ "$2" -gt 2 ] || echo '&TestCategory!=TwoSlaves')"
}

# alone LIBRARY: a rank without another is told what to do; MPI itself works.
alone() {
  local status=0
  started "$1" 1
  timeout 60 "${words[@]}" "$dotnet" "$hpcrun" run hello --processor mpi </dev/null >"$folder/alone" 2>&1 || status=$?
  grep -q "with 1 rank, which leaves the master without a slave" "$folder/alone" || status=1
  [ "$status" -eq 2 ] || cat "$folder/alone"
  judge "$((status != 2))" "$1, 1 rank, $hosts: a master alone is refused with 2"
  status=0
  timeout 60 "${words[@]}" "$dotnet" "$peer" faults </dev/null >"$folder/alone" 2>&1 || status=$?
  grep -qx "2000 caught" <(tr -d '\r' <"$folder/alone") || status=1
  [ "$status" -eq 0 ] || cat "$folder/alone"
  judge "$status" "$1, 1 rank, $hosts: the binding"
}

# losses LIBRARY: what ends slaves, in a world with many to lose.
losses() {
  local where=(env) list=()
  if [ "$hosts" = three ]; then
    printf '%s slots=8\n' h1 h2 h3 >"$folder/losses.hosts"
    where=(bash -c 'eval "$(scripts/hosts-lab.sh env)"; exec "$@"' losses)
    list=(--hostfile "$folder/losses.hosts")
  fi

  suite "losses-$1${TRANSPORT:+-$TRANSPORT}-$hosts" "${where[@]}" "$dotnet" "$promises" launched --processor mpi --mpi "$1" -n 24 "${list[@]}" ${TRANSPORT:+--set mpi.transport="$TRANSPORT"} -- --no-ansi --output detailed --filter "TestCategory=EndsSlaves|FullyQualifiedName~LossOnMpi"
}

# library LIBRARY RANKS: what sends much, in an order of its own, or ends slaves, without the rings of one host.
library() {
  export TRANSPORT=mpi
  FILTER="FullyQualifiedName~Conversation|FullyQualifiedName~Data|FullyQualifiedName~Dispatch|FullyQualifiedName~Output|FullyQualifiedName~Result|FullyQualifiedName~Time|FullyQualifiedName~WireTravel" conformance "$@"
  losses "$1"
  unset TRANSPORT
}

# tests NAME FILTER: tests of HpcRuntime.Tests that start mpiexec themselves.
tests() {
  suite "$1" "$dotnet" "tests/Runtime.Tests/bin/$configuration/net10.0/HpcRuntime.Tests.dll" --no-ansi --output detailed --filter "$2"
}

# fit FILE OPTIONS...: the same fit every time, into FILE; behind the words of `before`.
fit() {
  local file=$1
  shift
  rm -f "$file" # What a fit before it has left is not its own.
  timeout 120 "${before[@]}" "$dotnet" "$hpcrun" run decay-fit --seed 3 "$@" -- examples/DecayFit/data/misra1a.csv --model saturation --simulations 20000 --output "$file" </dev/null >"$file.log" 2>&1
}

# fits LIBRARY: every number of slaves on every host file.
fits() {
  local library=$1 slaves list status
  for list in local lab; do
    for slaves in 1 2 5; do
      status=0
      ( # What the lab's hosts need is not for this machine.
        [ "$list" = local ] || eval "$(scripts/hosts-lab.sh env)"
        fit "$folder/$library.csv" --mpi "$library" -n "$slaves" --hostfile "mpi-hostfiles/$list.hosts"
      ) || status=$?
      cmp "$folder/uni.csv" "$folder/$library.csv" || status=1
      [ "$status" -eq 0 ] || cat "$folder/$library.csv.log"
      judge "$status" "$library, $slaves slaves, $list.hosts: the file of uni"
    done
  done
}

# lab_up: builds the lab, when no test beside this has it; false, and one failure with its reason, where that cannot be done.
lab_up() {
  if [ "$(id -u)" -ne 0 ]; then
    judge 1 "the lab: network namespaces need root"
    return 1
  fi

  exec 9>>/run/lock/hpcrun-lab.lock
  flock --timeout 600 9 || true
  if ! scripts/hosts-lab.sh up 3; then
    judge 1 "the lab cannot be built here, for the reason above"
    return 1
  fi

  lab_is_up=yes
}

lab_down() {
  scripts/hosts-lab.sh down
  lab_is_up=
  exec 9>&-
}

# lab: fits on the lab's hosts, then the tests of its faults, which build a lab of their own.
lab() {
  echo
  echo "== decay-fit on one host and on three"
  fit "$folder/uni.csv" --processor uni
  lab_up || return 0
  for library in "${libraries[@]}"; do fits "$library"; done
  lab_down
  tests lab "FullyQualifiedName~HostsLabTests|FullyQualifiedName~HostsLabData"
}

# slurm: what a batch system starts takes its rank, and a job of its own starts what it needs; each result compared with uni's.
slurm() {
  echo
  echo "== slurm"
  fit "$folder/uni.csv" --processor uni
  if ! scripts/slurm-lab.sh up; then
    judge 1 "Slurm does not start here, for the reason above"
    return 0
  fi

  slurm_is_up=yes
  under_slurm "MPICH under srun --mpi=pmi2" mpich srun -Q --mpi=pmi2 -n 3 --overcommit
  under_slurm "Open MPI under srun --mpi=pmix" openmpi srun -Q --mpi=pmix -n 3 --overcommit
  under_slurm "MPICH, started in an allocation" mpich salloc -Q -n 3 --overcommit launched
  under_slurm "Open MPI, started in an allocation" openmpi salloc -Q -n 3 --overcommit launched
  scripts/slurm-lab.sh down
  slurm_is_up=
}

# under_slurm WHAT LIBRARY WORDS... [launched]: a fit behind those words, which starts its ranks itself where they end with "launched", and an exit code.
under_slurm() {
  local what=$1 status=0 fabric=() before=("${@:3}")
  local -x HPCRUNTIME_MPI=$2 SLURM_CONF
  eval "$(scripts/slurm-lab.sh env)"
  if [ "${before[-1]}" = launched ]; then
    unset 'before[-1]'
    fabric=(--processor mpi -n 2)
  fi

  fit "$folder/slurm.csv" "${fabric[@]}" || status=$?
  cmp "$folder/uni.csv" "$folder/slurm.csv" || status=1
  [ "$status" -eq 0 ] || cat "$folder/slurm.csv.log"
  judge "$status" "$what: the file of uni"
  status=0
  timeout 120 "${before[@]}" "$dotnet" "$peer" program "${fabric[@]}" code 7 </dev/null >"$folder/slurm.log" 2>&1 || status=$?
  [ "$status" -eq 7 ] || cat "$folder/slurm.log"
  judge "$((status != 7))" "$what: the application's exit code"
}

# matrix: every number of ranks on one host, then on three.
matrix() {
  for hosts in one three; do
    [ "$hosts" = one ] || lab_up || return 0
    for ranks in 1 2 5; do
      for library in "${libraries[@]}"; do conformance "$library" "$ranks"; done
    done

    for library in "${libraries[@]}"; do losses "$library"; done
  done

  lab_down
  lab
}

# leftovers: processes of ranks, and files of runs.
leftovers() {
  ls -d /dev/shm/*hpcruntime* /tmp/hpcrun-* /tmp/*hpcruntime* 2>/dev/null || true
  pgrep -f "HpcRuntime.Tests.MpiPeer.dll program code" || true
  grep -lsz '^HPCRUNTIME_MPI_RUN=' /proc/[0-9]*/environ || true # Ranks of launched runs, their wrappers, mpiexec and its daemons.
}

# starts LIBRARY: many in a row. Those of a plain mpiexec on one host only: on several, MPI_Finalize of MPICH may wait for ever (docs/mpi.md), and our launcher does not call it.
starts() {
  local before status=0
  before=$(leftovers)
  [ "$hosts" = three ] || many "$1" plain
  many "$1" launched
  ! comm -13 <(sort <<<"$before") <(leftovers | sort) | grep . || status=1
  judge "$status" "$1: nothing is left"
}

# many LIBRARY HOW: `count` runs, plain or launched, one after the other.
many() {
  local i status=0
  for ((i = 0; i < count; i++)); do
    "$2" "$1" </dev/null >"$folder/start" 2>&1 || { status=$?; cat "$folder/start"; break; }
  done

  judge "$status" "$1, $hosts: $i of $count starts and stops in a row, $2"
}

plain() {
  started "$1" 3
  timeout 60 "${words[@]}" "$dotnet" "$peer" program code 0
}

launched() ( # In a shell of its own: what the lab's hosts need is not for this machine.
  list=local
  [ "$hosts" = one ] || { list=lab; eval "$(scripts/hosts-lab.sh env)"; }
  timeout 60 "$dotnet" "$hpcrun" run hello --processor mpi --mpi "$1" -n 2 --hostfile "mpi-hostfiles/$list.hosts"
)

case $mode in
  conformance | losses | library | starts)
    [ "$hosts" = one ] || lab_up || exit 1
    for library in "${libraries[@]}"; do "$mode" "$library" "$ranks"; done
    ;;
  fabric) tests fabric "FullyQualifiedName~Tests.MpiFabric." ;;
  launch) tests launch "FullyQualifiedName~LaunchedRunTests" ;;
  lab) lab ;;
  ranks)
    for library in "${libraries[@]}"; do
      conformance "$library" 3
      alone "$library"
      losses "$library"
      library "$library" 3
    done

    tests fabric "FullyQualifiedName~Tests.MpiFabric."
    ;;
  launches)
    tests launch "FullyQualifiedName~LaunchedRunTests"
    slurm
    lab
    ;;
  slurm) slurm ;;
  matrix) matrix ;;
  *)
    echo "scripts/test-mpi.sh: unknown mode '$mode'; give conformance, losses, library, fabric, launch, lab, slurm, ranks, launches, matrix or starts" >&2
    exit 2
    ;;
esac
