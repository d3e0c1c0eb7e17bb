"""What the embedding macro adds to `cargo check` of an otherwise empty crate, by number of migrations."""
import statistics

from common import migrations
from common.embedding import Embedding, ours
from common.report import Targets, milliseconds, table
from common.workshop import say

TITLE = "Embedding in a crate: `cargo check` after a touch"

# Seconds that our macro may add.
BOUNDS = {1000: 0.15, 5000: 0.6}


def libraries():
    # The macros are built as a user's are: without optimisation.
    return [
        ours("cargo migrate", "sqlite", stamped=True),
        Embedding(
            "sqlx",
            "sqlx",
            "sqlx",
            'sqlx = { version = "=0.9.0", default-features = false, '
            'features = ["sqlite", "runtime-tokio", "macros", "migrate"] }',
            'pub static SET: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");',
            migrations.write_sqlx,
        ),
        Embedding(
            "refinery",
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
    compared = libraries()
    for library in compared:
        library.prepare(workshop, sizes)
    for number in range(workshop.rounds):
        say(f"expand: round {number + 1}")
        for library in compared:
            library.measure(workshop, sizes, f"round {number}")
    return report(compared, sizes)


def report(compared, sizes):
    rows, targets = [], Targets()
    for library in compared:
        added = {size: library.added(size) for size in sizes[1:]}
        rows.append([
            library.name,
            milliseconds(statistics.median(library.seconds[0])),
            *(f"+{milliseconds(added[size])}" for size in sizes[1:]),
        ])
        if library.crate == "migrate_runtime":
            for size, bound in BOUNDS.items():
                targets.at_most(f"seconds added by {size}", added.get(size), bound)
    header = ["ms, median", "no macro", *(f"{size} migrations" for size in sizes[1:])]
    return table(header, rows) + "\n" + targets.text()
