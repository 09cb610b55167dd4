"""Whatever happens to a segment's bytes, every record that is still intact is found, in order, and nothing else is."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from whence.emit._frames import HEADER_BYTES, Gap, Record, frame, scan

# Bodies are events: UTF-8 JSON. Any text is one, so that marks, lengths and braces get into them.
bodies = st.lists(
    st.one_of(st.text(max_size=40), st.dictionaries(st.text(max_size=5), st.integers(), max_size=3)).map(
        lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    ),
    max_size=8,
)
damage = st.tuples(
    st.sampled_from(["cut", "insert", "overwrite", "delete"]),
    st.integers(0, 400),
    st.binary(min_size=1, max_size=30) | st.just(b"\xff\xfeW1") | st.just(b"\xff\xfeW1\x05\x00\x00\x00"),
)


def layout(records):
    """Give the records' places as (start, end, body)."""
    position, places = 0, []
    for body in records:
        places.append((position, position + HEADER_BYTES + len(body), body))
        position = places[-1][1]
    return places


def apply(data, kind, at, noise):
    """Damage the data; gives it with the span of old bytes that are gone and the shift of what follows."""
    at = min(at, len(data))
    if kind == "cut":
        return data[:at], (at, len(data)), 0
    if kind == "insert":
        return data[:at] + noise + data[at:], (at, at), len(noise)
    end = min(at + len(noise), len(data))
    if kind == "delete":
        return data[:at] + data[end:], (at, end), at - end
    return data[:at] + noise[: end - at] + data[end:], (at, end), 0


def survivors(records, span, shift):
    """List the bodies of the records that no damaged byte touches, where they lie now."""
    start, end = span
    before = [(a, z, body) for a, z, body in layout(records) if z <= start]
    after = [(a + shift, z + shift, body) for a, z, body in layout(records) if a >= end and z > start]
    return before + after


@given(bodies)
def test_records_read_back(records):
    data = b"".join(map(frame, records))
    found, settled = scan(data, final=False)
    assert [each.body for each in found if isinstance(each, Record)] == records
    assert (len(found), settled) == (len(records), len(data))


@given(bodies, st.booleans(), st.lists(damage, min_size=1, max_size=1))
@settings(max_examples=500)
def test_every_intact_record_survives_damage(records, final, damages):
    data = b"".join(map(frame, records))
    ((kind, at, noise),) = damages
    damaged, span, shift = apply(data, kind, at, noise)
    found, settled = scan(damaged, final=final)
    intact = [tuple(each) for each in found if isinstance(each, Record)]
    assert set(survivors(records, span, shift)) <= set(intact)
    # What is found beside them was written whole after all: an overwrite with the same bytes, a deletion of one record.
    assert {body for _, _, body in intact} <= set(records)
    check_cover(found, settled, damaged, final=final)


@given(st.binary(max_size=300), st.booleans())
def test_noise_holds_no_records_and_is_covered(noise, final):
    found, settled = scan(noise, final=final)
    assert not [each for each in found if isinstance(each, Record) and each.body]
    check_cover(found, settled, noise, final=final)


def check_cover(found, settled, data, *, final):
    """Each byte up to `settled` belongs to exactly one record or gap; at the end all are settled."""
    position = 0
    for each in found:
        assert each.start == position
        assert each.end > each.start
        position = each.end
    assert position == settled
    assert not final or settled == len(data)
    assert not any(isinstance(a, Gap) and isinstance(b, Gap) for a, b in pairwise(found))


@given(bodies, st.integers(1, 5), st.integers(0, 60))
def test_reading_in_parts_finds_what_reading_at_once_finds(records, limit, garbage):
    data = b"\x00" * garbage + b"".join(map(frame, records))
    whole, _ = scan(data, final=True)
    parts, position = [], 0
    while position < len(data):
        found, position = scan(data[position:], position, final=True, limit=limit)
        parts += found
    assert parts == whole


@given(bodies, st.data())
def test_a_growing_segment_is_read_once_and_whole(records, data):
    """A reader that comes by at any moments of a living writer's writes sees each record once, and no gap."""
    written = b"".join(map(frame, records))
    seen, position = [], 0
    moments = data.draw(st.lists(st.integers(0, len(written)), max_size=6).map(sorted))
    for moment in [*moments, len(written)]:
        found, position = scan(written[position:moment], position, final=False)
        seen += found
    assert [each.body for each in seen] == records
