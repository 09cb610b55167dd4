"""The spool as a whole: whatever the disk did to segments, a new reader gets every intact record of each, once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from whence.emit._encode import encode_event
from whence.emit._folder import Folder
from whence.emit._frames import frame
from whence.emit._notices import Notices
from whence.emit._source import SpoolSource

events = st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=30), max_size=3), max_size=6)
# Noise begins with a byte that no JSON text ends with, so that it cannot happen to make a torn record whole.
cuts = st.tuples(st.integers(0, 7), st.binary(max_size=20).map(lambda noise: b"\x00" + noise if noise else b""))


@given(st.lists(st.tuples(events, cuts), min_size=1, max_size=3), st.integers(1, 4), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_a_reader_gets_every_intact_record_of_every_segment(segments, max_events, max_bytes):
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path)
        expected = []
        for number, (held, (cut, noise)) in enumerate(segments):
            bodies = [encode_event(event)[0] for event in held]
            records = list(map(frame, bodies))
            at = min(cut, len(records))
            # A torn record, as a death leaves it, with another writer's noise behind it, amid intact ones.
            torn = records[at][:-1] if at < len(records) else b""
            Path(folder.file(f"{number}.seg")).write_bytes(b"".join([*records[:at], torn, noise, *records[at + 1 :]]))
            expected += bodies[:at] + bodies[at + 1 :]
        source = SpoolSource(folder, "sink", Notices())
        got = []
        while batch := source.read(max_events, max_bytes):
            assert len(batch) <= max_events
            got += [entry.body for entry in batch]
        source.settle([])
        assert got == expected
        sizes = {segment.name: segment.size for segment in folder.segments()}
        assert {name: n for name, n in source.taken.items() if n} == {name: n for name, n in sizes.items() if n}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=())), json_values, max_size=4))
def test_an_event_is_always_strict_json_and_the_same_bytes(event):
    body, is_repaired = encode_event(event)
    assert encode_event(event) == (body, is_repaired)
    assert b"\xff" not in body

    def refuse(constant):
        raise AssertionError(constant)

    value = json.loads(body, parse_constant=refuse)
    assert is_repaired or value == event
    assert encode_event(value) == (body, False)
