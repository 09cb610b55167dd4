"""Event times: the same numbers as the standard library's, both ways."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from whence.errors import NamingError
from whence.model import format_event_time, parse_event_time

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
# a day away from both ends, where a zone could lead out of the years 1 to 9999
MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001  (hypothesis adds it)


@given(MOMENTS)
def test_reads_as_the_standard_library_does(moment):
    assert parse_event_time(moment.isoformat()) == ((moment - EPOCH) // dt.timedelta(microseconds=1), "")


@given(MOMENTS)
def test_writes_what_the_standard_library_reads(moment):
    micros = (moment - EPOCH) // dt.timedelta(microseconds=1)
    text = format_event_time(micros)
    assert dt.datetime.fromisoformat(text) == moment
    assert parse_event_time(text) == (micros, "")


@given(st.text(st.sampled_from("0123456789-:.TtZz+ []"), max_size=32) | st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text):
    try:
        micros, remark = parse_event_time(text)
    except NamingError:
        return
    assert remark in {"", "without_zone", "unusual_form"}
    assert format_event_time(micros)
