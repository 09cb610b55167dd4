"""Read a request body within bounds, compressed or not: too large a body is refused while it comes in, not after.

Must not hold more than the bound allows in memory: a small gzip body may unfold into gigabytes. Source: RFC 9110
section 8.4.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Protocol

from whence_server.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Sequence

_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS  # finds out by the header
_RAW: Final = -zlib.MAX_WBITS
_CODINGS: Final = {"gzip": _GZIP_OR_ZLIB, "x-gzip": _GZIP_OR_ZLIB, "deflate": _GZIP_OR_ZLIB}
_KNOWN: Final = "gzip, deflate or none"
_ZLIB_FIRST_BYTES: Final = b"\x08\x18\x28\x38\x48\x58\x68\x78\x1f"


class Inflater(Protocol):
    """What zlib.decompressobj makes."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What was fed and not looked at, because enough was returned."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most so many bytes; the rest of the data waits in unconsumed_tail."""
        ...


class BodyReader:
    """Collects one body. `limit` is in bytes, before and after decompression."""

    __slots__ = ("_chunks", "_coding", "_inflater", "_limit", "_received", "_size")

    def __init__(self, *, limit: int, coding: str = "") -> None:
        self._limit = limit
        self._coding = _checked_coding(coding)
        self._inflater: Inflater | None = None
        self._chunks: list[bytes] = []
        self._received = 0
        self._size = 0

    def expect(self, length: int) -> None:
        """Refuse a body that announces more than the limit, before any of it is read."""
        if length > self._limit:
            raise self._too_large(f"{length:,} bytes were announced")

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes as they came."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise self._too_large("more were sent")
        if self._coding:
            self._inflate(chunk)
        else:
            self._keep(chunk)

    def finish(self) -> bytes:
        """Return the whole body, decompressed."""
        if self._coding and (self._inflater is None or not self._inflater.eof):
            raise self._broken("the compressed body ends too early")
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def _keep(self, part: bytes) -> None:
        if part:
            self._size += len(part)
            self._chunks.append(part)

    def _inflate(self, chunk: bytes) -> None:
        if not chunk:
            return
        inflater = self._inflater or self._new_inflater(chunk)
        while chunk:
            if inflater.eof:  # a gzip body may have several members
                inflater = self._new_inflater(chunk)
            try:
                part = inflater.decompress(chunk, self._limit - self._size + 1)
            except zlib.error as error:
                raise self._broken(str(error)) from error
            self._keep(part)
            if self._size > self._limit:
                raise self._too_large("it is larger than that when decompressed")
            chunk = inflater.unconsumed_tail or inflater.unused_data

    def _new_inflater(self, chunk: bytes) -> Inflater:
        # What is sent as deflate comes with a zlib header (as the RFC says) or without.
        raw = self._coding == "deflate" and chunk[:1] not in _split(_ZLIB_FIRST_BYTES)
        self._inflater = zlib.decompressobj(_RAW if raw else _CODINGS[self._coding])
        return self._inflater

    def _broken(self, reason: str) -> RequestError:
        message = f"the body cannot be decompressed as {self._coding}: {reason}; send it as its Content-Encoding says"
        return RequestError(400, "bad_encoding", message)

    def _too_large(self, how: str) -> RequestError:
        message = (
            f"the body is too large: at most {self._limit:,} bytes are taken, {how}; send less, or in several requests"
        )
        return RequestError(413, "too_large", message)


def _split(values: bytes) -> tuple[bytes, ...]:
    return tuple(bytes([value]) for value in values)


def _checked_coding(coding: str) -> str:
    name = coding.strip().lower()
    if name in ("", "identity"):
        return ""
    if name not in _CODINGS:
        message = f"Content-Encoding {coding[:100]!r} is not known; use {_KNOWN}"
        raise RequestError(415, "unsupported_encoding", message)
    return name


async def read_body(chunks: AsyncIterable[bytes], headers: Sequence[tuple[bytes, bytes]], limit: int) -> bytes:
    """Read a whole body as its headers say. Raises RequestError: 413, 415 or 400."""
    coding, length = "", 0
    for name, value in headers:
        if name == b"content-encoding":
            coding = value.decode("latin-1")
        elif name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"content-type":
            _check_charset(value)
    reader = BodyReader(limit=limit, coding=coding)
    reader.expect(length)
    async for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def _check_charset(content_type: bytes) -> None:
    _, found, charset = content_type.lower().partition(b"charset=")
    if found and charset.strip(b" \"';") not in (b"utf-8", b"utf8", b"us-ascii"):
        message = f"the body's charset {charset[:40].decode('latin-1')!r} is not taken; JSON is sent in UTF-8"
        raise RequestError(415, "unsupported_charset", message)
