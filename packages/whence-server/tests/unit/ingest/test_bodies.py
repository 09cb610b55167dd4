from __future__ import annotations

import gzip
import zlib

import pytest

from whence_server.errors import RequestError
from whence_server.ingest.bodies import BodyReader, read_body

TEXT = b'{"a": "' + b"x" * 5_000 + b'"}'


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def read(data, coding="", *, limit=100_000, step=7):
    reader = BodyReader(limit=limit, coding=coding)
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    return reader.finish()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" GZIP ", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_codings(coding, packed, step):
    assert read(packed, coding, step=step) == TEXT


def test_an_empty_chunk_means_nothing():
    reader = BodyReader(limit=100, coding="gzip")
    for chunk in (b"", gzip.compress(b"a"), b""):
        reader.feed(chunk)
    assert reader.finish() == b"a"


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (TEXT, "gzip"),
        (gzip.compress(TEXT)[:-9], "gzip"),
        (gzip.compress(TEXT) + b"rubbish", "gzip"),
        (b"", "gzip"),
        (zlib.compress(TEXT)[:20], "deflate"),
    ],
)
def test_what_cannot_be_decompressed(data, coding):
    with pytest.raises(RequestError) as caught:
        read(data, coding)
    assert (caught.value.status, caught.value.error) == (400, "bad_encoding")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "\n"])
def test_unknown_codings(coding):
    if not coding.strip():
        assert read(TEXT, coding) == TEXT
        return
    with pytest.raises(RequestError) as caught:
        read(TEXT, coding)
    assert (caught.value.status, caught.value.error) == (415, "unsupported_encoding")


@pytest.mark.parametrize(("data", "coding"), [(TEXT, ""), (gzip.compress(TEXT), "gzip")])
def test_the_limit_holds_before_and_after_decompression(data, coding):
    assert read(data, coding, limit=len(TEXT)) == TEXT
    with pytest.raises(RequestError) as caught:
        read(data, coding, limit=len(TEXT) - 1)
    assert caught.value.status == 413


def test_a_small_body_that_unfolds_is_refused_without_unfolding_it():
    bomb = gzip.compress(b"\0" * 50_000_000)
    reader = BodyReader(limit=1_000_000, coding="gzip")
    with pytest.raises(RequestError, match="larger than that when decompressed"):
        reader.feed(bomb)
    assert sum(map(len, reader._chunks)) <= 1_000_001


async def chunks(*parts):
    for part in parts:
        yield part


async def test_an_announced_length_beyond_the_limit_is_refused_before_reading():
    async def never():
        raise AssertionError("read")
        yield b""

    with pytest.raises(RequestError, match="announced"):
        await read_body(never(), [(b"content-length", b"11")], 10)


async def test_a_false_or_missing_length_does_not_help():
    for headers in ([], [(b"content-length", b"3")], [(b"content-length", b"many")]):
        with pytest.raises(RequestError, match="more were sent"):
            await read_body(chunks(b"12345", b"67890", b"1"), headers, 10)


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        (b"application/json", True),
        (b"text/plain", True),
        (b"application/json; charset=UTF-8", True),
        (b'application/json; charset="utf-8"', True),
        (b"application/json; charset=utf-16", False),
        (b"application/json; charset=latin-1", False),
    ],
)
async def test_charsets(content_type, taken):
    headers = [(b"content-type", content_type)]
    if taken:
        assert await read_body(chunks(b"{}"), headers, 10) == b"{}"
    else:
        with pytest.raises(RequestError) as caught:
            await read_body(chunks(b"{}"), headers, 10)
        assert caught.value.status == 415
