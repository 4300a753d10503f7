"""Measures the speed targets side by side and prints a table in Markdown. See scripts/bench-table.sh for the options."""
import argparse
import functools
import os
import platform
import statistics
import subprocess
import sys
import time

import programs
import rows as targets

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
DEFAULT = os.path.join(programs.BUILT, "table.md")


def shown(number):
    """Three figures that count."""
    if number is None:
        return ""
    return "%.0f" % number if abs(number) >= 100 else "%.3g" % number


def bound_met(bound, limit, number):
    return number >= limit if bound == ">=" else number <= limit


class Measured:
    """What the programs of a row have said so far: for each pair a figure or why there is none."""

    def __init__(self, row):
        self.row = row
        self.pairs = []

    def run_pair(self, until):
        results = {}
        names = list(self.row.runs)
        for name in names if len(self.pairs) % 2 == 0 else reversed(names):
            begun = time.monotonic()
            if begun > until:
                results[name] = "no time was left"
                continue
            try:
                results[name] = self.row.runs[name]() * self.row.scale
            except programs.Failed as problem:
                results[name] = str(problem)
            except Exception as problem:  # One row's fault must not end the table.
                results[name] = "%s: %s" % (type(problem).__name__, problem)
            figure = results[name]
            said = figure if isinstance(figure, str) else shown(figure) + " " + self.row.unit
            print("%s  pair %d  %-8s %-28s %s  (%.1f s)" % (time.strftime("%H:%M:%S"), len(self.pairs) + 1, self.row.key, name, said, time.monotonic() - begun), file=sys.stderr, flush=True)
        self.pairs.append(results)

    def figures(self, name):
        return [pair[name] for pair in self.pairs if not isinstance(pair[name], str)]

    def why(self, name):
        words = [pair[name] for pair in self.pairs if isinstance(pair[name], str)]
        return words[-1] if words else "not run"

    def line(self, cell):
        """(cells of the line, True for met, False for missed, None for no judgement)"""
        mine = self.figures(cell.run)
        target = "" if cell.bound is None else "%s %s%s" % (cell.bound, shown(cell.limit), " x" if cell.on == "ratio" else " " + self.row.unit)
        if not mine:
            return [self.row.title, cell.run, "none: " + self.why(cell.run), "", "", target, "not measured"], None
        ours = "%s %s" % (shown(statistics.median(mine)), self.row.unit)
        if len(mine) > 1:
            ours += " (%s to %s)" % (shown(min(mine)), shown(max(mine)))
        beside, compared = "", None
        if cell.beside:
            theirs = self.figures(cell.beside)
            ratios = [pair[cell.run] / pair[cell.beside] for pair in self.pairs if not isinstance(pair[cell.run], str) and not isinstance(pair[cell.beside], str) and pair[cell.beside]]
            beside = "%s: %s" % (cell.beside, "%s %s" % (shown(statistics.median(theirs)), self.row.unit) if theirs else self.why(cell.beside))
            compared = statistics.median(ratios) if ratios else None
        judged = compared if cell.on == "ratio" else statistics.median(mine)
        verdict = None if cell.bound is None or judged is None else bound_met(cell.bound, cell.limit, judged)
        word = "met" if verdict else "**missed**" if verdict is False else "" if cell.bound is None else "not measured"
        pairs = "" if compared is None else "%s (%d)" % (shown(compared), len(ratios))
        return [self.row.title, cell.run, ours.strip(), beside.strip(), pairs, target.strip(), word], verdict


def output_of(*command):
    try:
        lines = subprocess.run(command, capture_output=True, text=True, cwd=programs.ROOT).stdout.strip().splitlines()
        return lines[0] if lines else "?"
    except OSError:
        return "not here"


@functools.lru_cache(None)  # Once, before the table changes a document that is tracked.
def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) >> 20
    commit = output_of("git", "rev-parse", "--short=10", "HEAD") + (" with changes" if output_of("git", "status", "--porcelain", "--untracked-files=no") != "?" else "")
    mpich = next((line.split(":", 1)[1].strip() for line in subprocess.run(["mpichversion"], capture_output=True, text=True).stdout.splitlines() if line.startswith("MPICH Version")), "?") if _has("mpichversion") else "not here"
    return "%s, %d cores, %d GiB, Linux %s, .NET %s, MPICH %s, %s, Python %s" % (
        model, os.cpu_count(), memory, platform.release(), output_of("dotnet", "--version"), mpich, "Open MPI " + output_of("mpiexec.openmpi", "--version").split()[-1],
        output_of(programs.PYTHON, "-c", "import platform; print(platform.python_version())")), commit


