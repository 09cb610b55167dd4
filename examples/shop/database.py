"""The shop's database: PostgreSQL or SQLite, by its SQLAlchemy URL in SHOP_DATABASE_URL.

Run as a program it says whether that database can be used. On PostgreSQL everything lies in a schema of its own, so
that nothing of anybody else's is touched.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from whence.model import dataset_for_url

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Connection, Engine

    from whence.model import DatasetId

DEFAULT_URL = "sqlite:///shop.db"
SCHEMA = "whence_demo"


def open_database(url: str | None = None) -> Engine:
    """Connect to the shop's database."""
    place = make_url(url or os.environ.get("SHOP_DATABASE_URL") or DEFAULT_URL)
    patience = {"connect_timeout": 3} if place.get_backend_name() == "postgresql" else {}
    return create_engine(place, connect_args=patience)


@contextmanager
def transaction(engine: Engine) -> Generator[Connection]:
    """Open a transaction in which the shop's tables need no schema before their names."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        yield connection


def table(engine: Engine, name: str) -> DatasetId:
    """Name a table as the SQLAlchemy hook names it."""
    schema = SCHEMA if engine.dialect.name == "postgresql" else None
    return dataset_for_url(engine.url.render_as_string(hide_password=True), name, schema=schema)


def main() -> int:
    """Say whether the database can be used."""
    engine = open_database()
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, ImportError) as fault:
        print(str(getattr(fault, "orig", None) or fault).strip().splitlines()[0])
        return 1
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
