"""What the embedding macro adds to `cargo check` of an otherwise empty crate, by number of migrations."""
import statistics
from pathlib import Path

from common import migrations
from common.process import Command, environment, run_or_fail
from common.report import Targets, milliseconds, table
from common.tools import OURS, REPOSITORY, TOOLS
from common.workshop import say, seal

TITLE = "Embedding in a crate: `cargo check` after a touch"

BOUNDS = {1000: 0.15, 5000: 0.6}


class Library:
    """A crate that embeds a folder of migrations."""

    def __init__(self, name, dependencies, code, write):
        self.name, self.dependencies, self.code, self.write = name, dependencies, code, write
        self.seconds = {}


# The macros are built as a user's are: without optimisation.
LIBRARIES = [
    Library(
        "cargo migrate",
        f'migrate-runtime = {{ path = "{REPOSITORY}/migrate-runtime", features = ["sqlite"] }}',
        "pub static SET: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();",
        migrations.write_native,
    ),
    Library(
        "sqlx",
        'sqlx = { version = "=0.9.0", default-features = false, '
        'features = ["sqlite", "runtime-tokio", "macros", "migrate"] }',
        'pub static SET: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");',
        migrations.write_sqlx,
    ),
    Library(
        "refinery",
        'refinery = { version = "=0.10.0", default-features = false, features = ["rusqlite-bundled"] }',
        'mod embedded { refinery::embed_migrations!("./migrations"); }\n'
        "pub fn runner() -> refinery::Runner { embedded::migrations::runner() }",
        migrations.write_refinery,
    ),
]


def run(workshop):
    for library in LIBRARIES:
        prepare(workshop, library)
    sizes = [0, 100] if workshop.quick else [0, 1000, 5000]
    for size in sizes:
        for library in LIBRARIES:
            fill(workshop, library, size)
            check(workshop, library, "warm")
        for number in range(workshop.rounds):
            for library in LIBRARIES:
                wall = check(workshop, library, f"{size} {number}")
                library.seconds.setdefault(size, []).append(wall)
        say(f"expand: {size} migrations")
    return report(sizes)


def prepare(workshop, library):
    """Makes the crate and builds what it depends on."""
    say(f"expand: building what {library.name} depends on")
    home = directory(workshop, library)
    Path(home, "src").mkdir(parents=True)
    Path(home, "Cargo.toml").write_text(
        '[package]\nname = "embedded"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
        f"[dependencies]\n{library.dependencies}\n"
    )
    fill(workshop, library, 1)
    Path(home, "src/lib.rs").write_text(library.code + "\n")
    run_or_fail(cargo(workshop, library, "check"), home)


def directory(workshop, library):
    return Path(workshop.work, "expand", library.name.replace(" ", "-"))


def cargo(workshop, library, *arguments):
    # The dependencies are kept from one call of the benchmark to the next.
    target = workshop.directory / "expand-target" / library.name.replace(" ", "-")
    return Command(["cargo", *arguments], {**environment(), "CARGO_TARGET_DIR": str(target)})


def fill(workshop, library, size):
    """Gives the crate a folder of `size` migrations; ours are sealed."""
    folder = Path(directory(workshop, library), "migrations")
    if folder.exists():
        for path in folder.iterdir():
            path.unlink()
    folder.mkdir(exist_ok=True)
    library.write(folder, size)
    if library.name == "cargo migrate":
        seal(next(tool for tool in TOOLS if tool.program == OURS), folder, "sqlite")


def check(workshop, library, comment):
    """Returns the seconds of a check after the file with the macro was touched."""
    home = directory(workshop, library)
    Path(home, "src/lib.rs").write_text(f"{library.code}\n// {comment}\n")
    return run_or_fail(cargo(workshop, library, "check", "--offline"), home).wall


def report(sizes):
    rows, targets = [], Targets()
    for library in LIBRARIES:
        median = {size: statistics.median(library.seconds[size]) for size in sizes}
        added = {size: median[size] - median[0] for size in sizes[1:]}
        rows.append([
            library.name,
            milliseconds(median[0]),
            *(f"{milliseconds(median[size])} (+{milliseconds(added[size])})" for size in sizes[1:]),
        ])
        if library.name == "cargo migrate":
            for size, bound in BOUNDS.items():
                targets.at_most(f"seconds added by {size}", added.get(size), bound)
    header = ["ms, median", *(f"{size} migrations" for size in sizes)]
    return table(header, rows) + "\n" + targets.text()
