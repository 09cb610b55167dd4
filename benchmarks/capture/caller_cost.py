"""What the SQLAlchemy hook costs the host's thread: CPU per query with and without it, in interleaved blocks.

    python benchmarks/capture/caller_cost.py [--postgres URL] [--blocks 40] [--queries 400]

Three situations with the hook: no run active, a statement known to the run, a statement seen for the first time; beside
them a listener that does nothing, which no hook can undercut. Reference: the same queries while nothing is installed
(listeners removed, SQLAlchemy's own switch for events off). The paired ratio is the median over blocks. The goals are
those of the collector study (C1): 3, 8 and 20 us; 1.4 times the query on SQLite in memory, 1.15 on PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

import whence
from whence.hooks.sqlalchemy import HOOK

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = "select id, name from small where id = :id"


def table(connection: sa.Connection) -> None:
    connection.execute(sa.text("drop table if exists small"))
    connection.execute(sa.text("create table small (id integer primary key, name varchar(20))"))
    connection.execute(sa.text("insert into small values (1, 'a'), (2, 'b')"))
    connection.commit()


def spend(connection: sa.Connection, statements: list[sa.TextClause]) -> float:
    """Return microseconds of this thread's CPU per query."""
    start = time.thread_time()
    for statement in statements:
        connection.execute(statement, {"id": 1}).all()
    return (time.thread_time() - start) / len(statements) * 1e6


def switch(*, on: bool, listener: bool = False) -> None:
    """Listen, with the hook or with a function that does nothing, or be as a process that never listened."""
    if on and listener:
        sa.event.listen(sa.Engine, "after_cursor_execute", nothing)
    elif on:
        HOOK.install()
    else:
        HOOK.uninstall()
        if sa.event.contains(sa.Engine, "after_cursor_execute", nothing):
            sa.event.remove(sa.Engine, "after_cursor_execute", nothing)
        sa.Engine._has_events = False  # noqa: SLF001  SQLAlchemy's own switch


def nothing(*_: object) -> None:
    """Cost the least that a listener can."""


def measure(engine: sa.Engine, blocks: int, queries: int) -> dict[str, list[tuple[float, float]]]:
    """Return pairs of (without, with) for each situation."""
    known = [sa.text(SHORT)] * queries
    numbers = itertools.count()
    pairs: dict[str, list[tuple[float, float]]] = {"empty listener": [], "no run": [], "known": [], "first sight": []}
    with engine.connect() as setup:
        table(setup)
    for block in range(blocks):
        for situation, found in pairs.items():
            once = [sa.text(f"{SHORT} /* {next(numbers)} */") for _ in range(queries)]
            again = [sa.text(f"{SHORT} /* {next(numbers)} */") for _ in range(queries)]
            first, second = (once, again) if situation == "first sight" else (known, known)
            costs: dict[bool, float] = {}
            for on, statements in ((True, first), (False, second)) if block % 2 else ((False, second), (True, first)):
                switch(on=on, listener=situation == "empty listener")
                if situation in ("no run", "empty listener"):
                    with engine.connect() as connection:
                        costs[on] = spend(connection, statements)
                else:
                    with whence.job("bench"), engine.connect() as connection:
                        spend(connection, known[:5])
                        costs[on] = spend(connection, statements)
                switch(on=False)
                whence.flush(10)
            found.append((costs[False], costs[True]))
    return pairs


@contextlib.contextmanager
def own_postgres() -> Iterator[str | None]:
    """Give the URL of a PostgreSQL server started for this, None where there is none."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from servers import PostgreSQL, ServerAbsentError, own_folder  # noqa: PLC0415  the tests' own, found only now

    with own_folder("postgres") as folder:
        try:
            server = PostgreSQL(folder)
            server.start()
        except ServerAbsentError as absent:
            print(absent)
            yield None
            return
        with server.database() as url:
            yield url
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", help="a SQLAlchemy URL; without it a server is started if the machine has one")
    parser.add_argument("--blocks", type=int, default=40)
    parser.add_argument("--queries", type=int, default=400)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        whence.configure(sinks=f"file:{Path(folder) / 'events.jsonl'}", spool_dir=str(Path(folder) / "spool"))
        engines = {"sqlite in memory": sa.create_engine("sqlite://")}
        url = args.postgres or stack.enter_context(own_postgres())
        if url:
            engines["postgres"] = sa.create_engine(url)
        print(f"{'':18}{'situation':16}{'query us':>10}{'added us':>10}{'ratio':>8}")
        for name, engine in engines.items():
            for situation, pairs in measure(engine, args.blocks, args.queries).items():
                without = statistics.median(pair[0] for pair in pairs)
                added = statistics.median(pair[1] - pair[0] for pair in pairs)
                ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
                print(f"{name:18}{situation:16}{without:10.1f}{added:10.1f}{ratio:8.2f}")
            engine.dispose()
        whence.shutdown()


if __name__ == "__main__":
    main()
