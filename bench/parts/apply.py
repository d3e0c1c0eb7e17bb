"""Applying all migrations to an empty database, through every tool and the database's own client."""
from common import yardstick
from common.proxy import Proxy
from common.report import Targets, fastest_peer, find, ratio, timings
from common.rounds import Contestant, measure
from common.workshop import say

TITLE = "Fresh apply"

# Of the delaying proxy: half a millisecond each way.
LATENCY = 0.0005
CLIENTS = {"sqlite": "sqlite3", "postgres": "psql", "mysql": "mariadb"}


def run(workshop):
    text = "A migration creates a table with five columns and an index.\n\n"
    targets = Targets()
    sqlite = section(workshop, "sqlite")
    for peer in ("sqlx", "diesel"):
        targets.at_least(f"SQLite on disk: {peer} ÷ ours", ratio(find(sqlite, peer), ours(sqlite)), 10)
    local = section(workshop, "postgres")
    targets.at_least("Postgres, local: best peer ÷ ours", ratio(fastest_peer(local), ours(local)), 1.5)
    server = workshop.server("postgres")
    with Proxy(server.socket, "postgres", LATENCY) as proxy:
        remote = section(workshop, "postgres", proxy.port)
    targets.at_least("Postgres, 1 ms: best peer ÷ ours", ratio(fastest_peer(remote), ours(remote)), 5)
    mariadb = section(workshop, "mysql")
    targets.at_least("MariaDB: best peer ÷ ours", ratio(fastest_peer(mariadb), ours(mariadb)), 1.2)
    sections = {
        "SQLite on disk": sqlite,
        "Postgres, local": local,
        "Postgres, 1 ms away": remote,
        "MariaDB, local": mariadb,
    }
    for title, results in sections.items():
        client = next(result for result in results if result.contestant.yardstick)
        client = client if client.failure is None else None
        targets.at_most(f"{title}: ours ÷ the client", ratio(ours(results), client), 1.15)
        text += f"### {title}\n\n{timings(results)}\n"
    return text + targets.text()


def ours(results):
    return find(results, "cargo migrate")


def section(workshop, kind, port=None):
    say(f"apply: {kind}" + (" through the delaying proxy" if port else ""))
    server = workshop.server(kind)
    contestants = [contestant(workshop, tool, kind, port) for tool in workshop.tools(kind)]
    ours = next(tool for tool in workshop.tools(kind) if tool.ours)
    contestants.append(Contestant(
        f"{CLIENTS[kind]}, the same messages",
        yardstick.command(workshop, ours, kind, port),
        prepare=server.empty,
        problem=lambda: problem(workshop, server),
        yardstick=True,
    ))
    return measure(contestants, workshop.rounds, workshop.work)


def contestant(workshop, tool, kind, port):
    server = workshop.server(kind)
    return Contestant(
        tool.name,
        workshop.apply(tool, kind, port),
        prepare=lambda: server.empty(**tool.state),
        problem=lambda: problem(workshop, server),
        ours=tool.ours,
    )


def problem(workshop, server):
    found = server.tables()
    return None if found == workshop.count else f"{found} tables instead of {workshop.count}"
