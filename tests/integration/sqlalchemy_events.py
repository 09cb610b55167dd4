"""What the SQLAlchemy hook must tell, as a program: run under an older SQLAlchemy, it prints the same as under ours.

    uv run --isolated --with sqlalchemy==1.4.54 python tests/integration/sqlalchemy_events.py FOLDER [POSTGRES_URL]

Only names that all of 1.4, 2.0 and 2.1 have are used. Prints one line a job: what it read, what it wrote, how many
rows.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base

import whence

META = sa.MetaData()
SOURCE = sa.Table("source", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
TARGET = sa.Table("target", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
OTHER = sa.Table("other", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))


def jobs(engine: sa.engine.Engine) -> None:
    """Do what engines of every kind can do."""
    with whence.job("begin"), engine.begin() as connection:
        connection.execute(TARGET.insert().from_select(["id", "name"], sa.select(SOURCE.c.id, SOURCE.c.name)))
    with whence.job("rollback"), engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(sa.select(SOURCE.c.id)).fetchall()
        connection.execute(TARGET.delete())
        transaction.rollback()
    with whence.job("forgotten"), engine.connect() as connection:
        connection.begin()
        connection.execute(TARGET.delete())
    with whence.job("autocommit"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("insert into other values (50, 'x')"))
    with whence.job("savepoint"), engine.begin() as connection:
        connection.execute(OTHER.delete())
        inner = connection.begin_nested()
        connection.execute(TARGET.delete())
        inner.rollback()
    with whence.job("many"), engine.begin() as connection:
        connection.execute(OTHER.insert(), [{"id": n, "name": "x"} for n in range(100, 150)])
    with whence.job("outer_join"), engine.connect() as connection:
        query = sa.select(TARGET.c.id, OTHER.c.name).select_from(TARGET.outerjoin(OTHER, TARGET.c.id == OTHER.c.id))
        connection.execute(query).fetchall()
    with whence.job("raw"):
        raw = engine.raw_connection()
        raw.cursor().execute("delete from other where id = 100")
        raw.commit()
        raw.close()
    with whence.job("orm"), Session(engine) as session:
        mapped = type("Mapped", (declarative_base(metadata=META),), {"__table__": OTHER})
        session.add_all([mapped(id=1000 + n, name="x") for n in range(5)])
        session.commit()
        assert session.execute(sa.select(mapped).where(mapped.id == 1000)).scalars().one()


def server_jobs(engine: sa.engine.Engine) -> None:
    """Do what only a server can do (and UPDATE..FROM, which 1.4 does not know of SQLite)."""
    with whence.job("update_from"), engine.begin() as connection:
        connection.execute(TARGET.update().where(TARGET.c.id == SOURCE.c.id).values(name=SOURCE.c.name))
    with whence.job("two_phase"), engine.connect() as connection:
        for ending in ("commit", "rollback"):
            transaction = connection.begin_twophase()
            connection.execute((TARGET if ending == "commit" else OTHER).delete())
            transaction.prepare()
            getattr(transaction, ending)()
    with whence.job("returning"), Session(engine) as session:
        mapped = type("Counted", (declarative_base(),), {"__table__": sa.Table(
            "counted", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20))
        )})  # fmt: skip
        mapped.__table__.create(session.connection())
        session.add_all([mapped(name="x") for _ in range(1500)])
        session.commit()


async def async_jobs(folder: Path) -> None:
    """Do what async engines do."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  aiosqlite may be absent

    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/async.db")
    async with engine.begin() as connection:
        await connection.run_sync(META.create_all)

    async def work(number: int) -> None:
        with whence.job(f"async{number}"):
            async with engine.begin() as connection:
                await connection.execute((SOURCE, TARGET, OTHER)[number].insert(), [{"id": 1, "name": "x"}])

    await asyncio.gather(*(work(number) for number in range(3)))
    await engine.dispose()


def told(path: Path) -> dict[str, str]:
    """Return what each job told, without the parts of names that differ between databases."""
    jobs: dict[str, str] = {}
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if event["eventType"] != "COMPLETE":
            continue
        sides = []
        for key in ("inputs", "outputs"):
            names = []
            for each in sorted(event[key], key=lambda each: each["name"]):
                rows = each.get("outputFacets", {}).get("outputStatistics", {}).get("rowCount")
                names.append(each["name"].rpartition(".")[2] + (f"={rows}" if rows is not None else ""))
            sides.append("+".join(names))
        jobs[event["job"]["name"]] = " > ".join(sides)
    return jobs


def main() -> None:
    folder = Path(sys.argv[1])
    path = folder / "events.jsonl"
    whence.configure(sinks=f"file:{path}", spool_dir=str(folder / "spool"), poll_s=0.02)
    whence.install("sqlalchemy", "sqlite3", "psycopg", "psycopg2")
    for url in (f"sqlite:///{folder}/a.db", *sys.argv[2:]):
        engine = sa.create_engine(url)
        META.create_all(engine)
        with engine.begin() as connection:
            connection.execute(SOURCE.insert(), [{"id": n, "name": "x"} for n in range(3)])
        jobs(engine)
        if engine.dialect.name != "sqlite":
            server_jobs(engine)
        engine.dispose()
        assert whence.flush(20).is_complete
        for name, what in sorted(told(path).items()):
            print(engine.dialect.name, name, what)
        path.write_text("")
    asyncio.run(async_jobs(folder))
    assert whence.flush(20).is_complete
    for name, what in sorted(told(path).items()):
        print(name, what)
    whence.shutdown()


if __name__ == "__main__":
    main()
