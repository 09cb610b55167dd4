from __future__ import annotations

import json
from collections import UserDict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from types import MappingProxyType
from uuid import UUID

import pytest

from whence.emit._encode import encode_event


def test_an_event_is_compact_utf8_in_its_own_order():
    event = {"z": 1, "a": [True, None, 1.5], "name": "주문"}
    assert encode_event(event) == ('{"z":1,"a":[true,null,1.5],"name":"주문"}'.encode(), False)
    assert encode_event(event) == encode_event(dict(event))


@pytest.mark.parametrize(
    ("value", "stands_for"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (datetime(2026, 11, 21, 10, tzinfo=UTC), "2026-11-21T10:00:00+00:00"),
        (date(2026, 11, 21), "2026-11-21"),
        (time(10), "10:00:00"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (PurePosixPath("/a"), "/a"),
        (b"secret", {"notSerialisable": "builtins.bytes"}),
        ({3, 1, 2}, [1, 2, 3]),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (UserDict({1: (2, 3)}), {"1": [2, 3]}),
        ("a\ud800b", "a?b"),
    ],
)
def test_what_json_cannot_hold_is_replaced(value, stands_for):
    body, is_repaired = encode_event({"before": 1, "odd": value, "after": ["x", 1.5]})
    assert is_repaired
    assert json.loads(body) == {"before": 1, "odd": stands_for, "after": ["x", 1.5]}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (date(2026, 11, 21), "2026-11-21"),
        ((1, 2), "notSerialisable builtins.tuple"),
        (b"x", "notSerialisable builtins.bytes"),
        ("\ud800", "?"),
    ],
)
def test_odd_keys_are_named(key, name):
    body, is_repaired = encode_event({key: 1, None: 2, True: 3, 7: 4})
    assert is_repaired
    assert json.loads(body) == {name: 1, "null": 2, "true": 3, "7": 4}


def test_no_repr_is_written():
    class Odd:
        def __repr__(self):
            raise AssertionError

    body, _ = encode_event({"odd": Odd()})
    assert b"Odd" in body
    assert b"notSerialisable" in body


def test_cycles_and_depths_are_cut():
    event = {}
    event["self"] = event
    body, is_repaired = encode_event(event)
    assert is_repaired
    assert b"too deep" in body
    deep = []
    for _ in range(100_000):  # Python 3.12 and later write 5,000 levels
        deep = [deep]
    assert b"too deep" in encode_event({"deep": deep})[0]
