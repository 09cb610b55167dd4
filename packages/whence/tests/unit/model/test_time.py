import datetime as dt

import pytest

from whence.errors import NamingError
from whence.model import format_event_time, now_us, parse_event_time

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def micros(text):
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01T00:00:00Z",
        "2026-11-21T09:30:00.000Z",
        "2024-07-05T09:04:13.979349+00:00",
        "2024-02-29T23:59:59.9-11:30",
        "2000-02-29T00:00:00+14:00",
        "1969-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "1900-03-01T00:00:00Z",
        "2025-06-18T13:32:10.03Z",
    ],
)
def test_reads_rfc_3339(text):
    assert parse_event_time(text) == (micros(text), "")


def test_small_letters_are_rfc_3339_too():
    assert parse_event_time("2026-11-21t09:30:00z") == parse_event_time("2026-11-21T09:30:00Z")
    assert parse_event_time("2026-11-21T09:30:00.5z") == (micros("2026-11-21T09:30:00.5Z"), "")


def test_fraction_beyond_microseconds_is_cut():
    assert parse_event_time("2026-11-21T09:30:00.123456789Z")[0] == micros("2026-11-21T09:30:00.123456Z")


def test_leap_second_is_the_next_second():
    assert parse_event_time("2016-12-31T23:59:60Z")[0] == micros("2017-01-01T00:00:00Z")


def test_without_zone_is_utc_and_said():
    assert parse_event_time("2021-11-03T10:53:52.427343") == (micros("2021-11-03T10:53:52.427343Z"), "without_zone")
    assert parse_event_time("2021-11-03T10:53:52") == (micros("2021-11-03T10:53:52Z"), "without_zone")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-11-21 09:30:00Z", "2026-11-21T09:30:00Z"),
        ("2026-11-21 09:30:00.5+00:00", "2026-11-21T09:30:00.5Z"),
        ("2026-11-21T09:30Z", "2026-11-21T09:30:00Z"),
        ("2026-11-21T09:30+02:00", "2026-11-21T07:30:00Z"),
        ("2026-11-21T09:30:00+0200", "2026-11-21T07:30:00Z"),
        ("2026-11-21T09:30:00-02", "2026-11-21T11:30:00Z"),
        ("2026-11-21T09:30:00.25+01:00[Europe/Paris]", "2026-11-21T08:30:00.25Z"),
        ("2026-11-21T09:30:00Z[UTC]", "2026-11-21T09:30:00Z"),
    ],
)
def test_unusual_forms_are_read_and_said(text, means):
    assert parse_event_time(text) == (micros(means), "unusual_form")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "yesterday at ten o'clock",
        "20261121T093000Z",
        "2026-11-21T09",
        "2026-11-21T09:3",
        "2026-11-21T09:30:0",
        "2026-11-21T09:30:00.",
        "2026-11-21T09:30:00.Z",
        "2026-11-21T09:30:00,5Z",
        "2026-11-21T09:30:00X",
        "2026-11-21T09:30:00[Europe/Paris]",
        "2026-11-21T09:30:00+1",
        "2026-11-21T09:30:00+24:00",
        "2026-11-21T09:30:00+00:60",
        "2026-11-21T09:30:00+0a:00",
        "2026-11-21T09:30:00+\u0660\u0660:\u0660\u0660",
        "2026-13-21T09:30:00Z",
        "2026-00-21T09:30:00Z",
        "2026-11-00T09:30:00Z",
        "2026-11-31T09:30:00Z",
        "2026-02-29T09:30:00Z",
        "1900-02-29T09:30:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T09:60:00Z",
        "2026-11-21T09:30:61Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "+026-11-21T09:30:00Z",
        " 026-11-21T09:30:00Z",
        "2026-11-21T09:30:00Z ",
        "\u0662\u0660\u0662\u0666-11-21T09:30:00Z",
        "2026-11-21T1_:30:00Z",
    ],
)
def test_refuses_what_is_no_date_time(text):
    with pytest.raises(NamingError, match=r"is no date-time; write one as 2026-11-21T09:30:00\.000Z"):
        parse_event_time(text)


def test_writes_utc_with_microseconds():
    assert format_event_time(0) == "1970-01-01T00:00:00.000000Z"
    assert format_event_time(-1) == "1969-12-31T23:59:59.999999Z"
    assert format_event_time(micros("2024-02-29T12:34:56.789012Z")) == "2024-02-29T12:34:56.789012Z"


@pytest.mark.parametrize("far", [10**30, -(10**30), 253_402_300_800_000_000])
def test_writes_only_years_of_four_digits(far):
    with pytest.raises(NamingError, match="outside the years 1 to 9999"):
        format_event_time(far)


def test_now_is_now():
    before = dt.datetime.now(dt.UTC)
    now = EPOCH + dt.timedelta(microseconds=now_us())
    assert before - dt.timedelta(microseconds=1) <= now <= dt.datetime.now(dt.UTC)
