"""A clean debug build of examples/quickstart, against a crate that depends on the same sqlx alone."""
import re
import shutil
import statistics
from pathlib import Path

from common.process import Command, environment, run_or_fail
from common.report import Targets, table
from common.tools import REPOSITORY
from common.workshop import say

TITLE = "Clean debug build, CPU seconds in user mode"

BOUND = 30


def run(workshop):
    crates = {"sqlx alone": alone(workshop), "examples/quickstart": REPOSITORY / "examples/quickstart"}
    seconds = {name: [] for name in crates}
    for number in range(1 if workshop.quick else 3):
        for name, home in crates.items():
            say(f"build: {name}, round {number + 1}")
            seconds[name].append(build(workshop, home))
    rows = [[name, f"{statistics.median(times):.1f}"] for name, times in seconds.items()]
    targets = Targets()
    added = (ours - sqlx for ours, sqlx in zip(seconds["examples/quickstart"], seconds["sqlx alone"]))
    targets.at_most("CPU seconds over sqlx alone", statistics.median(added), BOUND)
    return table(["", "CPU s, median"], rows) + "\n" + targets.text()


def alone(workshop):
    """Makes a crate that depends on sqlx and nothing else, in the version that quickstart uses."""
    home = Path(workshop.work, "alone")
    Path(home, "src").mkdir(parents=True)
    Path(home, "src/main.rs").write_text("fn main() {}\n")
    Path(home, "Cargo.toml").write_text(
        '[package]\nname = "alone"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
        f"{sqlx_dependency()}\n"
        # The workspace's own profile, which quickstart is built with.
        '[profile.dev]\ndebug = "line-tables-only"\n'
    )
    shutil.copy(REPOSITORY / "Cargo.lock", home)
    run_or_fail(Command(["cargo", "metadata", "--format-version", "1"], environment()), home)
    return home


def sqlx_dependency():
    """Returns sqlx with the features that migrate-runtime turns on for SQLite."""
    manifest = Path(REPOSITORY, "migrate-runtime/Cargo.toml").read_text()
    features = re.search(r"^sqlite = \[(.*)\]$", manifest, re.MULTILINE)[1]
    features = ", ".join(f'"{feature}"' for feature in re.findall(r'"sqlx/([^"]*)"', features))
    return f'sqlx = {{ version = "0.9", default-features = false, features = ["runtime-tokio", {features}] }}\n'


def build(workshop, home):
    target = workshop.work / "build-target"
    shutil.rmtree(target, ignore_errors=True)
    variables = {**environment(), "CARGO_TARGET_DIR": str(target)}
    outcome = run_or_fail(Command(["cargo", "build", "--offline"], variables), home)
    shutil.rmtree(target)
    return outcome.user
