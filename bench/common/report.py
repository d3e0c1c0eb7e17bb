"""What the benchmark says: Markdown, as text."""
import statistics


def milliseconds(seconds):
    value = seconds * 1000
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def mebibytes(size):
    return "not measured" if size is None else f"{size / 1024 / 1024:.1f}"


def table(header, rows):
    """Returns a table; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " --: |" * (len(header) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def timings(results):
    """Returns a table of measured commands, each compared with ours."""
    ours = next((r for r in results if r.contestant.ours and r.failure is None), None)
    rows, failures = [], []
    for result in results:
        if result.failure is not None:
            failures.append(f"\n`{result.contestant.name}` failed: {result.failure}\n")
            continue
        spread = f"{milliseconds(min(result.wall))} to {milliseconds(max(result.wall))}"
        ratio = f"{result.ratio(ours):.2f}" if ours else "-"
        user = milliseconds(statistics.median(result.user))
        rows.append([result.contestant.name, milliseconds(result.median()), spread, user, ratio])
    header = ["", "ms, median", "range", "its own CPU, ms", "times ours"]
    return table(header, rows) + "".join(failures)


class Targets:
    """The targets of a part, and whether they are met."""

    def __init__(self):
        self.rows = []

    def at_least(self, name, value, bound):
        self._add(name, value, f"at least {bound}", value is not None and value >= bound)

    def at_most(self, name, value, bound):
        self._add(name, value, f"at most {bound}", value is not None and value <= bound)

    def _add(self, name, value, bound, met):
        shown = "not measured" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
        verdict = "-" if value is None else ("met" if met else "**missed**")
        self.rows.append([name, bound, shown, verdict])

    def text(self):
        return table(["target", "bound", "measured", ""], self.rows) if self.rows else ""


def fastest_peer(results):
    """Returns the fastest contestant that is neither ours nor a yardstick."""
    peers = [
        result for result in results
        if result.failure is None and not result.contestant.ours and not result.contestant.yardstick
    ]
    return min(peers, key=lambda result: result.median(), default=None)


def find(results, name):
    """Returns what was measured under a name; `None` when it failed or was not there."""
    found = (r for r in results if r.contestant.name == name and r.failure is None)
    return next(found, None)


def ratio(slower, faster):
    """How many times as long `slower` took; `None` when one of them was not measured."""
    return slower.ratio(faster) if slower and faster else None
