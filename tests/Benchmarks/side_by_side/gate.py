"""A handful of ratios that tell when something became twice as slow, and the idle gate. See scripts/perf-gate.sh.

Commands are judged by the CPU that they take, which a busy machine hardly changes; arrays by time, ours and what stands beside it one after the other.
A ratio that is missed is measured again, twice at most: noise passes, a regression stays."""
import sys
import time

import programs
from programs import LEAST_CPU, SETTLED_MOST, contract, floor, ours, pool, shared_memory

ATTEMPTS = 3
SECONDS = 150      # Of the ratios; no third attempt is begun after so long.
IDLE_SHARE = {"thread": 0.01, "process": 0.01, "mpich": 0.008, "openmpi": 0.008}  # Of a core, for every rank, the one whose command sleeps for 10 s among them.
SLAVES = 4
MEGABYTE = 1 << 20


def checks():
    """(name, what shall be more, what shall be less, how many times at least). Each least is half of the least that gates of this build measured: docs/performance.md."""
    each = contract("W1", 2, LEAST_CPU, tasks=50_000, reps=6)
    packed = contract("W1", 2, LEAST_CPU, mode="default", tasks=200_000, reps=4)
    peer = contract("W1", 2, LEAST_CPU, tasks=20_000, reps=3)
    arrays = contract("W3b", 2, "mb_per_s", payload=16 * MEGABYTE, tasks=8, reps=7)  # The first two are slow: their pages are fresh.
    return [
        ("CPU of a no-op command in a message of its own, process: multiprocessing.Pool's over ours", pool(peer), ours("process", each), 6),
        ("the same on MPICH", pool(peer), ours("mpich", each), 5),
        ("the same on Open MPI", pool(peer), ours("openmpi", each), 6),
        ("CPU of a no-op command by default, process: that of one in a message of its own through multiprocessing.Pool over ours", pool(peer), ours("process", packed), 9),
        ("arrays of 16 MiB, process over C with shared memory", ours("process", arrays), shared_memory("arrays", "mb_per_s", 2, 8, 16 * MEGABYTE, 3), 1.3),
        ("arrays of 16 MiB, MPICH over C", ours("mpich", arrays), floor("mpich", 3, "mb_per_s", "arrays", 16 * MEGABYTE, 8), 1),
    ]


class Report:
    """Counts, and says each check in a line."""

    def __init__(self):
        self.passed = self.failed = 0

    def tell(self, good, words):
        print(("ok      " if good else "FAILED  ") + words, flush=True)
        self.passed += good
        self.failed += not good


def judge(report, check, until):
    name, above, below, least = check
    words = ""
    for attempt in range(ATTEMPTS):
        if attempt > 1 and time.monotonic() > until:
            break
        try:
            ratio = above() / below()
            words = "%s: %.2f times (at least %s wanted)" % (name, ratio, least)
            if ratio >= least:
                report.tell(True, words)
                return
        except programs.Failed as problem:
            words = "%s: %s" % (name, problem)
    report.tell(False, words)


def idle(fabric):
    """The share of a core of the process that uses most, once the program has settled; on thread all ranks are one process."""
    return ours(fabric, contract("W8", SLAVES, SETTLED_MOST, reps=2, budget=60), limit=100)() / 10 / (SLAVES + 1 if fabric == "thread" else 1)


def judge_idle(report):
    """One fabric at a time: the start of one is not to fall into the time of another. What fails is measured once more."""
    fabrics, words = list(IDLE_SHARE), {}
    for _ in range(2):
        for fabric in list(fabrics):
            try:
                share = idle(fabric)
                most = IDLE_SHARE[fabric]
                words[fabric] = "idle, %s: %.2f %% of a core the busiest rank (at most %g %% wanted)" % (fabric, 100 * share, 100 * most)
                if share <= most:
                    report.tell(True, words[fabric])
                    fabrics.remove(fabric)
            except programs.Failed as problem:
                words[fabric] = "idle, %s: %s" % (fabric, problem)
        if not fabrics:
            return
    for fabric in fabrics:
        report.tell(False, words[fabric])


def main():
    report = Report()
    for problem in programs.build_floors():
        report.tell(False, "the C floor could not be built: " + problem)
    judge_idle(report)
    begun = time.monotonic()
    for check in checks():
        judge(report, check, begun + SECONDS)
    print("%d passed, %d failed" % (report.passed, report.failed))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
