"""A handful of ratios that tell when something became twice as slow, and the idle gate. See scripts/perf-gate.sh.

Ours and what stands beside it run one after the other, so a busy machine slows both. A ratio that is missed is measured again, twice at most: noise passes, a regression stays."""
import concurrent.futures
import sys
import time

import programs
from programs import contract, floor, ours, pool, shared_memory

ATTEMPTS = 3
SECONDS = 75       # No second or third attempt is begun after so long.
IDLE_SHARE = 0.01  # Of a core, for each rank, while one command sleeps for 10 s.
SLAVES = 4
MEGABYTE = 1 << 20


def checks():
    """(name, ours, beside it, least ratio). Each least is at most half of what was measured on a quiet machine (docs/performance.md)."""
    each = contract("W1", 2, "tasks_per_s", tasks=30_000, reps=3)
    alone = contract("W1", 1, "tasks_per_s", tasks=30_000, reps=3)
    packed = contract("W1", 2, "tasks_per_s", mode="default", tasks=100_000, reps=3)
    arrays = contract("W3b", 2, "mb_per_s", payload=16 * MEGABYTE, tasks=8)
    return [
        ("no-op commands one by one, process over multiprocessing.Pool", ours("process", each), pool(each), 1.5),
        ("no-op commands one by one, MPICH over multiprocessing.Pool", ours("mpich", each), pool(each), 0.7),
        ("no-op commands one by one, Open MPI over multiprocessing.Pool", ours("openmpi", each), pool(each), 0.7),
        ("no-op commands by default, process over one by one through multiprocessing.Pool", ours("process", packed), pool(each), 3),
        ("arrays of 16 MiB, process over C with shared memory", ours("process", arrays), shared_memory("mb_per_s", 2, 8, 16 * MEGABYTE, 3), 0.4),
        ("arrays of 16 MiB, MPICH over C", ours("mpich", arrays), floor("mpich", 3, "mb_per_s", "arrays", 16 * MEGABYTE, 8), 0.4),
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
    name, mine, beside, least = check
    words = ""
    for attempt in range(ATTEMPTS):
        if attempt and time.monotonic() > until:
            break
        try:
            # Beside it before and after: what changes meanwhile changes both.
            first, figure, second = beside(), mine(), beside()
            ratio = figure / ((first + second) / 2)
            words = "%s: %.2f times (at least %s wanted)" % (name, ratio, least)
            if ratio >= least:
                report.tell(True, words)
                return
        except programs.Failed as problem:
            words = "%s: %s" % (name, problem)
    report.tell(False, words)


def idle(fabric):
    """The share of a core of each rank, the master included. All fabrics at a time: they sleep."""
    return ours(fabric, contract("W8", SLAVES, "on_core_s", reps=1), limit=80)() / 10 / (SLAVES + 1)


def judge_idle(report):
    fabrics = ("thread", "process", "mpich", "openmpi")
    with concurrent.futures.ThreadPoolExecutor(len(fabrics)) as runners:
        shares = {fabric: runners.submit(idle, fabric) for fabric in fabrics}
    for fabric, share in shares.items():
        try:
            report.tell(share.result() <= IDLE_SHARE, "idle, %s: %.2f %% of a core a rank (at most %g %% wanted)" % (fabric, 100 * share.result(), 100 * IDLE_SHARE))
        except programs.Failed as problem:
            report.tell(False, "idle, %s: %s" % (fabric, problem))


def main():
    report, begun = Report(), time.monotonic()
    for problem in programs.build_floors():
        report.tell(False, "the C floor could not be built: " + problem)
    judge_idle(report)
    for check in checks():
        judge(report, check, begun + SECONDS)
    print("%d passed, %d failed" % (report.passed, report.failed))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
