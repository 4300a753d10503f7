"""The programs that are measured: ours, the C floors and the peers. Each is launched for one cell, checks its own results, and says a figure in lines of JSON."""
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
BUILT = os.path.join(ROOT, "artifacts", "bench")
PUBLISHED = os.path.join(ROOT, "artifacts", "hpcrun", "hpcrun")
HPCRUN = os.environ.get("BENCH_HPCRUN") or (PUBLISHED if os.path.exists(PUBLISHED) else os.path.join(ROOT, "src", "Launcher", "bin", "Release", "net10.0", "hpcrun"))
PYTHON = os.environ.get("BENCH_PYTHON", "/usr/bin/python3")
PEERS = os.environ.get("BENCH_FOLDER") or os.path.join(ROOT, "..", "shared", "bench")
MPICH_PYTHON = os.path.join(os.environ.get("BENCH_PEERS", os.path.join(tempfile.gettempdir(), "bench-peers")), "mpi4py-src/build/lib.linux-x86_64-cpython-311")
LEAST_SHARE = 0.5  # A farm counts when every slave ran at least so much of its fair share: a quarter of the whole with two.

LEAST_CPU = "least CPU of a task"  # Fields of no record: see least_cpu, settled and settled_rate.
SETTLED_CPU = "CPU of the last repetition"
SETTLED_MOST = "the same of the process that used most"
SETTLED_RATE = "tasks_per_s of the last quarter"


class Failed(Exception):
    """A program did not give its figure; the message is for the table."""


def environment():
    """What every program gets: the marks of the contract, and what root and small machines need under Open MPI."""
    started = time.clock_gettime(time.CLOCK_MONOTONIC)
    return dict(os.environ, BENCH_ID="table%d.%d" % (os.getpid(), time.time_ns()), BENCH_T0=repr(started), OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", TERM="dumb",
                OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_hwloc_base_binding_policy="none")


def end_marked(mark):
    """Ends what a program has left behind, all of which carries its mark."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/environ" % entry, "rb") as file:
                    if b"BENCH_ID=" + mark.encode() in file.read().split(b"\0"):
                        os.kill(int(entry), signal.SIGKILL)
            except OSError:
                pass


def launch(command, limit):
    """The records that the command printed. Raises Failed unless it ended well and printed some."""
    env = environment()
    try:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT)
    except OSError as problem:
        raise Failed("cannot start %s: %s" % (os.path.basename(command[0]), problem.strerror)) from None
    try:
        out, error = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        end_marked(env["BENCH_ID"])
        process.kill()
        process.communicate()
        raise Failed("no end within %d s" % limit) from None
    finally:
        end_marked(env["BENCH_ID"])
    records = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    if process.returncode != 0 or not records:
        words = " ".join((error or out).split())
        raise Failed("status %s: %s" % (process.returncode, words[-200:] or "nothing printed"))
    return records


def is_even(record):
    """Whether every slave of a farm of like commands did its part; others are told apart by their length."""
    return "least_share" not in record or record.get("floor", "farm") != "farm" or record["least_share"] * record.get("slaves", record.get("n_workers")) >= LEAST_SHARE


def figure(records, field):
    """The median of the repetitions that count."""
    counted = [record for record in records if is_even(record)]
    if not counted:
        raise Failed("uneven: a slave ran less than half of its share")
    if any(record.get(field) is None for record in counted):
        raise Failed("no %s was printed" % field)
    return statistics.median(record[field] for record in counted)


def least_cpu(records):
    """Microseconds of CPU a task takes, master and workers together, in the repetition that took least: what other programs on the machine change least, unlike time."""
    figures = [1e6 * (record["master_cpu_s"] + record["workers_cpu_s"]) / record["n_tasks"] for record in records]
    if min(figures) <= 0:
        raise Failed("too short to see its CPU")
    return min(figures)


def settled(field):
    """Seconds on a core in the last repetition: in the first ones the run-time still compiles, in the background, what has become warm."""
    def last(records):
        if len(records) < 2:
            raise Failed("one repetition only")
        return records[-1][field]
    return last


def settled_rate(records):
    """Tasks a second, the median of the last quarter of many short repetitions: before, what is warm is compiled again, and counted as it runs."""
    return figure(records[-(len(records) + 3) // 4:], "tasks_per_s")


OWN_FIELDS = {LEAST_CPU: least_cpu, SETTLED_CPU: settled("on_core_s"), SETTLED_MOST: settled("on_core_most_s"), SETTLED_RATE: settled_rate}


def of(records, field):
    return OWN_FIELDS[field](records) if field in OWN_FIELDS else figure(records, field)


def contract(workload, workers, field, mode="each", tasks=0, payload=0, reps=3, budget=0):
    """The arguments of the contract, and the field that is wanted."""
    arguments = ["--workload", workload, "--workers", str(workers), "--mode", mode, "--reps", str(reps)]
    arguments += ["--tasks", str(tasks)] if tasks else []
    arguments += ["--payload", str(payload)] if payload else []
    arguments += ["--rep-budget", str(budget)] if budget else []
    return arguments, field


def ours(fabric, what, limit=60):
    """hpcrun bench on a fabric: thread, process, mpich or openmpi."""
    arguments, field = what
    chosen = ["--processor", "mpi", "--mpi", fabric] if fabric in ("mpich", "openmpi") else ["--processor", fabric]
    return lambda: of(launch([HPCRUN, "bench"] + chosen + arguments, limit), field)


def peer(script, what, *more, limit=60):
    """A program of the folder of peers."""
    arguments, field = what

    def run():
        path = os.path.join(PEERS, script)
        if not os.path.exists(path):
            raise Failed("the folder of peers is not here")
        return figure(launch([PYTHON, path] + arguments + list(more), limit), field)
    return run


def pool(what, limit=60):
    """multiprocessing.Pool: the peer's program, or our own where its folder is not there."""
    arguments, field = what
    theirs = os.path.join(PEERS, "bench_multiprocessing.py")
    script = [theirs, "--variant", "pool"] if os.path.exists(theirs) else [os.path.join(HERE, "pool.py")]
    return lambda: of(launch([PYTHON] + script + arguments, limit), field)


