"""W6 with raw MPI from Python, over ctypes: stands in for mpi4py on a library that Debian's mpi4py is not built for. MPICH's ABI alone.

The ranks do what the raw mpi4py peer does: rank 0 sends a number to the first worker and takes it back; the clock began at BENCH_T0."""
import ctypes
import json
import os
import pickle  # noqa: F401  mpi4py brings it, and its time belongs to the start.
import sys
import time

WORLD, INT = 0x44000000, 0x4C000405  # mpi.h of MPICH and of everything with its ABI
IGNORE = ctypes.c_void_p(1)


def main():
    if "START_MPI_RANKS" not in os.environ:
        ranks = str(int(sys.argv[sys.argv.index("--workers") + 1]) + 1)
        os.environ["START_MPI_RANKS"] = ranks
        os.execvp("mpiexec.mpich", ["mpiexec.mpich", "-n", ranks, sys.executable, os.path.abspath(__file__)])
    mpi = ctypes.CDLL("libmpich.so.12", mode=ctypes.RTLD_GLOBAL)
    rank, number = ctypes.c_int(), ctypes.c_int(7)
    mpi.MPI_Init(None, None)
    mpi.MPI_Comm_rank(WORLD, ctypes.byref(rank))
    ranks = int(os.environ["START_MPI_RANKS"])
    if rank.value == 0:
        for other in range(1, ranks):
            mpi.MPI_Send(ctypes.byref(number), 1, INT, other, 1, WORLD)
            mpi.MPI_Recv(ctypes.byref(number), 1, INT, other, 2, WORLD, IGNORE)
            if other == 1:
                first = time.clock_gettime(time.CLOCK_MONOTONIC) - float(os.environ["BENCH_T0"])
        if number.value != 7:
            raise SystemExit("wrong number")
        print(json.dumps({"system": "raw MPI from Python (ctypes)/mpich", "workload": "W6", "n_workers": ranks - 1, "seconds": round(first, 6)}), flush=True)
    else:
        mpi.MPI_Recv(ctypes.byref(number), 1, INT, 0, 1, WORLD, IGNORE)
        mpi.MPI_Send(ctypes.byref(number), 1, INT, 0, 2, WORLD)
    mpi.MPI_Finalize()


if __name__ == "__main__":
    main()
