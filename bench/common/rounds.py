"""Interleaved rounds: round r runs every contestant once before round r + 1 begins.

Whatever else the machine does then hits all of them alike. Round 0 warms up, is checked and not counted.
Ratios are medians of the ratios within a round, which travel between machines; milliseconds do not.
"""
import statistics
import sys
from dataclasses import dataclass, field
from typing import Callable

from .process import Command, run


@dataclass
class Contestant:
    """Something to measure."""

    name: str
    command: Command
    # Brings the database into the state to start from.
    prepare: Callable = lambda: None
    # Says what is wrong with the result, if anything: a tool may exit with 0 without its work done.
    problem: Callable = lambda: None
    ours: bool = False
    yardstick: bool = False


@dataclass
class Measured:
    """Seconds per counted round."""

    contestant: Contestant
    wall: list = field(default_factory=list)
    user: list = field(default_factory=list)
    failure: str = None

    def median(self):
        return statistics.median(self.wall)

    def ratio(self, other):
        """How many times as long as `other` this took."""
        return statistics.median(a / b for a, b in zip(self.wall, other.wall))


def measure(contestants, rounds, directory):
    """Runs all contestants in interleaved rounds."""
    results = [Measured(contestant) for contestant in contestants]
    for number in range(rounds + 1):
        for result in results:
            if result.failure is None:
                measure_once(result, directory, counted=number > 0)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return results


def measure_once(result, directory, counted):
    contestant = result.contestant
    contestant.prepare()
    outcome = run(contestant.command, directory)
    if outcome.code != 0:
        result.failure = f"exit code {outcome.code}: {outcome.tail[-300:]}"
    elif not counted:
        result.failure = contestant.problem()
    if counted and result.failure is None:
        result.wall.append(outcome.wall)
        result.user.append(outcome.user)
