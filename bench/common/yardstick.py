"""The databases' own clients, with the very statements that our command sends, in the same messages.

What our command sends to a server is recorded by the proxy and played back, the first look at a history
that does not exist yet included: the clients go on after that error. For SQLite, which has no wire,
it is put together from the rows that our command left behind.
"""
import sqlite3
from pathlib import Path

from . import migrations
from .process import Command, environment, run_or_fail
from .proxy import Proxy

# How our command ends a statement inside a message.
END = "\n;\n"
# Migrations in one transaction.
GROUP = 200


def command(workshop, tool, kind, port=None):
    """Returns the client's command for what `tool` does to an empty database."""
    script = Path(workshop.work, f"yardstick-{kind}.sql")
    if not script.exists():
        makers = {"sqlite": sqlite, "postgres": postgres, "mysql": mysql}
        script.write_text(makers[kind](workshop, tool))
    server = workshop.server(kind)
    client = server.client(port) if port else server.client()
    return Command(client, environment(), script)


def bare(workshop, kind, port=None):
    """Returns the client's command for the migrations' SQL alone, in one transaction where there are such, and in
    one message: nothing is recorded, nothing can be undone.

    No tool can be faster.
    """
    script = Path(workshop.work, f"yardstick-bare-{kind}.sql")
    statements = [one for number in range(1, workshop.count + 1) for one in migrations.upgrade(number)]
    if kind != "mysql":
        statements = ["BEGIN", *statements, "COMMIT"]
    if kind == "postgres":
        text = "\n\\;\n".join(statements) + "\n;\n"
    elif kind == "mysql":
        text = "DELIMITER //\n" + ";\n".join(statements) + "\n//\n"
    else:
        text = ";\n".join(statements) + ";\n"
    script.write_text(text)
    server = workshop.server(kind)
    return Command(server.client(port) if port else server.client(), environment(), script)


def recorded(workshop, tool, kind):
    server = workshop.server(kind)
    server.empty()
    with Proxy(server.socket, kind) as proxy:
        run_or_fail(workshop.apply(tool, kind, proxy.port), workshop.work)
        return proxy.texts


def postgres(workshop, tool):
    # `\;` ends a statement without ending psql's message.
    texts = recorded(workshop, tool, "postgres")
    return "".join(text.removesuffix(END).replace(END, "\n\\;\n") + "\n;\n" for text in texts)


def mysql(workshop, tool):
    # The client sends what stands before its own delimiter as one message.
    texts = recorded(workshop, tool, "mysql")
    return "DELIMITER //\n" + "".join(f"{text}\n//\n" for text in texts)


def sqlite(workshop, tool):
    server = workshop.server("sqlite")
    server.empty()
    run_or_fail(workshop.apply(tool, "sqlite"), workshop.work)
    connection = sqlite3.connect(server.path)
    ours = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE '%migrat%'"
    tables = dict(connection.execute(ours).fetchall())
    rows = {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for name in tables}
    connection.close()
    lines = ["BEGIN IMMEDIATE;", *(f"{sql};" for sql in tables.values()), "COMMIT;"]
    for first in range(1, workshop.count + 1, GROUP):
        numbers = range(first, min(first + GROUP, workshop.count + 1))
        lines.append("BEGIN IMMEDIATE;")
        for number in numbers:
            lines += ["SAVEPOINT one;", migrations.upgrade_text(number), "RELEASE SAVEPOINT one;"]
        for name, all_rows in rows.items():
            group = all_rows[first - 1:first - 1 + GROUP]
            lines.append(f'INSERT INTO "{name}" VALUES {", ".join(map(literals, group))};')
        lines.append("COMMIT;")
    return "\n".join(lines)


def literals(row):
    return "(" + ", ".join(map(literal, row)) + ")"


def literal(value):
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
