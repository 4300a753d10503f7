#!/usr/bin/env bash
# Runs other systems' benchmark programs and hpcrun bench side by side and writes their table into docs/performance.md, between the lines <!-- peers --> and <!-- /peers -->.
#
#   scripts/bench-peers.sh [--install] [--systems pool,raw-ompi] [--ours no|only] [--workloads W1,W2] [--only W1:2:each] [--output FILE] [--no-build] [-- OPTIONS OF run.py]
#
# --install brings the peers from Debian packages, as root with apt-get; without it, or elsewhere, what is missing is named and left out of the table.
# The folder of the peers' programs (run.py and bench_*.py, the contract that hpcrun bench keeps too) is BENCH_FOLDER, else ../shared/bench. Where there is none, the script says so and
# measures only our own beside the C floors, with scripts/bench-table.sh. Ours are called ours-thread, ours-process, ours-mpich and ours-openmpi. Records are kept in BENCH_OUT
# (default artifacts/bench/peers, emptied first; a folder that BENCH_OUT names is added to, so that a long run can be made in parts: peers with --ours no, then --ours only). A run takes about an hour with
# all systems, so give those that you want. Of schwimmbad, sharedmem, ppft and relax's multi there are no packages: BENCH_PEERS names the folder of their checkouts, and --systems asks for them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

packages=(python3 python3-numpy python3-mpi4py python3-joblib python3-distributed python3-ipyparallel parallel coop-computing-tools coop-computing-tools-dev libssl-dev zlib1g-dev mpich openmpi-bin gcc libmpich-dev libopenmpi-dev)
install=false
build=true
systems=pool,thread,ppe,raw-ompi,futures-ompi,joblib,dask,ipyparallel,gnuparallel,workqueue
output=docs/performance.md
runner=(--gate 4)
ours=yes
command="scripts/bench-peers.sh $*"
while [ $# -gt 0 ]; do
  case $1 in
    --install) install=true ;;
    --no-build) build=false ;;
    --systems) systems=$2; shift ;;
    --ours)
      ours=$2; shift
      case $ours in no | only) ;; *) echo "scripts/bench-peers.sh: --ours is no or only, not $ours" >&2; exit 2 ;; esac
      ;;
    --workloads | --only) runner+=("$1" "$2"); shift ;;
    --output) output=$2; shift ;;
    --) shift; runner+=("$@"); break ;;
    *) echo "scripts/bench-peers.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ] && $install; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null || echo "apt-get update failed; trying with the package lists that are here" >&2
    for package in "${missing[@]}"; do
      apt-get install -y -q --no-install-recommends "$package" </dev/null || echo "apt-get could not install $package" >&2
    done
  else
    echo "--install needs root and apt-get" >&2
  fi
elif [ "${#missing[@]}" -gt 0 ]; then
  echo "not installed (Debian names; --install brings them): ${missing[*]}"
fi

if $build; then scripts/publish.sh; fi
hpcrun=$PWD/artifacts/hpcrun/hpcrun
folder=${BENCH_FOLDER:-../shared/bench}
if [ ! -f "$folder/run.py" ]; then
  echo "no folder of peers at $folder (BENCH_FOLDER names it): our own beside the C floors only"
  exec scripts/bench-table.sh --no-build --output "$output"
fi

if [ -z "${BENCH_OUT:-}" ]; then
  BENCH_OUT=$PWD/artifacts/bench/peers
  rm -rf "$BENCH_OUT" # The runner takes the quietest records of all that it finds, whatever build they are of.
fi

export BENCH_OUT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
[ "$ours" != only ] || systems=
if [ "$ours" != no ]; then
  runner+=(--also "ours-thread=$hpcrun bench --processor thread" --also "ours-process=$hpcrun bench --processor process"
    --also "ours-mpich=$hpcrun bench --processor mpi --mpi mpich" --also "ours-openmpi=$hpcrun bench --processor mpi --mpi openmpi")
fi

python3 -B "$folder/run.py" --systems "$systems" "${runner[@]}"
python3 -B tests/Benchmarks/side_by_side/peers.py "$BENCH_OUT/results.json" "$output" "$command"
