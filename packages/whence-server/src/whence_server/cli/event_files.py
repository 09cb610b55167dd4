"""Events out of files: JSON lines, a JSON array, or JSON objects one after another, plain or gzip, or standard input.

Must not: judge an event; that is the server's. What is no JSON object is reported with its line and the reader goes
on where it can: after a bad line always, inside an array or a pretty-printed object not, and then it says so. A file
is never held whole in memory.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import orjson

from whence.cli import CliError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

STDIN = "-"
EVENT_FILES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz")
GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 1 << 18
MAX_EVENT_BYTES = 64 << 20
SURE_CHARS = 64
"""A syntax error this far before the end of what was read is one; nearer, more text may mend it."""
_JSON_WORDS = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}
_SPACE = re.compile(r"[\s,]*")
_REST_UNREAD = "; the rest of the file was not read"


class Found(NamedTuple):
    """One JSON object and the line it begins on."""

    line: int
    event: bytes


class Bad(NamedTuple):
    """A line that cannot be taken in, and why."""

    line: int
    reason: str


class Source:
    """One file or standard input; `position` and `size` are bytes as they lie on the disk (size None: not known)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size: int | None = None
        self._raw: IO[bytes] | None = None

    def check(self) -> None:
        """Say at once when the file cannot be read, before any other is taken in."""
        if self.name == STDIN:
            return
        path = Path(self.name)
        try:
            with path.open("rb"):
                self.size = path.stat().st_size
        except OSError as cause:
            raise CliError(f"{self.name} cannot be read: {cause.strerror}") from cause

    @property
    def position(self) -> int:
        """Tell how many bytes were read so far."""
        return 0 if self._raw is None or self.size is None else self._raw.tell()

    @contextmanager
    def opened(self) -> Generator[IO[bytes]]:
        """Open the source for reading bytes, unpacked if it is gzip (known by its first bytes, not by its name)."""
        raw = cast("IO[bytes]", sys.stdin.buffer) if self.name == STDIN else Path(self.name).open("rb")  # noqa: SIM115
        buffered = io.BufferedReader(cast("io.RawIOBase", raw), CHUNK_BYTES)
        self._raw = raw
        try:
            packed = buffered.peek(2)[:2] == GZIP_MAGIC
            yield io.BufferedReader(gzip.GzipFile(fileobj=buffered), CHUNK_BYTES) if packed else buffered
        finally:
            self._raw = None
            if self.name == STDIN:
                buffered.detach()
            else:
                buffered.close()


def read_events(stream: IO[bytes]) -> Iterator[Found | Bad]:
    """Yield each event with its line, and each line that holds none with the reason."""
    line, first = 0, True
    try:
        for line, text in _lines(stream):
            fault = fault_of(text)
            if fault is None:
                yield Found(line, text)
            elif text == b"{" or (first and _goes_on(text)):
                yield from _values(text, stream, line)
                return
            else:
                yield Bad(line, fault)
            first = False
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        yield Bad(line + 1, f"the gzip data is broken: {cause}{_REST_UNREAD}")


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not empty, without its ends, with its number."""
    number = 0
    while text := stream.readline(MAX_EVENT_BYTES):
        number += 1
        if number == 1:
            text = text.removeprefix(codecs.BOM_UTF8)
        if text.strip():
            yield number, text.strip()


def fault_of(text: bytes) -> str | None:
    """Say why a text is no JSON object, or None if it is one; the parser is the server's own."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        return _not_utf8(text) or f"not JSON: {cause.msg.partition(': line ')[0]} at column {cause.colno}"
    return None if isinstance(value, dict) else f"an event is a JSON object, this is {_JSON_WORDS[type(value)]}"


def _goes_on(text: bytes) -> bool:
    """Tell whether a file that begins so is an array, or holds objects over several lines."""
    return text.startswith(b"[") or (text.startswith(b"{") and text[-1:] in b"{[,")


