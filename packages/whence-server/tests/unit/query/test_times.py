from __future__ import annotations

import pytest

from whence_server.query.errors import QueryError
from whence_server.query.times import instant, instant_or_none, micros_of


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_767_225_610_000_000, "2026-01-01T00:00:10Z"),
        (1_767_225_610_120_000, "2026-01-01T00:00:10.120Z"),
        (1_767_225_610_000_001, "2026-01-01T00:00:10.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_instants_have_the_fraction_they_need(micros, text):
    assert instant(micros) == text
    assert micros_of(text, "at") == micros


def test_no_time_is_null():
    assert instant_or_none(None) is None


@pytest.mark.parametrize(
    "text", ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00 01:00", "2026-01-01 00:00:00"]
)
def test_days_and_offsets_are_read(text):
    assert instant(micros_of(text, "before")) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026", "1767225610"])
def test_what_is_no_time_is_refused_with_its_name(text):
    with pytest.raises(QueryError, match="before must be a date-time") as refused:
        micros_of(text, "before")
    assert refused.value.path == "before"
