#!/usr/bin/env bash
# Fails when something became twice as slow: a handful of ratios to the C floors and to multiprocessing, each measured in one run, and what idle ranks use.
# Commands are judged by the CPU they take beside what multiprocessing.Pool takes, so a busy machine does not matter much; the margins are wide all the same. The last line is "N passed, N failed". Wants Release builds, gcc, both MPI libraries with their headers, and python3.
#
#   scripts/perf-gate.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

# Without the folder of peer programs on purpose: the gate judges alike wherever it runs.
BENCH_HPCRUN=$PWD/src/Launcher/bin/Release/net10.0/hpcrun BENCH_FOLDER=/nonexistent BENCH_PYTHON=${BENCH_PYTHON:-python3} exec python3 -B tests/Benchmarks/side_by_side/gate.py
