"""Real database servers for tests, from the machine's packages, in a temporary folder, on a free port of 127.0.0.1.

Absent programs raise ServerAbsentError; a server that does not come up raises with the end of its log.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ServerAbsentError(RuntimeError):
    """The program of a server is not on this machine."""


def free_port() -> int:
    """Give a TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, what: str, limit_s: float = 60.0) -> None:
    """Wait until `ready()` holds; raise TimeoutError naming `what` after `limit_s` seconds."""
    end = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > end:
            message = f"{what} did not happen within {limit_s:g} s"
            raise TimeoutError(message)
        time.sleep(0.05)


def _unprivileged(name: str, folder: Path) -> dict[str, str | int]:
    """Say as whom a database server runs: servers refuse root, so root hands the folder to the server's own user."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam(name)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": name, "group": user.pw_gid}


@contextlib.contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """Give a folder for a database server, outside pytest's: each pytest that starts closes that one to other users."""
    with tempfile.TemporaryDirectory(prefix=f"whence-{name}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class _Server:
    """One server process: a folder, a port, and databases made on demand."""

    start_limit_s = 60.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def _initialise(self, command: list[str | Path], identity: dict[str, str | int]) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **identity)

    def _run(self, command: list[str], log: Path, identity: dict[str, str | int]) -> None:
        with log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder, **identity)

    def _await(self, answers: Callable[[], bool], log: Path) -> None:
        def ready() -> bool:
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError(f"the server ended at once: {log.read_text(errors='replace')[-2000:]}")
            return answers()

        wait_until(ready, what=f"{type(self).__name__} on port {self.port} answering", limit_s=self.start_limit_s)


class PostgreSQL(_Server):
    """A PostgreSQL cluster of its own, durability off."""

    def start(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
            Path(p).parent for p in [shutil.which("initdb")] if p
        ]
        if not found:
            raise ServerAbsentError("PostgreSQL's initdb is not on this machine (apt-get install postgresql)")
        programs, log = found[-1], self.folder / "server.log"
        identity = _unprivileged("postgres", self.folder)
        data = self.folder / "data"
        flags = ["--username", "whence", "--auth", "trust", "--encoding", "UTF8", "--no-sync"]
        self._initialise([programs / "initdb", "--pgdata", data, *flags], identity)
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_prepared_transactions": 10,
        }
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self._run([str(programs / "postgres"), "-D", str(data), *flags], log, identity)
        self._await(self._answers, log)

    def _answers(self) -> bool:
        import psycopg  # noqa: PLC0415 - only where a PostgreSQL is

        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=self.port, user="whence", dbname="postgres", connect_timeout=2
            ).close()
            return True
        return False

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Give the SQLAlchemy URL of a fresh database, dropped afterwards."""
        import psycopg  # noqa: PLC0415 - only where a PostgreSQL is

        name = f"test_{next(self._numbers)}"
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="whence", dbname="postgres", autocommit=True
        ) as admin:
            admin.execute(f"CREATE DATABASE {name}")
            yield f"postgresql+psycopg://whence@127.0.0.1:{self.port}/{name}"
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class MariaDB(_Server):
    """A MariaDB server of its own, durability off."""

    def start(self) -> None:
        program, install = shutil.which("mariadbd") or shutil.which("mysqld"), shutil.which("mariadb-install-db")
        if program is None or install is None:
            raise ServerAbsentError("MariaDB's mariadbd is not on this machine (apt-get install mariadb-server)")
        log, data = self.folder / "server.log", self.folder / "data"
        identity = _unprivileged("mysql", self.folder)
        flags = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        self._initialise([install, "--no-defaults", f"--datadir={data}", *flags], identity)
        files = [f"--socket={self.folder / 's.sock'}", f"--pid-file={self.folder / 'pid'}"]
        network = [f"--port={self.port}", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0"]
        self._run([program, "--no-defaults", f"--datadir={data}", *network, *files], log, identity)
        self._await(self._answers, log)

    def _answers(self) -> bool:
        import pymysql  # noqa: PLC0415 - only where a MariaDB is

        with contextlib.suppress(pymysql.err.OperationalError):
            pymysql.connect(host="127.0.0.1", port=self.port, user="root").close()
            return True
        return False

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Give the SQLAlchemy URL of a fresh database, dropped afterwards."""
        import pymysql  # noqa: PLC0415 - only where a MariaDB is

        name = f"test_{next(self._numbers)}"
        admin = pymysql.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True)
        with admin, admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            yield f"mysql+pymysql://root@127.0.0.1:{self.port}/{name}"
            cursor.execute(f"DROP DATABASE {name}")


class WhenceServer(_Server):
    """`whence serve`, as a person starts it, on a data folder of its own."""

    @property
    def url(self) -> str:
        """The address of its API and UI."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id, to kill it or look at its memory."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        program = Path(sys.executable).parent / "whence"
        log = self.folder / "server.log"
        command = [program, "serve", "--host", "127.0.0.1", "--port", self.port, "--data", self.folder / "data"]
        self._run([str(part) for part in command], log, {})
        self._await(self._answers, log)

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health").status_code == httpx.codes.OK
        return False

    def kill(self) -> None:
        """Kill it without a word (SIGKILL); `start` brings it back on the same folder and port."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None
