"""Where the benchmark works: its directory, the tools that are there, their migrations and servers."""
import shutil
import sys
from pathlib import Path

from .process import Command, environment, run_or_fail
from .proxy import Proxy
from .servers import Mariadb, Postgres, Sqlite
from .tools import REPOSITORY, TOOLS, apply, find


class Workshop:
    """What every part needs.

    The directory lies below `target`, on the disk that the repository is on: SQLite's flushes are real.
    """

    def __init__(self, quick):
        self.quick = quick
        self.count = 100 if quick else 1000
        self.rounds = 3 if quick else 7
        self.directory = REPOSITORY / "target/bench"
        shutil.rmtree(self.directory / "work", ignore_errors=True)
        self.work = self.directory / "work"
        self.work.mkdir(parents=True)
        self.missing = {tool.program for tool in TOOLS if find(tool) is None}
        self._folders = {}
        self._servers = {}
        self._forwarders = {}

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def server(self, kind):
        """Returns a server; those of `tests/run` are reached by the variables that it sets."""
        if kind not in self._servers:
            makers = {"sqlite": lambda: Sqlite(self.work), "postgres": Postgres, "mysql": Mariadb}
            self._servers[kind] = makers[kind]()
        return self._servers[kind]

    def tools(self, kind):
        """Returns the tools for a kind of database that are installed, ours first."""
        return [tool for tool in TOOLS if kind in tool.kinds and tool.program not in self.missing]

    def folder(self, tool, kind, count=None):
        """Returns a folder of migrations in a tool's layout; ours are sealed."""
        key = (tool.write, kind if tool.ours else "any", count or self.count)
        if key not in self._folders:
            folder = self.work / f"migrations-{len(self._folders)}"
            folder.mkdir()
            tool.write(folder, key[2])
            if tool.ours:
                seal(tool, folder, kind)
            self._folders[key] = folder
        return self._folders[key]

    def apply(self, tool, kind, port=None, server=None):
        """Returns the command by which a tool applies what is pending.

        A tool that knows no unix sockets gets a port that leads to the socket.
        """
        if port is None and kind in tool.needs_port:
            port = self._forwarder(kind).port
        url = (server or self.server(kind)).url(port)
        return apply(tool, self.folder(tool, kind), url, kind)

    def _forwarder(self, kind):
        if kind not in self._forwarders:
            self._forwarders[kind] = Proxy(self.server(kind).socket, kind)
        return self._forwarders[kind]


def seal(tool, folder, kind):
    arguments = ["migrate", "lock", "--dir", str(folder), "--database", kind]
    run_or_fail(Command([find(tool), *arguments], environment()), folder)


def say(text):
    """Tells how far the benchmark is."""
    print(text, file=sys.stderr, flush=True)
