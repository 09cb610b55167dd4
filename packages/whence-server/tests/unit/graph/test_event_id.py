from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence_server.graph.event_id import LENGTH, event_id, event_time_of, time_prefix

TIMES = st.integers(-(1 << 62), 1 << 62)


@given(TIMES, TIMES)
def test_ids_sort_by_event_time(one, other):
    ids = event_id(one, {"a": 1}), event_id(other, {"a": 1})
    assert (ids[0] < ids[1], ids[0] == ids[1]) == (one < other, one == other)
    assert event_time_of(ids[0]) == one
    assert len(ids[0]) == LENGTH
    assert ids[0].startswith(time_prefix(one))


def test_the_order_of_keys_does_not_matter_and_values_do():
    assert event_id(1, {"a": 1, "b": 2}) == event_id(1, {"b": 2, "a": 1}) != event_id(1, {"a": 1, "b": 3})


def test_small_and_large_events_hash_alike():
    ids = {event_id(1, {"a": "x" * size}) for size in (10, 1_990, 2_000, 5_000, 63_000, 70_000, 200_000)}
    assert len(ids) == 7
