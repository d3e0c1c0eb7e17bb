"""One logical set of small migrations, written in every tool's own layout.

A migration creates a table with five columns and an index on it; its way back drops the table. The
statements are the same, byte for byte, for every tool, and valid on all three servers.
"""
from datetime import datetime, timedelta
from pathlib import Path

FIRST = datetime(2020, 1, 1)


def version(number):
    """Returns a timestamp; the first migration is number 1."""
    return (FIRST + timedelta(minutes=number)).strftime("%Y%m%d%H%M%S")


def table(number):
    return f"bench_{number:05d}"


def upgrade(number):
    """Returns the statements of a migration."""
    name = table(number)
    return [
        f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name VARCHAR(64) NOT NULL, "
        "quantity INTEGER NOT NULL DEFAULT 0, made_at TIMESTAMP NULL, live BOOLEAN)",
        f"CREATE INDEX {name}_name ON {name} (name)",
    ]


def upgrade_text(number):
    return ";\n".join(upgrade(number)) + ";\n"


def downgrade_text(number):
    return f"DROP TABLE {table(number)};\n"


def write_native(folder, count):
    """Writes `<version>_<name>.sql` with both halves, as this project's command expects them."""
    for number in range(1, count + 1):
        path = Path(folder, f"{version(number)}_bench_{number}.sql")
        path.write_text(
            f"-- upgrade\n{upgrade_text(number)}\n-- downgrade\n{downgrade_text(number)}"
        )


def write_sqlx(folder, count):
    """Writes `<version>_<name>.up.sql` and `.down.sql`."""
    for number in range(1, count + 1):
        stem = f"{version(number)}_bench_{number}"
        Path(folder, f"{stem}.up.sql").write_text(upgrade_text(number))
        Path(folder, f"{stem}.down.sql").write_text(downgrade_text(number))


def write_refinery(folder, count):
    """Writes `V<number>__<name>.sql`; there are no ways back."""
    for number in range(1, count + 1):
        Path(folder, f"V{number}__bench_{number}.sql").write_text(upgrade_text(number))


def write_diesel(folder, count):
    """Writes `<version>_<name>/up.sql` and `down.sql`."""
    for number in range(1, count + 1):
        directory = Path(folder, f"{version(number)}_bench_{number}")
        directory.mkdir()
        Path(directory, "up.sql").write_text(upgrade_text(number))
        Path(directory, "down.sql").write_text(downgrade_text(number))
