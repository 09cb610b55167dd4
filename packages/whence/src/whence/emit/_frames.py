r"""How a record lies in the spool, and how intact records are found among damaged bytes.

A record is a mark (4 bytes), the body's length and its CRC-32 (each 4 bytes, little-endian), then the body: one event
as UTF-8 JSON. The mark begins with the bytes ff fe, which no UTF-8 text holds, so it can stand in no body: a reader
that lost its way goes to the next mark whose length and checksum agree and is in step again. The checksum starts from
the length, so a damaged length cannot pass.

Must not: do I/O, or look into a body.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple
from zlib import crc32

MARK = b"\xff\xfeW1"
_HEADER = Struct("<4sII")
HEADER_BYTES = _HEADER.size


class Record(NamedTuple):
    """One intact record: `start` and `end` are its offsets in the segment, `body` is the event's bytes."""

    start: int
    end: int
    body: bytes


class Gap(NamedTuple):
    """Bytes from `start` to `end` that are no record: torn by a death or damaged on the disk."""

    start: int
    end: int


def frame(body: bytes) -> bytes:
    """Return the record of an event's bytes."""
    size = len(body)
    return _HEADER.pack(MARK, size, crc32(body, size)) + body


def scan(data: bytes, base: int = 0, *, final: bool, limit: int | None = None) -> tuple[list[Record | Gap], int]:
    """Find at most `limit` records and gaps in `data`, whose first byte lies at offset `base` of the segment.

    Returns them in order with the offset up to which all is settled. Not `final` means that more bytes may follow: a
    tail that may still become a record is left unsettled. When `final`, such a tail is a gap. Cost: one pass, plus one
    checksum per mark.
    """
    found: list[Record | Gap] = []
    position = 0
    while position < len(data) and len(found) != limit:
        body = _body_at(data, position)
        if body is not None:
            end = position + HEADER_BYTES + len(body)
            found.append(Record(base + position, base + end, body))
        else:
            end = _next_intact(data, position)
            if end is None:
                if not final:
                    break
                end = len(data)
            found.append(Gap(base + position, base + end))
        position = end
    return found, base + position


def _body_at(data: bytes, position: int) -> bytes | None:
    """Return the body of the intact record at `position`, or None when there is none, or not all of it."""
    if not data.startswith(MARK, position) or len(data) - position < HEADER_BYTES:
        return None
    _, size, checksum = _HEADER.unpack_from(data, position)
    start = position + HEADER_BYTES
    if start + size > len(data):
        return None
    body = data[start : start + size]
    return body if crc32(body, size) == checksum else None


def _next_intact(data: bytes, position: int) -> int | None:
    """Return where the next intact record after `position` starts, or None when none does."""
    at = data.find(MARK, position + 1)
    while at >= 0:
        if _body_at(data, at) is not None:
            return at
        at = data.find(MARK, at + 1)
    return None
