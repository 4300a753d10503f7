#!/usr/bin/env bash
# Every speed target measured beside its peer or its floor, on thread, process and mpi with both libraries, in one run; prints a table in Markdown.
#
#   scripts/bench-table.sh [--pairs 5] [--minutes 22] [--rows each,hot] [--output FILE] [--tiny] [--list] [--no-build]
#
# The programs of a row run one after the other, in alternating order, as often as there are pairs; a program that fails is told in its line and the rest goes on.
# FILE (default artifacts/bench/table.md) is written after every pair, so an interrupted run has its table; a document with the lines <!-- measured --> and <!-- /measured -->
# gets the table between them. Measures hpcrun as scripts/publish.sh puts it into artifacts/hpcrun (BENCH_HPCRUN names another). Wants a quiet machine, gcc, the headers of MPICH and Open MPI, python3 and the peers of scripts/bench-peers.sh --install;
# what is not here is told in its line. BENCH_FOLDER names the folder of the peers' programs (default ../shared/bench).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

arguments=()
build=true
for argument in "$@"; do
  if [ "$argument" = --no-build ]; then build=false; else arguments+=("$argument"); fi
done

if $build; then
  scripts/publish.sh >&2
fi

exec python3 -B tests/Benchmarks/side_by_side/table.py "${arguments[@]}"
