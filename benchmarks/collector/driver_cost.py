"""What the hooks of database drivers cost the host's thread: CPU per query, all variants interleaved in one run.

    python benchmarks/collector/driver_cost.py [--postgres URL] [--blocks 40] [--queries 300]

For each driver the same query is run bare (nothing installed), through a subclass of the cursor that only calls its
parent (what any wrapper costs), and with the hook: with no run active, for a statement the run knows, and for one seen
for the first time. `sqlalchemy + driver` has both hooks installed against SQLAlchemy's alone, to show that the driver's
hook steps aside. Printed are medians over blocks of the paired differences. Goals (C1, C3 of the collector study): with
no run at most 1 us above the subclass, known at most 8 us, first sight at most 20 us.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg2
import psycopg2.extensions
import pymysql
import sqlalchemy as sa

import whence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBERS = itertools.count()
QUERY = "select id, name from small where id = 1"


class Driver:
    """A driver: how to connect with its own cursor, and with one that only calls its parent."""

    def __init__(self, name: str, connect: Callable[[bool], Any]) -> None:
        self.name = name
        self.connect = connect

    def spend(self, connection: Any, statements: list[str]) -> float:
        """Return microseconds of this thread's CPU per query."""
        cursor = connection.cursor()
        start = time.thread_time()
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
        return (time.thread_time() - start) / len(statements) * 1e6


class PlainSqlite(sqlite3.Cursor):
    """Only calls its parent."""

    def execute(self, sql: str, *args: Any) -> Any:
        """Call the parent."""
        return super().execute(sql, *args)


class PlainSqliteConnection(sqlite3.Connection):
    """Makes such cursors."""

    def cursor(self, factory: Any = PlainSqlite) -> Any:
        """Call the parent."""
        return super().cursor(factory)


class PlainPsycopg(psycopg.Cursor[Any]):
    """Only calls its parent."""

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the parent."""
        return super().execute(query, *args, **kwargs)


class PlainPsycopg2(psycopg2.extensions.cursor):
    """Only calls its parent."""

    def execute(self, query: Any, *args: Any) -> Any:
        """Call the parent."""
        return super().execute(query, *args)


def drivers(url: str | None, mysql: str | None) -> Iterator[Driver]:
    """Yield the drivers whose servers are there."""
    yield Driver("sqlite3", lambda plain: sqlite3.connect(
        ":memory:", factory=PlainSqliteConnection if plain else sqlite3.Connection
    ))  # fmt: skip
    if url:
        place = sa.make_url(url)
        dsn = f"host={place.host} port={place.port} user={place.username} dbname={place.database}"
        yield Driver("psycopg", lambda plain: psycopg.connect(
            dsn, autocommit=True, cursor_factory=PlainPsycopg if plain else psycopg.Cursor
        ))  # fmt: skip
        yield Driver("psycopg2", lambda plain: psycopg2.connect(dsn, cursor_factory=PlainPsycopg2 if plain else None))
    if mysql:
        place = sa.make_url(mysql)
        yield Driver("PyMySQL", lambda _: pymysql.connect(
            host=place.host, port=place.port, user=place.username, password=place.password or "",
            database=place.database,
        ))  # fmt: skip


def statements(kind: str, queries: int) -> list[str]:
    if kind == "first sight":
        return [f"{QUERY} /* {next(NUMBERS)} */" for _ in range(queries)]
    return [QUERY] * queries


def measure(driver: Driver, blocks: int, queries: int) -> dict[str, list[tuple[float, float]]]:
    """Return pairs of (bare, with) for each situation."""
    kinds = ("subclass", "no run", "known", "first sight")
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for block in range(blocks):
        for kind in kinds:
            cost: dict[bool, float] = {}
            for watched in (True, False) if block % 2 else (False, True):
                if watched and kind != "subclass":
                    whence.install()
                with contextlib.closing(driver.connect(watched and kind == "subclass")) as connection:
                    cursor = connection.cursor()
                    cursor.execute("create temporary table small (id integer, name varchar(20))")
                    cursor.execute("insert into small values (1, 'a')")
                    with whence.job("bench") if kind in ("known", "first sight") else contextlib.nullcontext():
                        driver.spend(connection, statements("known", 5))
                        cost[watched] = driver.spend(connection, statements(kind, queries))
                whence.uninstall()
                whence.flush(10)
            found[kind].append((cost[False], cost[True]))
    return found


def beside_sqlalchemy(url: str, hook: str, blocks: int, queries: int) -> list[tuple[float, float]]:
    """Return pairs of (SQLAlchemy's hook alone, with the driver's hook beside it) in a run, known statement."""
    pairs: list[tuple[float, float]] = []
    query = sa.text(QUERY)
    for block in range(blocks):
        cost: dict[bool, float] = {}
        for both in (True, False) if block % 2 else (False, True):
            whence.install("sqlalchemy", *([hook] if both else []))
            engine = sa.create_engine(url)
            with engine.connect() as connection:
                connection.execute(sa.text("create temporary table small (id integer, name varchar(20))"))
                with whence.job("bench"):
                    for count in (5, queries):
                        start = time.thread_time()
                        for _ in range(count):
                            connection.execute(query).all()
                        cost[both] = (time.thread_time() - start) / count * 1e6
            engine.dispose()
            whence.uninstall()
            whence.flush(10)
        pairs.append((cost[False], cost[True]))
    return pairs


@contextlib.contextmanager
def own_servers(postgres: str | None) -> Iterator[tuple[str | None, str | None]]:
    """Give URLs of servers started for this, None where the machine has none."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from servers import MariaDB, PostgreSQL, ServerAbsentError, own_folder  # noqa: PLC0415  the tests' own

    with contextlib.ExitStack() as stack:
        urls: list[str | None] = []
        for name, kind in (("postgres", PostgreSQL), ("mysql", MariaDB)):
            if name == "postgres" and postgres:
                urls.append(postgres)
                continue
            try:
                server = stack.enter_context(kind(stack.enter_context(own_folder(name))))
                urls.append(stack.enter_context(server.database()))
            except ServerAbsentError as absent:
                print(absent)
                urls.append(None)
        yield urls[0], urls[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", help="a SQLAlchemy URL; without it a server is started if the machine has one")
    parser.add_argument("--blocks", type=int, default=40)
    parser.add_argument("--queries", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_servers(args.postgres) as (postgres, mysql):
        whence.configure(sinks=f"file:{Path(folder) / 'events.jsonl'}", spool_dir=str(Path(folder) / "spool"))
        print(f"{'driver':22}{'situation':14}{'query us':>10}{'added us':>10}{'ratio':>8}")
        results = [(each.name, measure(each, args.blocks, args.queries)) for each in drivers(postgres, mysql)]
        engines = [("sqlite3", "sqlite://")]
        if postgres:
            url = sa.make_url(postgres)
            engines += [(name, str(url.set(drivername=f"postgresql+{name}"))) for name in ("psycopg", "psycopg2")]
        for name, place in engines:
            pairs = beside_sqlalchemy(place, name, args.blocks, args.queries)
            results.append((f"sqlalchemy + {name}", {"known": pairs}))
        for name, found in results:
            for kind, pairs in found.items():
                bare = statistics.median(pair[0] for pair in pairs)
                added = statistics.median(pair[1] - pair[0] for pair in pairs)
                ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
                print(f"{name:22}{kind:14}{bare:10.1f}{added:10.2f}{ratio:8.2f}")
        whence.shutdown()


if __name__ == "__main__":
    main()
