"""Libraries whose macros embed a folder of migrations, each in a workspace with a crate for each number of them."""
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import migrations
from .process import Command, environment, run_or_fail
from .tools import OURS, REPOSITORY, TOOLS
from .workshop import say, seal


@dataclass
class Embedding:
    """A crate with the macro, timed by `cargo check` after a touch of the file that has it."""

    name: str
    # The directory it is built in.
    home: str
    crate: str
    dependency: str
    code: str
    write: Callable  # (folder, count): writes the migrations
    seconds: dict = field(default_factory=dict)

    def prepare(self, workshop, sizes):
        """Makes a workspace with a crate for each size, and builds what they depend on."""
        say(f"{self.name}: building what it depends on")
        home = self._workspace(workshop)
        home.mkdir(parents=True)
        members = ", ".join(f'"{package(size)}"' for size in sizes)
        Path(home, "Cargo.toml").write_text(f'[workspace]\nresolver = "3"\nmembers = [{members}]\n')
        for size in sizes:
            crate = home / package(size)
            Path(crate, "src").mkdir(parents=True)
            Path(crate, "Cargo.toml").write_text(
                f'[package]\nname = "{package(size)}"\nversion = "0.0.0"\nedition = "2024"\n\n'
                f"[dependencies]\n{self.dependency}\n"
            )
            if size:
                Path(crate, "migrations").mkdir()
                self.write(crate / "migrations", size)
            self._touch(crate, size, "first")
        run_or_fail(self._cargo(workshop, "check"), home)

    def measure(self, workshop, sizes, comment):
        """Checks each crate once."""
        home = self._workspace(workshop)
        for size in sizes:
            self._touch(home / package(size), size, comment)
            command = self._cargo(workshop, "check", "--offline", "-p", package(size))
            self.seconds.setdefault(size, []).append(run_or_fail(command, home).wall)

    def added(self, size):
        """Returns the seconds that `size` migrations add to a crate without the macro."""
        pairs = zip(self.seconds[size], self.seconds[0])
        return statistics.median(with_macro - without for with_macro, without in pairs)

    def _touch(self, crate, size, comment):
        # Without migrations there is no macro either.
        code = self.code if size else f"use {self.crate} as _;"
        Path(crate, "src/lib.rs").write_text(f"{code}\n// {comment}\n")

    def _workspace(self, workshop):
        return Path(workshop.work, "embedding", self.home)

    def _cargo(self, workshop, *arguments):
        # The dependencies are kept from one call of the benchmark to the next.
        target = workshop.directory / "embedding-target" / self.crate
        return Command(["cargo", *arguments], {**environment(), "CARGO_TARGET_DIR": str(target)})


def ours(name, kind, stamped):
    """Returns our own macro over sealed migrations for a kind of database.

    Without a stamp the lock file does not say that a command has checked the set, so the macro replays it.
    """

    def write(folder, count):
        migrations.write_native(folder, count)
        seal(next(tool for tool in TOOLS if tool.program == OURS), folder, kind)
        if not stamped:
            lock = folder / "migrate.lock"
            lines = lock.read_text().splitlines(keepends=True)
            lock.write_text("".join(line for line in lines if not line.startswith("checked ")))

    return Embedding(
        name,
        f"{kind}-{'stamped' if stamped else 'unstamped'}",
        "migrate_runtime",
        f'migrate-runtime = {{ path = "{REPOSITORY}/migrate-runtime", features = ["sqlite", "postgres", "mysql"] }}',
        "pub static SET: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();",
        write,
    )


def package(size):
    return f"embedded-{size}"
