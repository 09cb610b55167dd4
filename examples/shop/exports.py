"""The shop's nightly exports: two CSV files of people who do not exist.

The same seed gives the same bytes, so the same content-addressed datasets. Nothing here belongs to anybody: mail
domains end in `.example`, telephone numbers are in a block that is not handed out, and every resident registration
number has a wrong check digit on purpose.
"""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261121
CUSTOMERS = 400
ORDERS = 3_000
BROKEN_ROW = 1_741
"""The data row whose amount was typed by hand in the first export of the night."""

FAMILY = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"]
GIVEN = ["서연", "민준", "지우", "하준", "서윤", "도윤", "지민", "예준", "수아", "시우", "하은", "주원"]
CITIES = ["Seoul", "Busan", "Incheon", "Daegu", "Daejeon", "Gwangju"]
DOMAINS = ["mail.example", "work.example", "freemail.example"]
CHECK_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]

CUSTOMER_COLUMNS = ["customer_id", "name", "email", "phone", "resident_number", "city", "joined_on"]
ORDER_COLUMNS = ["order_id", "customer_id", "ordered_at", "amount", "paid_by", "charged_back"]


def write_exports(folder: Path, *, broken: bool) -> None:
    """Write customers.csv and orders.csv; `broken` leaves in one amount that is no number."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)  # noqa: S311 - a shop that does not exist needs no cryptography
    customers = [_customer(chance, number) for number in range(1, CUSTOMERS + 1)]
    risky = {row[0]: row[2].endswith("freemail.example") for row in customers}
    orders = [_order(chance, number, risky) for number in range(1, ORDERS + 1)]
    if broken:
        orders[BROKEN_ROW - 1][3] = "129,OOO"
    _write(folder / "customers.csv", CUSTOMER_COLUMNS, customers)
    _write(folder / "orders.csv", ORDER_COLUMNS, orders)


def _customer(chance: random.Random, number: int) -> list[str]:
    born = date(1955, 1, 1) + timedelta(days=chance.randrange(365 * 50))
    joined = date(2024, 1, 1) + timedelta(days=chance.randrange(600))
    return [
        str(number),
        chance.choice(FAMILY) + chance.choice(GIVEN),
        f"customer{number}@{chance.choice(DOMAINS)}",
        f"010-0000-{number:04}",
        _resident_number(chance, born),
        chance.choice(CITIES),
        joined.isoformat(),
    ]


def _resident_number(chance: random.Random, born: date) -> str:
    """Make a number of the right form whose check digit is wrong: it can be nobody's."""
    century = 1 if born.year < 2000 else 3  # noqa: PLR2004 - the year in which the digit changed
    digits = f"{born:%y%m%d}{century + chance.randrange(2)}{chance.randrange(100_000):05}"
    right = (11 - sum(int(d) * w for d, w in zip(digits, CHECK_WEIGHTS, strict=True)) % 11) % 10
    return f"{digits[:6]}-{digits[6:]}{(right + 1) % 10}"


def _order(chance: random.Random, number: int, risky: dict[str, bool]) -> list[str]:
    customer = str(chance.randrange(1, CUSTOMERS + 1))
    is_night = chance.random() < (0.4 if risky[customer] else 0.15)
    moment = datetime(2026, 1, 1) + timedelta(days=chance.randrange(300))  # noqa: DTZ001 - the shop's local time
    moment = moment.replace(
        hour=chance.randrange(6) if is_night else chance.randrange(6, 24), minute=chance.randrange(60)
    )
    amount = round(chance.lognormvariate(10.4 if is_night else 10.0, 0.6), -2)
    odds = 0.002 + 0.05 * risky[customer] + 0.04 * is_night + 0.03 * (amount > 60_000)  # noqa: PLR2004 - won
    charged_back = int(chance.random() < odds)
    return [
        str(number),
        customer,
        f"{moment:%Y-%m-%d %H:%M}",
        str(int(amount)),
        chance.choice(["card", "transfer", "wallet"]),
        str(charged_back),
    ]


def _write(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(rows)
