"""multiprocessing.Pool with the command line and the lines of the bench contract: W1 alone, in both modes. Stands in where the folder of peer programs is not there."""
import argparse
import json
import multiprocessing
import time


def noop(number):
    return number


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
        for repetition in range(a.reps):
            start = time.monotonic()
            results = pool.map(noop, numbers, chunksize=1 if a.mode == "each" else None)
            seconds = time.monotonic() - start
            if results != numbers:
                raise SystemExit("wrong results")
            print(json.dumps({"system": "multiprocessing.Pool", "workload": "W1", "n_workers": a.workers, "mode": a.mode, "rep": repetition,
                              "n_tasks": a.tasks, "seconds": round(seconds, 6), "tasks_per_s": round(a.tasks / seconds, 1)}), flush=True)


if __name__ == "__main__":
    main()
