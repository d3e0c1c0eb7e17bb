"""A disk on which a flush takes its time, as the proxy is a network on which a message does.

What SQLite costs is flushes, and those differ by a factor of ten and more between disks. The delay makes results of
different machines comparable; it is the same for every tool.
"""
import shutil
from dataclasses import replace
from pathlib import Path

from .process import output_of

SOURCE = Path(__file__).with_name("slow_flush.c")


class SlowDisk:
    """Adds to the time of every flush; needs a C compiler."""

    def __init__(self, directory, seconds):
        self.library = Path(directory, "slow_flush.so")
        self.microseconds = round(seconds * 1e6)
        output_of([compiler(), "-shared", "-fPIC", "-O2", "-o", str(self.library), str(SOURCE)])

    def slowed(self, command):
        """Returns the same command on this disk."""
        more = {"LD_PRELOAD": str(self.library), "SLOW_FLUSH_MICROSECONDS": str(self.microseconds)}
        return replace(command, environment={**command.environment, **more})


def compiler():
    """Returns the C compiler; `None` where there is none."""
    return shutil.which("cc") or shutil.which("gcc")
