"""Every row of the speed targets: what runs, beside what, and what it must reach."""
import os
from collections import namedtuple

from programs import BUILT, HPCRUN, KEEPS_PAGES, SETTLED_CPU, SETTLED_RATE, contract, floor, lines, mpi4py, ours, peer, pool, shared_memory, start_on_mpich

MPI = ("mpich", "openmpi")
SHARED = ("process",) + MPI
ALL = ("thread",) + SHARED

# Row: `runs` gives each program a name; they run one after the other in every pair, at most `most` times. `scale` and `unit` are for print.
Row = namedtuple("Row", "key title unit scale runs cells most")
# Cell: one line of the table. `run` is ours; `beside` names the other, or is None. The bound is on the figure (in printed units) or on the ratio of the pairs.
Cell = namedtuple("Cell", "run beside on bound limit")


def ratio(run, beside, bound=None, limit=None):
    return Cell(run, beside, "ratio", bound, limit)


def value(run, bound=None, limit=None, beside=None):
    return Cell(run, beside, "figure", bound, limit)


def durations():
    """The file of W4: what gen_w4.py of the contract writes."""
    state, raw = 20240607, []
    for _ in range(400):
        state = (6364136223846793005 * state + 1442695040888963407) % (1 << 64)
        raw.append(min((((state >> 11) + 1) / 2.0 ** 53) ** (-1 / 1.3), 60))
    path = os.path.join(BUILT, "durations.txt")
    with open(path, "w") as file:
        file.writelines("%d\n" % round(value * 20e6 / sum(raw)) for value in raw)
    return path


def on(fabrics, what, **more):
    return {fabric: ours(fabric, what, **more) for fabric in fabrics}


def payloads(key, title, what, size, count, reps, *how):
    """A row of W3a or W3b. The C programs take memory for each result, as ours does, with malloc as it is; how far they come when it keeps its pages is told beside, without a target."""
    runs = dict(on(ALL, what), Pool=pool(what))
    cells = [value("thread"), ratio("process", "Pool", ">=", 3)]
    for kept, before, bound in (("", (), (">=", 0.8)), (", pages kept", KEEPS_PAGES, ())):
        runs["C, shared memory" + kept] = shared_memory("arrays", "mb_per_s", 2, count, size, reps, *how, before=before)
        cells.append(ratio("process", "C, shared memory" + kept, *bound))
        for library in MPI:
            runs["C, " + library + kept] = floor(library, 3, "mb_per_s", key, size, count, before=before)
            cells.append(ratio(library, "C, " + library + kept, *bound))
    if key == "bytes":
        for library in MPI:  # One way, and nothing else to do.
            runs["C, one way, " + library] = floor(library, 2, "mb_per_s", "bandwidth", size, 10 * count)
            cells.append(ratio(library, "C, one way, " + library))
    return Row(key, title, "MiB/s", 1, runs, cells, 99)


