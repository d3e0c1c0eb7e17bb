"""The commands that are compared. To add one: its layout in `migrations.py`, a row in `TOOLS`."""
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import migrations
from .process import Command, environment, output_of

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = "cargo-migrate"


@dataclass(frozen=True)
class Tool:
    """A migration tool's command."""

    name: str
    program: str
    write: Callable  # (folder, count): writes the migrations in its layout
    arguments: Callable  # (folder, url, kind): arguments that apply what is pending
    version: str = "--version"
    kinds: tuple = ("sqlite", "postgres", "mysql")
    environment: Callable = lambda url: {}
    # Does not speak to unix sockets by itself.
    needs_port: tuple = ()
    # Options for `empty` of the server.
    state: dict = field(default_factory=dict)

    @property
    def ours(self):
        return self.program == OURS


def ours_arguments(folder, url, kind):
    return ["migrate", "run", "--dir", folder, "--database", kind, "--url", url]


def sqlx_arguments(folder, url, kind):
    return ["migrate", "run", "--no-dotenv", "--source", folder, "--database-url", url]


def refinery_arguments(folder, url, kind):
    return ["migrate", "-e", "BENCH_URL", "-p", folder]


def refinery_environment(url):
    # Its own reading of URLs knows no parameters; the socket's directory passes as the host's name.
    base, _, directory = url.partition("?host=")
    if directory:
        base = base.replace("localhost", directory.replace("/", "%2F") + ":5432")
    return {"BENCH_URL": base}


def diesel_arguments(folder, url, kind):
    if kind == "sqlite":
        url = url.removeprefix("sqlite://")
    url = url.replace("?socket=", "?unix_socket=")
    return ["migration", "run", "--migration-dir", folder, "--database-url", url]


TOOLS = [
    Tool("cargo migrate", OURS, migrations.write_native, ours_arguments),
    Tool("sqlx", "sqlx", migrations.write_sqlx, sqlx_arguments),
    Tool(
        "sqlx, WAL file", "sqlx", migrations.write_sqlx, sqlx_arguments,
        kinds=("sqlite",), state={"write_ahead_log": True},
    ),
    Tool(
        "refinery", "refinery", migrations.write_refinery, refinery_arguments,
        environment=refinery_environment, needs_port=("mysql",),
    ),
    Tool("diesel", "diesel", migrations.write_diesel, diesel_arguments),
]


def find(tool):
    """Returns the path of a tool's program; `None` when it is nowhere."""
    directories = [os.environ.get("BENCH_BIN", ""), os.environ["PATH"]]
    if tool.ours:
        directories.insert(0, str(REPOSITORY / "target/release"))
    return shutil.which(tool.program, path=os.pathsep.join(filter(None, directories)))


def apply(tool, folder, url, kind):
    """Returns the command by which a tool applies what is pending."""
    return Command(
        [find(tool), *tool.arguments(str(folder), url, kind)],
        {**environment(), **tool.environment(url)},
    )


def version(tool):
    """Returns the first line of what a tool says of its version."""
    return output_of([find(tool), tool.version]).splitlines()[0]
