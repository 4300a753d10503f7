"""Writes the medians that the contract's run.py has left as one table of ratios into a document: peers.py RESULTS.json DOCUMENT COMMAND."""
import json
import os
import shutil
import subprocess
import sys
import time

import table

BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
OURS = "ours-"
PACKAGES = ["python3-numpy", "python3-mpi4py", "python3-joblib", "python3-distributed", "python3-ipyparallel", "parallel", "coop-computing-tools"]
# workload: what it is, the field, its unit and scale, whether more is better
FIGURES = {
    "W1": ("no-op commands", "tasks_per_s", "k/s", 1e-3, True),
    "W2": ("round trip, p50", "p50_us", "us", 1, False),
    "W3a": ("byte strings of 1 MiB", "mb_per_s", "MiB/s", 1, True),
    "W3b": ("arrays of 64 MiB", "mb_per_s", "MiB/s", 1, True),
    "W3c": ("256 MiB to every worker", "mb_per_s", "MiB/s", 1, True),
    "W4": ("uneven work, efficiency", "efficiency", "", 1, True),
    "W5": ("sort of 50,000,000", "seconds", "s", 1, False),
    "W6": ("start to first result", "seconds", "s", 1, False),
    "W7": ("captured output", "seconds", "s", 1, False),
    "W8": ("idle for 10 s, CPU", "cpu_s", "s", 1, False),
}


def cell(record, best):
    """The figure, and how many times as good ours at its best is."""
    _, field, _, scale, more = FIGURES[record["workload"]]
    if record.get(field) is None:
        return "?"
    figure = record[field] * scale
    if record["name"].startswith(OURS) or best is None or not figure or not best:
        return table.shown(figure)
    return "%s (%s)" % (table.shown(figure), table.shown(best / figure if more else figure / best))


def best_of_ours(records):
    _, field, _, scale, more = FIGURES[records[0]["workload"]]
    figures = [record[field] * scale for record in records if record["name"].startswith(OURS) and record["name"] != "ours-thread" and record.get(field)]
    return (max if more else min)(figures) if figures else None


def versions():
    """The peers' packages as Debian numbers them, and the folders of those that are no packages."""
    query = shutil.which("dpkg-query")
    listed = subprocess.run([query, "-W", "-f", "${Package} ${Version}\n"] + PACKAGES, capture_output=True, text=True).stdout if query else ""
    folder = os.environ.get("BENCH_PEERS", "")
    loose = sorted(name for name in os.listdir(folder) if not name.startswith("tmp") and os.path.isdir(os.path.join(folder, name))) if folder and os.path.isdir(folder) else []  # Work Queue leaves folders for temporary files here.
    return ", ".join([line for line in listed.splitlines() if line.split()[1:]] + [name + " from its repository" for name in loose])


def render(results, command):
    medians = [record for record in results["medians"] if record["workload"] in FIGURES]
    names = sorted({record["name"] for record in medians}, key=lambda name: (not name.startswith(OURS), name))
    cells = {}
    for record in medians:
        cells.setdefault((record["workload"], record["n_workers"], record["mode"], record["n_tasks"]), []).append(record)
    where, commit = table.machine()
    lines = ["%s, commit %s, with `%s`. %s. Peers: %s. Medians of the repetitions in one process; in brackets how many times as good the best of our fabrics between processes is." % (
                 time.strftime("%d %B %Y, %H:%M", time.gmtime()), commit, command, where, versions()), "",
             "| what | workers | mode | tasks | unit | " + " | ".join(names) + " |", "|---|---|---|---|---|" + "---|" * len(names)]
    for (workload, workers, mode, tasks), records in sorted(cells.items()):
        what, _, unit, _, _ = FIGURES[workload]
        best = best_of_ours(records)
        by_name = {record["name"]: cell(record, best) for record in records}
        lines.append("| %s %s | %d | %s | %d | %s | %s |" % (workload, what, workers, mode, tasks, unit, " | ".join(by_name.get(name, "") for name in names)))
    failures = results.get("failures", [])
    lines += ["", "Results were checked by the program that measured them, as the contract says; the output that a peer without capture returns as a value counts as captured (W7)." + (" Failed: " + "; ".join("%s %s W=%d %s (%s)" % (
        one["name"], one["workload"], one["n_workers"], one["mode"], (" ".join(str(one.get("stderr", "")).split())[-100:] or one["failed"]).replace("|", "/")) for one in failures) + "." if failures else " None failed."), ""]
    return "\n".join(lines)


def main():
    source, document, command = sys.argv[1:4]
    table.check_document(document, BEGIN, END)
    with open(source) as file:
        results = json.load(file)
    table.write(document, render(results, command), BEGIN, END)
    print("wrote the table of peers into " + document)


if __name__ == "__main__":
    main()
