"""The databases that are migrated: how to empty one, count its tables and name it in a URL.

Postgres and MariaDB are the private servers of `tests/run`; SQLite is a file on a real disk.
"""
import os
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .process import output_of

COUNT = "table_name LIKE 'bench\\_%'"


class Sqlite:
    kind = "sqlite"
    title = "SQLite on disk"

    def __init__(self, directory, name="bench"):
        self.directory = directory
        self.path = Path(directory, f"{name}.db")

    def named(self, name):
        """Returns another database of this server."""
        return Sqlite(self.directory, name)

    def empty(self, write_ahead_log=False):
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        self.path.touch()
        if write_ahead_log:
            # The header that says so is written with the first page.
            connection = sqlite3.connect(self.path)
            connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE a (b); DROP TABLE a;")
            connection.close()

    def tables(self):
        connection = sqlite3.connect(self.path)
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name GLOB 'bench_[0-9]*'"
        (count,) = connection.execute(query).fetchone()
        connection.close()
        return count

    def url(self, port=None):
        return f"sqlite://{self.path}"

    def client(self):
        return ["sqlite3", "-batch", "-bail", "-init", os.devnull, str(self.path)]

    def version(self):
        return f"SQLite {output_of(['sqlite3', '--version']).split()[0]} (the client's; tools bundle their own)"


class Postgres:
    kind = "postgres"
    title = "Postgres"

    def __init__(self, name="bench"):
        self.name = name
        url = urlsplit(os.environ["DATABASE_URL_POSTGRES"])
        self.user = url.username
        self.directory = parse_qs(url.query)["host"][0]
        self.socket = Path(self.directory, ".s.PGSQL.5432")
        self.psql = real_psql()

    def named(self, name):
        """Returns another database of this server."""
        return Postgres(name)

    def sql(self, text, database="postgres"):
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return output_of([self.psql, *options, "-h", self.directory, "-U", self.user, "-d", database], text)

    def empty(self):
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE);")
        self.sql(f"CREATE DATABASE {self.name};")
        self.sql("CHECKPOINT;")

    def tables(self):
        return int(self.sql(f"SELECT count(*) FROM information_schema.tables WHERE {COUNT}", self.name))

    def url(self, port=None):
        if port is None:
            return f"postgres://{self.user}@localhost/{self.name}?host={self.directory}"
        return f"postgres://{self.user}@127.0.0.1:{port}/{self.name}"

    def client(self, port=None):
        options = ["-X", "-q", "-o", os.devnull, "-f", "-"]
        return [self.psql, *options, self.url(port)]

    def version(self):
        return "PostgreSQL " + self.sql("SHOW server_version").strip()


class Mariadb:
    kind = "mysql"
    title = "MariaDB"

    def __init__(self, name="bench"):
        self.name = name
        url = urlsplit(os.environ["DATABASE_URL_MYSQL"])
        self.user = url.username
        self.socket = Path(parse_qs(url.query)["socket"][0])
        self.program = shutil.which("mariadb") or "mysql"

    def named(self, name):
        """Returns another database of this server."""
        return Mariadb(name)

    def arguments(self):
        return [self.program, "--no-defaults", "-S", str(self.socket), "-u", self.user, "-N", "-B"]

    def sql(self, text):
        return output_of(self.arguments(), text)

    def empty(self):
        self.sql(f"DROP DATABASE IF EXISTS {self.name}; CREATE DATABASE {self.name};")

    def tables(self):
        where = f"table_schema = '{self.name}' AND {COUNT}"
        return int(self.sql(f"SELECT count(*) FROM information_schema.tables WHERE {where}"))

    def url(self, port=None):
        if port is None:
            return f"mysql://{self.user}@localhost/{self.name}?socket={self.socket}"
        return f"mysql://{self.user}@127.0.0.1:{port}/{self.name}"

    def client(self):
        return [*self.arguments(), "--force", self.name]

    def version(self):
        return self.sql("SELECT version()").strip()


def real_psql():
    """Returns the program itself: Debian's `psql` is a Perl script that takes tens of milliseconds."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    return str(found[-1]) if found else "psql"