def _not_utf8(text: bytes) -> str | None:
    try:
        text.decode()
    except UnicodeDecodeError as cause:
        return f"not UTF-8: byte {text[cause.start]:#04x} at column {cause.start + 1}"
    return None


def _values(first: bytes, stream: IO[bytes], line: int) -> Iterator[Found | Bad]:
    """Yield JSON objects that follow each other, in an array or bare, reading on as needed."""
    window = _Window(first + b"\n", stream, line)
    try:
        in_array = window.skip_mark("[")
        while not window.is_at_end():
            if in_array and window.skip_mark("]"):
                in_array = False
                continue
            yield window.take_value()
    except json.JSONDecodeError as cause:
        yield Bad(window.line_at(cause.pos), f"not JSON: {cause.msg}{_REST_UNREAD}")
    except UnicodeDecodeError as cause:
        yield Bad(window.line_at(0), f"not UTF-8: byte {cause.object[cause.start]:#04x}{_REST_UNREAD}")
    except RecursionError:
        yield Bad(window.line_at(0), f"nested too deeply{_REST_UNREAD}")


class _Window:
    """The part of a text that is being read: moves forward, counts lines, reads on when a value is not complete."""

    def __init__(self, first: bytes, stream: IO[bytes], line: int) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._unread = first
        self._text = ""
        self._line = line
        self._ended = False
        self._decoder = json.JSONDecoder()

    def line_at(self, position: int) -> int:
        """Tell the line of a position in what is not yet taken."""
        return self._line + self._text.count("\n", 0, position)

    def skip_mark(self, mark: str) -> bool:
        """Move over this mark if it comes next."""
        found = not self.is_at_end() and self._text.startswith(mark)
        if found:
            self._skip(1)
        return found

    def is_at_end(self) -> bool:
        """Tell whether nothing but space and commas follows; moves over them."""
        while True:
            match = _SPACE.match(self._text)
            self._skip(match.end() if match else 0)
            if self._text or not self._read_on():
                return not self._text

    def take_value(self) -> Found | Bad:
        """Take the next JSON value; raises JSONDecodeError where there is none."""
        while True:
            try:
                _, end = self._decoder.raw_decode(self._text)
            except json.JSONDecodeError as cause:
                if self._may_be_mended(cause) and self._read_on():
                    continue
                raise
            line, event = self._line, self._text[:end].encode("utf-8", "surrogatepass")
            self._skip(end)
            fault = fault_of(event)
            return Found(line, event) if fault is None else Bad(line, fault)

    def _skip(self, count: int) -> None:
        self._line += self._text.count("\n", 0, count)
        self._text = self._text[count:]

    def _may_be_mended(self, cause: json.JSONDecodeError) -> bool:
        """Tell whether more text could make the value whole; past the largest event there is no more patience."""
        is_cut = cause.msg.startswith("Unterminated string") or cause.pos > len(self._text) - SURE_CHARS
        return is_cut and len(self._text) < MAX_EVENT_BYTES

    def _read_on(self) -> bool:
        """Read more text, as much again as there is, so that a large value costs no more than twice its size."""
        if self._ended:
            return False
        data = self._unread or self._stream.read(max(CHUNK_BYTES, len(self._text)))
        self._unread = b""
        self._ended = not data
        self._text += self._decode(data, final=not data)
        return not self._ended


def _inside(name: str) -> list[str]:
    """List a folder's files of events in the order of their names, which is that of time in what a sink wrote."""
    folder = Path(name)
    if name == STDIN or not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.rglob("*") if path.name.endswith(EVENT_FILES) and path.is_file())
    if not found:
        raise CliError(f"{name} is a folder without files of events", advice=f"they end in {', '.join(EVENT_FILES)}")
    return found


def checked(names: Sequence[str]) -> list[Source]:
    """Give the sources of these names, each found readable; a folder is the files of events in it, however deep."""
    sources = [Source(inner) for name in names for inner in _inside(name)]
    for source in sources:
        source.check()
    return sources
