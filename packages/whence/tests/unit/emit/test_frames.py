from __future__ import annotations

from whence.emit._frames import HEADER_BYTES, MARK, Gap, Record, frame, scan

A, B = b'{"a":1}', b'{"b":2}'


def test_records_in_order():
    data = frame(A) + frame(B)
    end = HEADER_BYTES + len(A)
    assert scan(data, 100, final=False) == (
        [Record(100, 100 + end, A), Record(100 + end, 100 + len(data), B)],
        100 + len(data),
    )


def test_an_empty_body_is_a_record():
    assert scan(frame(b""), final=True) == ([Record(0, HEADER_BYTES, b"")], HEADER_BYTES)


def test_nothing():
    assert scan(b"", final=True) == ([], 0)


def test_a_limit_stops_early():
    data = frame(A) + frame(B)
    assert scan(data, final=True, limit=1) == ([Record(0, len(frame(A)), A)], len(frame(A)))


def test_an_unfinished_tail_waits_while_more_may_come_and_is_a_gap_at_the_end():
    for cut in range(1, len(frame(B))):
        data = frame(A) + frame(B)[:cut]
        start = len(frame(A))
        assert scan(data, final=False) == ([Record(0, start, A)], start)
        assert scan(data, final=True) == ([Record(0, start, A), Gap(start, len(data))], len(data))


def test_damage_is_a_gap_up_to_the_next_intact_record():
    damaged = bytearray(frame(A))
    damaged[-1] ^= 1
    data = bytes(damaged) + frame(B)
    assert scan(data, final=False) == ([Gap(0, len(damaged)), Record(len(damaged), len(data), B)], len(data))


def test_a_damaged_length_cannot_swallow_what_follows():
    damaged = bytearray(frame(A))
    damaged[len(MARK)] = 0xFF
    data = bytes(damaged) + frame(B)
    assert [each for each in scan(data, final=False)[0] if isinstance(each, Record)] == [
        Record(len(damaged), len(data), B)
    ]


def test_a_mark_in_the_damage_misleads_nobody():
    data = b"junk" + MARK + b"junk" + MARK + frame(B)
    assert scan(data, final=False)[0][-1] == Record(len(data) - len(frame(B)), len(data), B)
