"""The servers that the scenarios talk to, those of the tests: PostgreSQL, moto (S3, Athena), a recording DataHub."""
# ruff: noqa: PLC0415  the libraries are only needed where the servers are

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tests"))

from gms_server import Catalogue, GmsServer  # noqa: E402  the tests' folder is no package
from moto_server import MotoServer  # noqa: E402
from servers import PostgreSQL, own_folder  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 12 << 20


class Played(NamedTuple):
    """What became of a process that played scenarios."""

    catalogue: Catalogue
    errors: str
    proposals: list[dict[str, Any]]


class Stage:
    """Where scenarios are played: the servers, filled."""

    def __init__(self, database: str, moto: MotoServer) -> None:
        self._database = database
        self._moto = moto
        self._parquet = _parquet()

    def play(self, python: Path | str, package: str, names: list[str], limit_s: float = 120.0) -> Played:
        """Play scenarios in a fresh process of this Python, under the collector of this package."""
        self._fill()
        with GmsServer() as gms, tempfile.TemporaryDirectory() as folder:
            command = [str(python), str(HERE / "_paths_play.py"), package, *names]
            environ = self._environment(gms.url, folder)
            try:
                done = subprocess.run(
                    command, env=environ, cwd=folder, capture_output=True, text=True, timeout=limit_s, check=False
                )
                errors = done.stderr if done.returncode else ""
            except subprocess.TimeoutExpired:
                errors = f"did not end within {limit_s:g} s"
            return Played(gms.catalogue(), errors, gms.proposals)

    def _environment(self, gms: str, folder: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            **self._moto.environment(),
            "PATHS_DATABASE": self._database,
            "DATAHUB_GMS_URL": gms,
            "AIL_DATAHUB_GMS_URL": gms,
            "AIL_DATAHUB_ENABLED": "true",
            "WHENCE_POLL_S": "0.05",
        }

    def _fill(self) -> None:
        self._moto.reset()
        self._moto.bucket("lake", "results")
        self._moto.put("lake", "in/rows.csv", b"id\n1\n")
        self._moto.put("lake", "in/large.bin", b"x" * LARGE)
        self._moto.put("lake", "parquet/rows.parquet", self._parquet)
        for _ in range(8):  # for each query there may be one
            self._moto.results({"id": "integer"}, (1,))


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    body = io.BytesIO()
    parquet.write_table(pa.table({"id": [1, 2]}), body)
    return body.getvalue()


@contextmanager
def stage() -> Iterator[Stage]:
    """Start the servers, fill them, and stop them."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgreSQL(stack.enter_context(own_folder("postgres"))))
        database = stack.enter_context(postgres.database())
        moto = stack.enter_context(MotoServer(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        make_tables(database)
        yield Stage(database, moto)


def make_tables(database: str) -> None:
    """Make the tables that the scenarios read and write."""
    import psycopg

    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        for table in ("orders", "users", "summary"):
            connection.execute(f"create table {table} as select 1 as id")
