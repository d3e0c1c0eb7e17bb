"""Running a program and measuring it."""
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 600  # seconds after which a program is ended and counts as failed


@dataclass(frozen=True)
class Command:
    """A program with its arguments, and a file for its standard input."""

    arguments: list
    environment: dict
    stdin: Path = None


@dataclass(frozen=True)
class Outcome:
    """Seconds, and what the program said last."""

    wall: float
    user: float
    code: int
    tail: str


class Failed(Exception):
    """A program that had to succeed did not."""


def environment():
    """Returns the caller's environment without what would change how a tool connects."""
    unwanted = ("DATABASE_URL", "RUST_LOG", "RUSTFLAGS", "CARGO_TARGET_DIR")
    prefixes = ("PG", "MYSQL_", "MIGRATION_")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in unwanted and not name.startswith(prefixes)
    }


def run(command, directory):
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as output, open(command.stdin or os.devnull, "rb") as stdin:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments, cwd=directory, env=command.environment,
            stdin=stdin, stdout=output, stderr=output,
        )
        # Not `wait(PATIENCE)`: that polls, up to 50 ms apart.
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        process.wait()
        timer.cancel()
        wall = time.perf_counter() - start
        user = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - 2000))
        tail = output.read().decode(errors="replace").strip()
    return Outcome(wall, user, process.returncode, tail)


def run_or_fail(command, directory):
    """Runs a command that must succeed."""
    outcome = run(command, directory)
    if outcome.code != 0:
        raise Failed(f"{command.arguments[0]} ended with {outcome.code}: {outcome.tail}")
    return outcome


def output_of(arguments, stdin=""):
    """Returns what a program prints; raises `Failed` with it when the program does not succeed."""
    done = subprocess.run(
        arguments, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        raise Failed(f"{arguments[0]} ended with {done.returncode}: {done.stdout[-2000:]}")
    return done.stdout


def peak_memory(command, directory, may_fail=False):
    """Returns the program's peak resident memory in bytes; `None` without GNU time.

    A child's own `ru_maxrss` counts this interpreter too, which it was forked from.
    """
    program = shutil.which("time")
    if program is None:
        return None
    with tempfile.NamedTemporaryFile("r") as report:
        arguments = [program, "-f", "%M", "-o", report.name, *command.arguments]
        (run if may_fail else run_or_fail)(Command(arguments, command.environment, command.stdin), directory)
        return int(report.read().split()[-1]) * 1024
