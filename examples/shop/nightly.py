"""The shop's nightly flow: load the exports into the database, then add them up.

    python nightly.py FOLDER

Two jobs. `load_shop` fails at the first attempt, because the till exported an amount that somebody typed by hand; its
transaction is rolled back, so it wrote nothing and no lineage claims that it did. The flow then asks the till for the
export again and retries.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from database import open_database, table, transaction
from exports import CUSTOMER_COLUMNS, ORDER_COLUMNS, write_exports
from sqlalchemy import text

import whence

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FLOW = "nightly"
ATTEMPTS = 2

EXPORTS = {"customers": CUSTOMER_COLUMNS, "orders": ORDER_COLUMNS}

TABLES = """
DROP TABLE IF EXISTS orders;
DROP TABLE IF EXISTS customers;
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, resident_number TEXT, city TEXT, joined_on TEXT
);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, ordered_at TEXT, amount INTEGER,
    paid_by TEXT, charged_back INTEGER
)
"""

FEATURES = """
CREATE TABLE customer_features (
    customer_id INTEGER PRIMARY KEY, order_count INTEGER, mean_amount REAL, night_share REAL, mail_domain TEXT,
    charged_back INTEGER
)
"""

FILL_FEATURES = """
INSERT INTO customer_features (customer_id, order_count, mean_amount, night_share, mail_domain, charged_back)
SELECT c.customer_id,
       COUNT(*),
       AVG(o.amount),
       AVG(CASE WHEN SUBSTR(o.ordered_at, 12, 2) < '06' THEN 1.0 ELSE 0.0 END),
       MAX({mail_domain}),
       MAX(o.charged_back)
  FROM customers c
  JOIN orders o ON o.customer_id = c.customer_id
 GROUP BY c.customer_id
"""

MAIL_DOMAIN = {
    "sqlite": "SUBSTR(c.email, INSTR(c.email, '@') + 1)",
    "postgresql": "SPLIT_PART(c.email, '@', 2)",
}

CITY_SALES = """
CREATE TABLE city_sales AS
SELECT c.city, COUNT(*) AS order_count, SUM(o.amount) AS revenue
  FROM customers c
  JOIN orders o ON o.customer_id = c.customer_id
 GROUP BY c.city
"""


def load_shop(engine: Engine, folder: Path) -> int:
    """Replace the tables customers and orders by what the exports hold, in one transaction."""
    with transaction(engine) as connection:
        for statement in TABLES.split(";"):
            connection.execute(text(statement))
        rows = sum(insert(connection, folder / f"{name}.csv", name, columns) for name, columns in EXPORTS.items())
    for name, columns in EXPORTS.items():
        copied = {column: [(folder / f"{name}.csv", column, "IDENTITY")] for column in columns}
        whence.add_output(table(engine, name), columns=copied)
    return rows


def insert(connection: Connection, path: Path, name: str, columns: list[str]) -> int:
    """Insert a CSV file's rows into a table."""
    whence.add_input(path, fields=columns)
    statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"  # noqa: S608 - our own names
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row | numbers_of(row, path.name, line) for line, row in enumerate(csv.DictReader(file), start=2)]
    connection.execute(text(statement), rows)
    return len(rows)


def numbers_of(row: dict[str, str], file: str, line: int) -> dict[str, int]:
    """Turn the columns that hold numbers into numbers."""
    found: dict[str, int] = {}
    for column in ("customer_id", "order_id", "amount", "charged_back"):
        if column in row:
            try:
                found[column] = int(row[column])
            except ValueError:
                raise ValueError(f"{file}, line {line}: {column} {row[column]!r} is not a number") from None
    return found


@whence.job(flow=FLOW)
def aggregate_orders(engine: Engine) -> None:
    """Make the tables customer_features and city_sales from customers and orders."""
    with transaction(engine) as connection:
        connection.execute(text("DROP TABLE IF EXISTS customer_features"))
        connection.execute(text("DROP TABLE IF EXISTS city_sales"))
        connection.execute(text(FEATURES))
        connection.execute(text(FILL_FEATURES.format(mail_domain=MAIL_DOMAIN[engine.dialect.name])))
        connection.execute(text(CITY_SALES))


def main(folder: Path) -> None:
    """Run the flow; its jobs become child runs of this one."""
    engine = open_database()
    with whence.job(FLOW, description="What the shop runs every night."):
        for attempt in range(1, ATTEMPTS + 1):
            write_exports(folder, broken=attempt == 1)
            try:
                with whence.job("load_shop", flow=FLOW, attempt=attempt, description=load_shop.__doc__):
                    rows = load_shop(engine, folder)
            except ValueError as fault:
                print(f"load_shop, attempt {attempt}: failed: {fault}")
                if attempt == ATTEMPTS:
                    raise
            else:
                print(f"load_shop, attempt {attempt}: {rows:,} rows loaded")
                break
        aggregate_orders(engine)
        print("aggregate_orders: customer_features and city_sales made")
    engine.dispose()


if __name__ == "__main__":
    whence.install("sqlalchemy")
    main(Path(sys.argv[1]))
