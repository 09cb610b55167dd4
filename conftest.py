"""What every test may use: real servers, started once a session; in CI an absent server is a failure, never a skip."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from kafka_server import Kafka
from moto_server import MotoServer
from servers import MariaDB, PostgreSQL, ServerAbsentError, WhenceServer, own_folder
from trino_server import TrinoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_Server = TypeVar("_Server")


def _running(kind: Callable[[Path], AbstractContextManager[_Server]], name: str) -> Iterator[_Server]:
    """Give a running server in a folder of its own; skip what needs it when its program is not on this machine."""
    try:
        with own_folder(name) as folder, kind(folder) as server:
            yield server
    except ServerAbsentError as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def _postgres_server() -> Iterator[PostgreSQL]:
    yield from _running(PostgreSQL, "postgres")


@pytest.fixture(scope="session")
def _mariadb_server() -> Iterator[MariaDB]:
    yield from _running(MariaDB, "mariadb")


@pytest.fixture
def postgres_url(_postgres_server: PostgreSQL) -> Iterator[str]:
    """Give the SQLAlchemy URL (psycopg 3) of a fresh PostgreSQL database."""
    with _postgres_server.database() as url:
        yield url


@pytest.fixture
def mariadb_url(_mariadb_server: MariaDB) -> Iterator[str]:
    """Give the SQLAlchemy URL (PyMySQL) of a fresh MariaDB database."""
    with _mariadb_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """Give a running Apache Kafka that makes topics as they are asked for; each test takes topics of its own."""
    yield from _running(Kafka, "kafka")


@pytest.fixture(scope="module")
def _trino_server() -> Iterator[TrinoServer]:
    yield from _running(TrinoServer, "trino")


@pytest.fixture
def trino_server(_trino_server: TrinoServer) -> TrinoServer:
    """Give a running Trino; a test may kill it."""
    _trino_server.revive()
    return _trino_server


@pytest.fixture(scope="session")
def _moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    with MotoServer(tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture
def aws(_moto_server: MotoServer, monkeypatch: pytest.MonkeyPatch) -> MotoServer:
    """Give an empty AWS (moto's server), which the environment points to: clients need no arguments."""
    _moto_server.reset()
    for name, value in _moto_server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # it remembers the environment it was made in
    return _moto_server


@pytest.fixture(scope="module")
def whence_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhenceServer]:
    """Give a running `whence serve` on an empty data folder, one a test module."""
    with WhenceServer(tmp_path_factory.mktemp("whence")) as server:
        yield server


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skip into a failure in CI: what could not run there was not verified."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything must run: {report.longrepr}"