def mpi4py(script, library, what):
    """An mpi4py peer on one library. Debian's is Open MPI's; one for MPICH is looked for below BENCH_PEERS."""
    if library == "mpich" and not os.path.isdir(MPICH_PYTHON):
        def absent():
            raise Failed("no mpi4py on MPICH here")
        return absent
    return peer(script, what, "--launcher", library)


def start_on_mpich(what):
    """Raw mpi4py's start on MPICH, or that of raw MPI from Python where there is no mpi4py for it."""
    arguments, field = what
    if os.path.isdir(MPICH_PYTHON) and os.path.isdir(PEERS):
        return mpi4py("bench_mpi4py_raw.py", "mpich", what)
    return lambda: figure(launch([PYTHON, os.path.join(HERE, "start_mpi.py")] + arguments, 60), field)


# Has malloc of the C library keep what is freed, of any size: what comes next finds pages that were touched before.
KEEPS_PAGES = ["env", "GLIBC_TUNABLES=glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2000000000"]


def floor(library, ranks, field, *arguments, before=(), limit=60):
    """The C program on one MPI library."""
    return lambda: figure(launch([*before, "mpiexec." + library, "-n", str(ranks), os.path.join(BUILT, "mpi-" + library)] + [str(a) for a in arguments], limit), field)


def shared_memory(program, field, *arguments, before=(), limit=60):
    """A C program over shared memory: arrays, wake or uneven."""
    return lambda: figure(launch([*before, os.path.join(BUILT, program)] + [str(a) for a in arguments], limit), field)


def lines(count, *command, limit=240):
    """A program that takes values as lines: seconds until it has run a command for each."""
    def run():
        values = "".join("%d\n" % value for value in range(1, count + 1))
        begun = time.monotonic()
        try:
            process = subprocess.run(command, input=values, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=limit, cwd=ROOT)
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Failed("%s: %s" % (os.path.basename(command[0]), problem)) from None
        if process.returncode != 0:
            raise Failed("status %s: %s" % (process.returncode, " ".join(process.stderr.split())[-200:]))
        return time.monotonic() - begun
    return run


def build_floors():
    """Compiles the C programs. Returns what could not be built, in words."""
    os.makedirs(BUILT, exist_ok=True)
    source = os.path.join(ROOT, "tests", "Benchmarks", "floor")
    problems = []
    for compiler, name, program in (("gcc", "arrays.c", "arrays"), ("gcc", "wake.c", "wake"), ("gcc", "uneven.c", "uneven"), ("mpicc.mpich", "mpi.c", "mpi-mpich"), ("mpicc.openmpi", "mpi.c", "mpi-openmpi")):
        try:
            done = subprocess.run([compiler, "-O2", "-o", os.path.join(BUILT, program), os.path.join(source, name)], capture_output=True, text=True)
            if done.returncode != 0:
                problems.append("%s: %s" % (compiler, " ".join(done.stderr.split())[-200:]))
        except OSError as problem:
            problems.append("%s: %s" % (compiler, problem.strerror))
    return problems
