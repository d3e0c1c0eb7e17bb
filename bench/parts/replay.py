"""The static replay: in the macro without a stamp, in `cargo migrate check`, and its memory on real histories."""
import csv
import os
import statistics
from pathlib import Path

from common import migrations
from common.embedding import ours
from common.process import Command, environment, peak_memory
from common.process import run as run_once
from common.report import Targets, mebibytes, milliseconds, table
from common.tools import OURS, TOOLS, find
from common.workshop import say

TITLE = "Static replay, upgrades and downgrades"

KINDS = {"sqlite": "SQLite", "postgres": "Postgres", "mysql": "MySQL"}

# Seconds that 1,000 migrations may add to `cargo check`, with an unoptimised macro and no stamp.
MACRO_BOUNDS = {"sqlite": 0.5, "postgres": 2, "mysql": 0.5}

# Migrations a second of the released command on Postgres.
CHECK_BOUND = 5000

MEMORY_BOUND = 200  # MiB


def run(workshop):
    targets = Targets()
    parts = [in_macro(workshop, targets), in_command(workshop, targets), on_real_histories(targets)]
    return "\n".join(parts) + "\n" + targets.text()


def in_macro(workshop, targets):
    size = workshop.count
    compared = {kind: ours(f"{title} without a stamp", kind, stamped=False) for kind, title in KINDS.items()}
    for embedding in compared.values():
        embedding.prepare(workshop, [0, size])
    for number in range(workshop.rounds):
        say(f"replay in the macro: round {number + 1}")
        for embedding in compared.values():
            embedding.measure(workshop, [0, size], f"round {number}")
    rows = []
    for kind, embedding in compared.items():
        rows.append([KINDS[kind], f"+{milliseconds(embedding.added(size))}"])
        if size == 1000:
            targets.at_most(f"macro, {KINDS[kind]}: seconds added by 1,000", embedding.added(size), MACRO_BOUNDS[kind])
    return table([f"`cargo check`, unoptimised macro, {size} migrations without a stamp", "ms, median"], rows)


def in_command(workshop, targets):
    sizes = [workshop.count] if workshop.quick else [1000, 5000]
    seconds = {}
    commands = {}
    for kind in KINDS:
        for size in sizes:
            folder = workshop.work / f"check-{kind}-{size}"
            folder.mkdir()
            migrations.write_native(folder, size)
            commands[kind, size] = check(folder, kind)
    for number in range(workshop.rounds):
        say(f"replay in the command: round {number + 1}")
        for key, command in commands.items():
            # There is no lock file, which the command says; the replay is the same.
            seconds.setdefault(key, []).append(run_once(command, workshop.work).wall)
    rows = []
    for kind, title in KINDS.items():
        speeds = {size: size / statistics.median(seconds[kind, size]) for size in sizes}
        rows.append([title, *(f"{speed:.0f}" for speed in speeds.values())])
        if kind == "postgres":
            for size, speed in speeds.items():
                targets.at_least(f"command, Postgres: migrations a second, of {size}", speed, CHECK_BOUND)
    return table(["`cargo migrate check`, migrations a second", *(f"of {size}" for size in sizes)], rows)


def on_real_histories(targets):
    """Replays the histories that `CORPUS_OUT` names; their manifest lies where their faults do."""
    corpus, faults = os.environ.get("CORPUS_OUT"), os.environ.get("CORPUS_FAULTS")
    if not corpus or not faults:
        return "Memory on real histories is measured where `CORPUS_OUT` and `CORPUS_FAULTS` lead to them.\n"
    with open(Path(faults).with_name("manifest.tsv"), newline="") as manifest:
        kinds = {row["#id"]: row["db"] for row in csv.DictReader(manifest, delimiter="\t")}
    names = {"pg": "postgres", "mysql": "mysql", "sqlite": "sqlite"}
    found = {}
    for history, kind in kinds.items():
        folder = Path(corpus, history, "up")
        if folder.is_dir():
            found[history] = peak_memory(check(folder, names[kind]), folder, may_fail=True)
    if not found or None in found.values():
        return "Memory is measured with GNU `time`, which is not there.\n"
    largest = sorted(found, key=found.get, reverse=True)[:5]
    targets.at_most("memory on the largest real history, MiB", found[largest[0]] / 1024 / 1024, MEMORY_BOUND)
    return table(
        ["peak memory of `cargo migrate check`, MiB", ""],
        [[history, mebibytes(found[history])] for history in largest],
    )


def check(folder, kind):
    program = find(next(tool for tool in TOOLS if tool.program == OURS))
    arguments = ["migrate", "check", "--dir", str(folder), "--database", kind, "--static", "--format", "json"]
    return Command([program, *arguments], environment())
