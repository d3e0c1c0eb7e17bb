"""Applying all migrations to an empty database, through every tool and the database's own client."""
from common import yardstick
from common.proxy import Proxy
from common.report import Targets, fastest_peer, find, ratio, timings
from common.rounds import Contestant, measure
from common.slow_disk import SlowDisk, compiler
from common.workshop import say

TITLE = "Fresh apply"

# Of the delaying proxy: half a millisecond each way.
LATENCY = 0.0005
# What a flush took on the disk on which the targets for SQLite were set.
FLUSH = 0.0025
# With so much waiting a round takes a minute, and differs little from the next.
SLOW_ROUNDS = 3
CLIENTS = {"sqlite": "sqlite3", "postgres": "psql", "mysql": "mariadb"}


def run(workshop):
    text = "A migration creates a table with five columns and an index.\n\n"
    targets = Targets()
    sqlite = section(workshop, "sqlite")
    compare_sqlite(targets, "SQLite on disk", sqlite)
    slow = None
    if compiler():
        slow = section(workshop, "sqlite", disk=SlowDisk(workshop.work, FLUSH))
        compare_sqlite(targets, "SQLite, 2.5 ms more for each flush", slow)
    else:
        say("there is no C compiler: the slow disk is left out")
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
        "SQLite, 2.5 ms more for each flush": slow,
        "Postgres, local": local,
        "Postgres, 1 ms away": remote,
        "MariaDB, local": mariadb,
    }
    for title, results in sections.items():
        if results is None:
            continue
        client = next(result for result in results if result.contestant.yardstick)
        client = client if client.failure is None else None
        targets.at_most(f"{title}: ours ÷ the client", ratio(ours(results), client), 1.15)
        text += f"### {title}\n\n{timings(results)}\n"
    return text + targets.text()


def ours(results):
    return find(results, "cargo migrate")


def compare_sqlite(targets, title, results):
    for peer in ("sqlx", "diesel"):
        targets.at_least(f"{title}: {peer} ÷ ours", ratio(find(results, peer), ours(results)), 10)


def section(workshop, kind, port=None, disk=None):
    say(f"apply: {kind}" + (" through the delaying proxy" if port else "") + (" on a slow disk" if disk else ""))
    server = workshop.server(kind)
    contestants = [of_tool(workshop, tool, kind, port) for tool in workshop.tools(kind)]
    ours = next(tool for tool in workshop.tools(kind) if tool.ours)
    yardsticks = {
        "the same messages": yardstick.command(workshop, ours, kind, port),
        "the bare SQL at once": yardstick.bare(workshop, kind, port),
    }
    contestants += [
        Contestant(
            f"{CLIENTS[kind]}, {title}",
            command,
            prepare=server.empty,
            problem=lambda: problem(workshop, server),
            yardstick=True,
        )
        for title, command in yardsticks.items()
    ]
    if disk is None:
        return measure(contestants, workshop.rounds, workshop.work)
    for contestant in contestants:
        contestant.command = disk.slowed(contestant.command)
    return measure(contestants, min(workshop.rounds, SLOW_ROUNDS), workshop.work)


def of_tool(workshop, tool, kind, port):
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
