from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from whence_server.query.errors import QueryError
from whence_server.query.stats import intervals
from whence_server.query.times import instant

NOW = dt.datetime(2026, 3, 30, 12, 34, 56, tzinfo=dt.UTC)


def test_a_day_is_twenty_four_whole_hours_up_to_now():
    bounds = intervals("DAY", "UTC", NOW)
    assert (len(bounds), instant(bounds[0]), instant(bounds[-1])) == (
        25,
        "2026-03-29T13:00:00Z",
        "2026-03-30T13:00:00Z",
    )


def test_a_week_is_seven_days_of_the_time_zone():
    assert [instant(bound) for bound in intervals("WEEK", "UTC", NOW)[::7]] == [
        "2026-03-24T00:00:00Z",
        "2026-03-31T00:00:00Z",
    ]
    assert instant(intervals("WEEK", "Asia/Seoul", NOW)[0]) == "2026-03-23T15:00:00Z"


def test_a_day_on_which_clocks_change_is_shorter():
    bounds = intervals("WEEK", "Europe/Berlin", NOW)
    hours = [(end - start) // 3_600_000_000 for start, end in pairwise(bounds)]
    assert hours == [24, 24, 24, 24, 24, 23, 24]


@pytest.mark.parametrize("zone", ["Nowhere/At all", "", "..", "/etc/localtime"])
def test_unknown_zones_are_refused(zone):
    with pytest.raises(QueryError, match="IANA"):
        intervals("WEEK", zone, NOW)