def _has(program):
    return any(os.access(os.path.join(folder, program), os.X_OK) for folder in os.environ.get("PATH", "").split(":"))


def render(measured, options, begun, load):
    where, commit = machine()
    lines = ["| what | fabric | ours | beside it | ratio (pairs) | target | |", "|---|---|---|---|---|---|---|"]
    verdicts, last = [], None
    for one in measured:
        for cell in one.row.cells:
            columns, verdict = one.line(cell)
            verdicts.append((verdict, cell.bound))
            columns[0], last = ("" if columns[0] == last else columns[0]), columns[0]
            lines.append("| " + " | ".join(column.replace("|", "/") for column in columns) + " |")
    met = sum(1 for verdict, _ in verdicts if verdict)
    missed = sum(1 for verdict, _ in verdicts if verdict is False)
    unmeasured = sum(1 for verdict, bound in verdicts if verdict is None and bound)
    how = "compiled ahead of time" if "artifacts" in os.path.relpath(programs.HPCRUN, programs.ROOT) else "as it is built"
    head = ["%s, commit %s (hpcrun %s), in %.0f minutes with `%s`: %d targets met, %d missed, %d not measured." % (
                time.strftime("%d %B %Y, %H:%M", time.gmtime(begun)), commit, how, (time.time() - begun) / 60, options.command, met, missed, unmeasured),
            "%s. Load average %s before, %.2f after." % (where, load, os.getloadavg()[0]),
            "Medians of up to %d alternating pairs, their range in brackets; a ratio is the median of the pairs' ratios, ours over what stands beside it. Rates: more is better; times, CPU and memory: less." % options.pairs, ""]
    return "\n".join(head + lines) + "\n"


def check_document(path, begin=BEGIN, end=END):
    """Refuses a document that has no place for the table, before anything is measured."""
    if os.path.exists(path) and os.path.abspath(path) != os.path.abspath(DEFAULT):
        with open(path) as file:
            text = file.read()
        if begin not in text or end not in text:
            raise SystemExit("%s has no lines %s and %s, between which the table would go" % (path, begin, end))


def write(path, text, begin=BEGIN, end=END):
    """Between the markers of a document, or as a file of its own."""
    content = text
    if os.path.exists(path):
        with open(path) as file:
            before = file.read()
        if begin in before and end in before:
            content = before[:before.index(begin) + len(begin)] + "\n" + text + before[before.index(end):]
    with open(path + ".new", "w") as file:
        file.write(content)
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(prog="bench-table.sh", description="Every speed target, side by side, as a table in Markdown.")
    parser.add_argument("--pairs", type=int, default=5, help="alternating pairs (5)")
    parser.add_argument("--minutes", type=float, default=22, help="no new program is begun after so many minutes (22)")
    parser.add_argument("--rows", default="", help="only these rows, comma separated")
    parser.add_argument("--tiny", action="store_true", help="sizes that take a moment and mean nothing")
    parser.add_argument("--output", default=DEFAULT, help="where the table goes; in a document with the markers, between them")
    parser.add_argument("--list", action="store_true", help="name the rows")
    options = parser.parse_args()
    check_document(options.output)
    options.command = "scripts/bench-table.sh " + " ".join(sys.argv[1:])
    for problem in programs.build_floors():
        print("not built: " + problem, file=sys.stderr)
    table = targets.rows(options.tiny)
    wanted = [key for key in options.rows.split(",") if key]
    unknown = [key for key in wanted if key not in [row.key for row in table]]
    if unknown or options.list:
        print("rows: " + ", ".join(row.key for row in table))
        return 2 if unknown else 0
    machine()
    load, begun = "%.2f" % os.getloadavg()[0], time.time()
    measured = [Measured(row) for row in table if not wanted or row.key in wanted]
    until = time.monotonic() + options.minutes * 60
    for pair in range(options.pairs):
        for one in measured:
            if pair < one.row.most and time.monotonic() < until:
                one.run_pair(until)
        write(options.output, render(measured, options, begun, load))
    print(render(measured, options, begun, load))
    return 0


if __name__ == "__main__":
    sys.exit(main())