def rows(tiny):
    """All rows. `tiny`: so small that the figures mean nothing, to see that everything runs."""
    def n(full, small):
        return small if tiny else full

    mib = 1 << 20
    each = contract("W1", 2, "tasks_per_s", tasks=n(100_000, 2000), reps=n(11, 1))
    alone = contract("W1", 1, "tasks_per_s", tasks=n(100_000, 2000), reps=n(5, 1))
    futures = contract("W1", 2, "tasks_per_s", tasks=n(10_000, 200), reps=1)
    packed = contract("W1", 2, "tasks_per_s", mode="default", tasks=n(1_000_000, 5000), reps=n(5, 1))
    mapped = contract("map", 2, "tasks_per_s", mode="default", tasks=n(1_000_000, 5000), reps=n(30, 1))
    pool_map = contract("W1", 2, "tasks_per_s", mode="default", tasks=n(1_000_000, 5000), reps=n(5, 1))
    short = contract("map", 2, SETTLED_RATE, mode="default", tasks=n(10_000, 1000), reps=n(2500, 3))
    short_pool = contract("W1", 2, SETTLED_RATE, mode="default", tasks=n(10_000, 1000), reps=n(2500, 3))
    trip = contract("W2", 1, "p50_us", tasks=n(20_000, 200), reps=n(25, 1))
    park = contract("W2", 4, "p50_us", tasks=n(5_000, 200), reps=n(15, 1))
    wake, asleep = (contract(name, 1, "p50_us", tasks=n(200, 10), reps=n(9, 1)) for name in ("wake", "asleep"))
    first = contract("W8", 4, "on_core_s", reps=1)
    idle = contract("W8", 4, SETTLED_CPU, reps=n(4, 2), budget=60)
    bytes_ = contract("W3a", 2, "mb_per_s", tasks=n(200, 4), reps=n(15, 1))  # A repetition takes a tenth of a second, and in the first second half of the two cores go to the compiler.
    arrays = contract("W3b", 2, "mb_per_s", payload=n(0, mib), tasks=8, reps=n(7, 1))
    data = contract("W3c", 4, "seconds", payload=n(0, mib), reps=n(7, 1))
    start = contract("W6", 4, "seconds", reps=1)
    text = contract("W7", 4, "seconds", tasks=n(0, 20))
    written = contract("capture", 2, "times_written", mode="default", tasks=n(50_000, 100), reps=n(3, 1))
    capture = contract("capture", 2, "times_returned", mode="default", tasks=n(50_000, 100), reps=n(3, 1))
    cancel = contract("cancel", 2, "p50_us", mode="default", tasks=n(1000, 20), reps=n(3, 1))
    memory = contract("memory", 2, "bytes_per_command", mode="default", tasks=n(0, 2000), reps=1)
    lazy = contract("lazy", 2, "live_most_kib", mode="default", tasks=n(0, 20_000), reps=1)
    table = [
        Row("each", "no-op commands, one message each, 2 slaves", "k/s", 1e-3,
            dict(on(ALL, each), Pool=pool(each), **{"mpi4py.futures on openmpi": mpi4py("bench_mpi4py_futures.py", "openmpi", futures), "mpi4py.futures on mpich": mpi4py("bench_mpi4py_futures.py", "mpich", futures)}),
            [ratio("thread", "Pool")] + [ratio(fabric, "Pool", ">=", 4) for fabric in SHARED]
            + [ratio("process", "mpi4py.futures on openmpi", ">=", 30), ratio("openmpi", "mpi4py.futures on openmpi", ">=", 30),
               ratio("mpich", "mpi4py.futures on openmpi", ">=", 30), ratio("mpich", "mpi4py.futures on mpich", ">=", 30)], 99),
        Row("farm", "no-op commands, one message each, 1 slave", "k/s", 1e-3,
            dict(on(MPI, alone), **{"C farm, depth %d, %s" % (depth, library): floor(library, 2, "per_s", "farm", depth, n(200_000, 2000)) for library in MPI for depth in (1, 8)}),
            [ratio(library, "C farm, depth 1, " + library, ">=", 0.5) for library in MPI] + [ratio(library, "C farm, depth 8, " + library) for library in MPI], 99),
        Row("default", "no-op commands, default settings, 2 slaves", "M/s", 1e-6, on(ALL, packed),
            [value("thread", ">=", 1.5)] + [value(fabric, ">=", 1.0) for fabric in SHARED], 99),
        Row("map", "Map over 1,000,000 ints, default settings, 2 slaves", "M/s", 1e-6, dict(on(ALL, mapped), **{"Pool.map": pool(pool_map)}),
            [value("thread", ">=", 20)] + [ratio(fabric, "Pool.map", ">=", 1.5) for fabric in ALL], 99),
        Row("map10000", "Map over 10,000 ints, default settings, 2 slaves, the last quarter of up to 2,500", "M/s", 1e-6, dict(on(ALL, short), **{"Pool.map": pool(short_pool)}),
            [value("thread", ">=", 20)] + [ratio(fabric, "Pool.map", ">=", 1.5) for fabric in ALL], 99),
        Row("hot", "an empty command there and back, hot, 1 slave, p50", "us", 1,
            dict(on(ALL, trip), **{"C ping-pong, " + library: floor(library, 2, "round_trip_p50_us", "pingpong", 48, n(100_000, 1000)) for library in MPI}),
            [value("thread"), value("process", "<=", 2)] + [value(library, "<=", 2, "C ping-pong, " + library) for library in MPI], 99),
        Row("parked", "the same with 4 slaves, more than cores: all park, and every trip wakes one", "us", 1, on(ALL, park), [value("thread")] + [value(fabric, "<=", 60) for fabric in SHARED], 99),
        Row("wake", "the same, 1 slave that has slept for 3 ms while the master computed", "us", 1,
            dict(on(ALL, wake), **{"C, a futex": shared_memory("wake", "p50_us", n(200, 10), n(9, 1), "compute")}), [value("thread")] + [value(fabric, "<=", 60, "C, a futex") for fabric in SHARED], 99),
        Row("asleep", "the same, the master asleep as well", "us", 1,
            dict(on(ALL, asleep), **{"C, a futex": shared_memory("wake", "p50_us", n(200, 10), n(9, 1), "sleep")}), [value("thread")] + [value(fabric, "<=", 60, "C, a futex") for fabric in SHARED], 99),
        Row("cancel", "a future that waits is cancelled: until it has ended, p50", "us", 1, on(ALL, cancel), [value(fabric, "<=", 1000) for fabric in ALL], 99),
        Row("first", "CPU of all ranks in 10 s in which one command of 4 slaves sleeps (W8), the first", "s", 1, on(ALL, first),
            [value("thread", "<=", 0.1), value("process", "<=", 0.1)] + [value(library, "<=", 0.4) for library in MPI], 2),
        Row("idle", "the same in the fourth 10 s, when what is warm is compiled", "s", 1, on(ALL, idle),
            [value("thread", "<=", 0.1), value("process", "<=", 0.1)] + [value(library, "<=", 0.4) for library in MPI], 2),
        payloads("bytes", "200 byte strings of 1 MiB there and back, 2 slaves", bytes_, mib, n(200, 4), n(15, 3), "echo"),
        payloads("arrays", "8 arrays of 64 MiB there, new ones back, 2 slaves", arrays, n(64 * mib, mib), 8, n(7, 3)),
        Row("data", "256 MiB in front of each of 4 slaves, and an answer from each", "ms", 1e3,
            dict(on(ALL, data), **dict({"MPI_Bcast, " + library: floor(library, 5, "seconds", "broadcast", n(256 * mib, mib), n(7, 3)) for library in MPI},
                                       **{"C, pages shared by fork": shared_memory("arrays", "seconds", 4, 1, n(256 * mib, mib), n(7, 3), "fork")})),
            [value("thread")] + [ratio(fabric, "C, pages shared by fork", "<=", 1.0) for fabric in SHARED] + [ratio("process", "MPI_Bcast, mpich", "<=", 1.3)]
            + [ratio(library, "MPI_Bcast, " + library, "<=", 1.3) for library in MPI], 99),
    ]
    file = durations()
    if tiny:
        with open(file, "w") as short:
            short.write("1000\n" * 20)
    for slaves in (2, 4):
        uneven = contract("W4", slaves, "efficiency", reps=1)
        table.append(Row("uneven%d" % slaves, "efficiency on 400 commands of 16 to 937 ms, %d slaves" % slaves, "", 1,
                         dict(on(ALL, uneven), **{"C, a shared counter": shared_memory("uneven", "efficiency", slaves, file)}),
                         [ratio(fabric, "C, a shared counter", ">=", 0.97) for fabric in ALL], 3))
    table += [
        Row("start", "from the launch to the first result, 4 slaves", "s", 1,
            dict(on(ALL, start), **{"raw mpi4py on openmpi": mpi4py("bench_mpi4py_raw.py", "openmpi", start), "raw Python on mpich": start_on_mpich(start)}),
            [value("thread"), value("process", "<=", 0.25), ratio("mpich", "raw Python on mpich", "<=", 1.25), ratio("openmpi", "raw mpi4py on openmpi", "<=", 1.25)], 99),
        Row("memory", "master memory of a queued small command", "bytes", 1, on(ALL, memory), [value(fabric, "<=", 400) for fabric in ALL], 1),
        Row("lazy", "10,000,000 commands supplied lazily: most live memory", "MiB", 1 / 1024, on(ALL, lazy), [value(fabric, "<=", 16) for fabric in ALL], 1),
        Row("exec", "10,000 times the program `true`, 2 slaves", "s", 1,
            {"process": lines(n(10_000, 100), HPCRUN, "exec", "--processor", "process", "-n", "2", "--", "true", "{}"), "GNU parallel -j2": lines(n(10_000, 100), "parallel", "--will-cite", "-j2", "true", "{}")},
            [ratio("process", "GNU parallel -j2", "<=", 0.5)], 1),
        Row("output", "1,000 commands that print 10 lines, in order, 4 slaves", "s", 1, on(ALL, text), [value(fabric, "<=", 0.05) for fabric in ALL], 99),
        Row("capture", "commands that print 1 kB: their time over that of commands that write it to a file", "times", 1, on(ALL, written), [value(fabric, "<=", 1.1) for fabric in ALL], 99),
        Row("returned", "the same over that of commands that return the text", "times", 1, on(ALL, capture), [value(fabric) for fabric in ALL], 99),
    ]
    return table
