"""What the embedding macro adds to `cargo check` of an otherwise empty crate, by number of migrations."""
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from common import migrations
from common.process import Command, environment, run_or_fail
from common.report import Targets, milliseconds, table
from common.tools import OURS, REPOSITORY, TOOLS
from common.workshop import say, seal

TITLE = "Embedding in a crate: `cargo check` after a touch"

# Seconds that our macro may add.
BOUNDS = {1000: 0.15, 5000: 0.6}


@dataclass
class Library:
    """A library whose macro embeds a folder of migrations."""

    name: str
    crate: str
    dependency: str
    code: str
    write: Callable
    seconds: dict = field(default_factory=dict)


# The macros are built as a user's are: without optimisation.
LIBRARIES = [
    Library(
        "cargo migrate",
        "migrate_runtime",
        f'migrate-runtime = {{ path = "{REPOSITORY}/migrate-runtime", features = ["sqlite"] }}',
        "pub static SET: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();",
        migrations.write_native,
    ),
    Library(
        "sqlx",
        "sqlx",
        'sqlx = { version = "=0.9.0", default-features = false, '
        'features = ["sqlite", "runtime-tokio", "macros", "migrate"] }',
        'pub static SET: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");',
        migrations.write_sqlx,
    ),
    Library(
        "refinery",
        "refinery",
        'refinery = { version = "=0.10.0", default-features = false, features = ["rusqlite-bundled"] }',
        'mod embedded { refinery::embed_migrations!("./migrations"); }\n'
        "pub fn runner() -> refinery::Runner { embedded::migrations::runner() }",
        migrations.write_refinery,
    ),
]


def run(workshop):
    sizes = [0, 100] if workshop.quick else [0, 1000, 5000]
    for library in LIBRARIES:
        prepare(workshop, library, sizes)
    for number in range(workshop.rounds):
        say(f"expand: round {number + 1}")
        for library in LIBRARIES:
            for size in sizes:
                wall = check(workshop, library, size, f"round {number}")
                library.seconds.setdefault(size, []).append(wall)
    return report(sizes)


def prepare(workshop, library, sizes):
    """Makes a workspace with a crate for each size, and builds what they depend on."""
    say(f"expand: building what {library.name} depends on")
    home = workspace(workshop, library)
    home.mkdir(parents=True)
    members = ", ".join(f'"{package(size)}"' for size in sizes)
    Path(home, "Cargo.toml").write_text(f'[workspace]\nresolver = "3"\nmembers = [{members}]\n')
    for size in sizes:
        crate = home / package(size)
        Path(crate, "src").mkdir(parents=True)
        Path(crate, "Cargo.toml").write_text(
            f'[package]\nname = "{package(size)}"\nversion = "0.0.0"\nedition = "2024"\n\n'
            f"[dependencies]\n{library.dependency}\n"
        )
        if size:
            fill(library, crate / "migrations", size)
        touch(library, crate, size, "first")
    run_or_fail(cargo(workshop, library, "check"), home)


def fill(library, folder, size):
    """Writes a folder of `size` migrations; ours are sealed."""
    folder.mkdir()
    library.write(folder, size)
    if library.crate == "migrate_runtime":
        seal(next(tool for tool in TOOLS if tool.program == OURS), folder, "sqlite")


def touch(library, crate, size, comment):
    # Without migrations there is no macro either.
    code = library.code if size else f"use {library.crate} as _;"
    Path(crate, "src/lib.rs").write_text(f"{code}\n// {comment}\n")


def check(workshop, library, size, comment):
    """Returns the seconds of a check after the file with the macro was touched."""
    home = workspace(workshop, library)
    touch(library, home / package(size), size, comment)
    return run_or_fail(cargo(workshop, library, "check", "--offline", "-p", package(size)), home).wall


def workspace(workshop, library):
    return Path(workshop.work, "expand", library.crate)


def package(size):
    return f"embedded-{size}"


def cargo(workshop, library, *arguments):
    # The dependencies are kept from one call of the benchmark to the next.
    target = workshop.directory / "expand-target" / library.crate
    return Command(["cargo", *arguments], {**environment(), "CARGO_TARGET_DIR": str(target)})


def report(sizes):
    rows, targets = [], Targets()
    for library in LIBRARIES:
        nothing = library.seconds[0]
        added = {
            size: statistics.median(a - b for a, b in zip(library.seconds[size], nothing))
            for size in sizes[1:]
        }
        rows.append([
            library.name,
            milliseconds(statistics.median(nothing)),
            *(f"+{milliseconds(added[size])}" for size in sizes[1:]),
        ])
        if library.crate == "migrate_runtime":
            for size, bound in BOUNDS.items():
                targets.at_most(f"seconds added by {size}", added.get(size), bound)
    header = ["ms, median", "no macro", *(f"{size} migrations" for size in sizes[1:])]
    return table(header, rows) + "\n" + targets.text()
