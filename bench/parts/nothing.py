"""Nothing to do: the whole command with everything applied, and its round trips on the wire."""
from common.process import run_or_fail
from common.proxy import Proxy
from common.report import Targets, fastest_peer, find, ratio, table, timings
from common.rounds import Contestant, measure
from common.workshop import say

TITLE = "Nothing to do"


def run(workshop):
    text, targets = "", Targets()
    for kind in ("sqlite", "postgres", "mysql"):
        say(f"nothing to do: {kind}")
        server = workshop.server(kind)
        results, trips = section(workshop, kind)
        text += f"### {server.title}\n\n{timings(results)}\n"
        own = find(results, "cargo migrate")
        targets.at_most(f"{server.title}: ours ÷ the fastest peer", ratio(own, fastest_peer(results)), 0.7)
        if kind == "sqlite":
            continue
        rows = [[name, str(connecting), str(after)] for name, connecting, after in trips]
        text += table(["round trips", "to connect", "after that"], rows) + "\n"
        after = next((after for name, _, after in trips if name == "cargo migrate"), None)
        targets.at_most(f"{server.title}: our round trips after connecting", after, 1)
    return text + targets.text()


def section(workshop, kind):
    """Times all tools, each on a database of its own state, and counts their round trips."""
    contestants, trips = [], []
    server = workshop.server(kind)
    for tool in workshop.tools(kind):
        database = f"applied_{tool.name.replace(' ', '_').replace(',', '')}"
        home = server.named(database)
        home.empty(**tool.state)
        command = workshop.apply(tool, kind, server=home)
        run_or_fail(command, workshop.work)
        contestants.append(Contestant(tool.name, command, ours=tool.ours))
        if kind != "sqlite":
            with Proxy(home.socket, kind) as proxy:
                run_or_fail(workshop.apply(tool, kind, proxy.port, home), workshop.work)
                trips.append((tool.name, proxy.connecting, proxy.round_trips))
    # It is short, so more rounds are affordable.
    return measure(contestants, workshop.rounds * 3, workshop.work), trips
