"""Event times: text to microseconds since 1970 in UTC and back, exactly.

Only the date-time of RFC 3339 (what JSON Schema's `date-time` means) is a time, plus four forms that real producers
write and that leave no doubt: no zone (read as UTC), no seconds (Java's ZonedDateTime.toString), an offset without
colon (strftime's %z), and a region after the offset (`+02:00[Europe/Paris]`). The caller is told which one it was and
can warn. Neither `datetime` nor `re` is used: both cost more to import than this module to run. It must not read the
clock for anything but `now_us`.
"""

from __future__ import annotations

import time

from whence.errors import NamingError, shown

_DAYS_BEFORE_MONTH = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH_DAY = 719_162  # days from 0001-01-01 to 1970-01-01
_MINUTE_US = 60_000_000
_DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z: what the text form can hold
_FIRST_US = -_EPOCH_DAY * _DAY_US
_LAST_US = 253_402_300_799_999_999

_SHORTEST = len("2026-11-21T09:30")
_CLOCK_DIGITS = len("20261121093000")

EXACT = ""
WITHOUT_ZONE = "without_zone"
UNUSUAL_FORM = "unusual_form"


def now_us() -> int:
    """Return the present time in microseconds since 1970 in UTC."""
    return time.time_ns() // 1000


def parse_event_time(text: str) -> tuple[int, str]:
    """Read a date-time; return (microseconds since 1970 in UTC, remark).

    The remark is empty, "without_zone" (UTC was assumed) or "unusual_form". Fractions beyond microseconds are cut.
    Raises NamingError when the text is no date-time.
    """
    clock, rest, remark = _split_clock(text)
    year, month, day = int(clock[:4]), int(clock[4:6]), int(clock[6:8])
    hour, minute, second = int(clock[8:10]), int(clock[10:12]), int(clock[12:14])
    if not (1 <= month <= 12 and 1 <= day <= _DAYS_IN_MONTH[month] and hour < 24 and minute < 60 and second <= 60):  # noqa: PLR2004  (clock)
        raise _no_time(text)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if year == 0 or (month == 2 and day == 29 and not leap):  # noqa: PLR2004  (calendar)
        raise _no_time(text)
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + _DAYS_BEFORE_MONTH[month] + day - 1 - _EPOCH_DAY
    if leap and month > 2:  # noqa: PLR2004  (calendar)
        days += 1
    micros = days * _DAY_US + (hour * 3600 + minute * 60 + second) * _SECOND_US
    if rest == "Z" or rest == "+00:00":  # noqa: PLR1714  (twice as fast as a set, and on every event's path)
        return micros, remark
    fraction_us, offset, zone_remark = _split_zone(text, rest)
    micros += fraction_us - offset * _MINUTE_US
    if not _FIRST_US <= micros <= _LAST_US:
        raise _no_time(text)
    return micros, zone_remark or remark


def format_event_time(micros: int) -> str:
    """Return the date-time in UTC with six digits of fraction, as `2026-11-21T09:30:00.000001Z`.

    Raises NamingError outside the years 1 to 9999.
    """
    if not _FIRST_US <= micros <= _LAST_US:
        raise NamingError(
            micros, f"{micros} microseconds lie outside the years 1 to 9999; give microseconds since 1970 in UTC"
        )
    days, in_day = divmod(micros, _DAY_US)
    seconds, fraction = divmod(in_day, _SECOND_US)
    year, month, day = _civil(days)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{fraction:06d}Z"


def _civil(days: int) -> tuple[int, int, int]:
    """Return (year, month, day) of a day number since 1970 (H. Hinnant, "chrono-compatible date algorithms")."""
    shifted = days + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9  # noqa: PLR2004  (Hinnant)
    return year_of_era + era * 400 + (month <= 2), month, day  # noqa: PLR2004  (Hinnant)


def _split_clock(text: str) -> tuple[str, str, str]:
    """Return (fourteen digits of date and time, what follows them, remark)."""
    if len(text) < _SHORTEST or text[4] != "-" or text[7] != "-" or text[13] != ":" or text[10] not in "Tt ":
        raise _no_time(text)
    remark = UNUSUAL_FORM if text[10] == " " else EXACT
    if text[16:17] == ":":
        digits, rest = text[:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + text[17:19], text[19:]
    else:
        digits, rest, remark = (
            text[:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + "00",
            text[16:],
            UNUSUAL_FORM,
        )
    if len(digits) != _CLOCK_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise _no_time(text)
    return digits, rest, remark


def _split_zone(text: str, rest: str) -> tuple[int, int, str]:
    """Return (microseconds of the fraction, offset from UTC in minutes, remark)."""
    fraction_us = 0
    if rest[:1] == ".":
        zone = rest[1:].lstrip("0123456789")
        digits = rest[1 : len(rest) - len(zone)]
        if not digits:
            raise _no_time(text)
        fraction_us, rest = int(digits[:6].ljust(6, "0")), zone
    remark = EXACT
    if rest[-1:] == "]":
        rest, remark = rest[: rest.find("[")], UNUSUAL_FORM
        if not rest:
            raise _no_time(text)
    if not rest:
        return fraction_us, 0, WITHOUT_ZONE
    if rest in ("Z", "z"):
        return fraction_us, 0, remark
    minutes, form = _offset(text, rest)
    return fraction_us, minutes, form or remark


def _offset(text: str, zone: str) -> tuple[int, str]:
    """Return (minutes east of UTC, remark) of `+02:00`, `+0200` or `+02`."""
    digits = zone[1:3] + zone[4:] if zone[3:4] == ":" else zone[1:]
    remark = EXACT if len(zone) == len("+02:00") else UNUSUAL_FORM
    if zone[0] not in "+-" or len(digits) not in (2, 4) or not (digits.isascii() and digits.isdigit()):
        raise _no_time(text)
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:  # noqa: PLR2004  (clock)
        raise _no_time(text)
    east = hours * 60 + minutes
    return (-east if zone[0] == "-" else east), remark


def _no_time(text: str) -> NamingError:
    return NamingError(text, f"{shown(text)} is no date-time; write one as 2026-11-21T09:30:00.000Z (RFC 3339)")
