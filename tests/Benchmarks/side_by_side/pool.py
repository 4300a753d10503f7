"""multiprocessing.Pool with the command line and the lines of the bench contract: W1 alone, in both modes. Stands in where the folder of peer programs is not there."""
import argparse
import json
import multiprocessing
import os
import time


def noop(number):
    return number


def ticks(process):
    """Seconds of CPU of a process, as the contract counts them."""
    with open("/proc/%d/stat" % process) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    for name, kind, otherwise in (("workload", str, "W1"), ("workers", int, 2), ("mode", str, "each"), ("tasks", int, 10000), ("reps", int, 3)):
        parser.add_argument("--" + name, type=kind, default=otherwise)
    a = parser.parse_args()
    if a.workload != "W1":
        raise SystemExit("pool.py knows W1 alone")
    numbers = list(range(a.tasks))
    with multiprocessing.get_context("fork").Pool(a.workers) as pool:
        pool.map(noop, numbers[:4 * a.workers], chunksize=1)
        workers = [child.pid for child in multiprocessing.active_children()]
        for repetition in range(a.reps):
            before = [ticks(process) for process in (os.getpid(), *workers)]
            start = time.monotonic()
            results = pool.map(noop, numbers, chunksize=1 if a.mode == "each" else None)
            seconds = time.monotonic() - start
            used = [ticks(process) - earlier for process, earlier in zip((os.getpid(), *workers), before)]
            if results != numbers:
                raise SystemExit("wrong results")
            print(json.dumps({"system": "multiprocessing.Pool", "workload": "W1", "n_workers": a.workers, "mode": a.mode, "rep": repetition,
                              "n_tasks": a.tasks, "seconds": round(seconds, 6), "tasks_per_s": round(a.tasks / seconds, 1),
                              "master_cpu_s": round(used[0], 3), "workers_cpu_s": round(sum(used[1:]), 3)}), flush=True)


if __name__ == "__main__":
    main()
