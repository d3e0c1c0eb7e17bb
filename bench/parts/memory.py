"""Peak resident memory of a fresh apply."""
from common.process import peak_memory
from common.report import Targets, mebibytes, table
from common.workshop import say

TITLE = "Peak memory of a fresh apply"

LIMIT = 32  # MiB


def run(workshop):
    kinds = ("sqlite", "postgres", "mysql")
    found, targets = {}, Targets()
    for kind in kinds:
        say(f"memory: {kind}")
        server = workshop.server(kind)
        for tool in workshop.tools(kind):
            server.empty(**tool.state)
            size = peak_memory(workshop.apply(tool, kind), workshop.work)
            found.setdefault(tool.name, {})[kind] = size
            if tool.ours:
                size = None if size is None else size / 1024 / 1024
                targets.at_most(f"{server.title}: ours, MiB", size, LIMIT)
    rows = [
        [name, *(mebibytes(sizes[kind]) if kind in sizes else "-" for kind in kinds)]
        for name, sizes in found.items()
    ]
    return table(["MiB", "SQLite", "Postgres", "MariaDB"], rows) + "\n" + targets.text()
