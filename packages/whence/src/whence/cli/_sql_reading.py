"""What `whence sql` reads: a text, files, folders, standard input; and the schema that a file holds.

Must not: read SQL. Bytes become text here or a reason why not: UTF-8 (with or without mark), UTF-16 with its mark (as
SQL Server's tools write it), or the encoding that was named; never a guess.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence.cli._command import CliError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STDIN = "-"
TEXT = "(text)"
SUFFIXES = frozenset({".sql", ".ddl", ".dml", ".hql", ".pgsql", ".psql", ".tsql", ".bq", ".cql", ".plsql"})
MAX_BYTES = 64 << 20

Schema = dict[str, dict[str, str | None]]


class Text(NamedTuple):
    """SQL to be read, with the name it is shown under; or, with `fault`, why it cannot be."""

    name: str
    sql: str
    fault: str = ""


class Source:
    """One thing to read: knows its name before it is opened, so that a folder can be counted first."""

    def __init__(self, name: str, *, path: Path | None = None, sql: str = "") -> None:
        self.name = name
        self._path = path
        self._sql = sql

    @property
    def stem(self) -> str:
        """The file's name without its folder and ending; "" for what is no file."""
        return "" if self._path is None else self._path.stem

    def text(self, encoding: str | None) -> Text:
        """Read it; what is wrong with a file becomes its fault."""
        if self._path is None and self.name != STDIN:
            return Text(self.name, self._sql)
        try:
            if self._path is None:
                data = sys.stdin.buffer.read(MAX_BYTES + 1)
            else:
                with self._path.open("rb") as stream:
                    data = stream.read(MAX_BYTES + 1)
        except OSError as cause:
            return Text(self.name, "", f"cannot be read: {cause.strerror or cause}")
        if len(data) > MAX_BYTES:
            return Text(self.name, "", f"is larger than {MAX_BYTES >> 20} MiB")
        try:
            return Text(self.name, decoded(data, encoding))
        except UnicodeError as cause:
            return Text(self.name, "", _undecodable(data, cause, encoding))


def decoded(data: bytes, encoding: str | None) -> str:
    """Turn a file's bytes into text; raises UnicodeError."""
    if encoding is None:
        has_mark = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if has_mark else "utf-8-sig"
    text = data.decode(encoding)
    if "\0" in text:
        raise UnicodeError("it holds zero bytes")
    return text


def _undecodable(data: bytes, cause: UnicodeError, encoding: str | None) -> str:
    if b"\0" in data:
        return "is no text: it holds zero bytes"
    where = ""
    if isinstance(cause, UnicodeDecodeError):
        where = f": byte {data[cause.start]:#04x} in line {data.count(10, 0, cause.start) + 1}"
    return f"is not {encoding or 'UTF-8'}{where}; name its encoding with --encoding"


def find_sources(words: Sequence[str]) -> list[Source]:
    """Find what the arguments mean: `-`, a file, a folder, else SQL. Nothing is opened yet."""
    if not words:
        if sys.stdin.isatty():
            raise CliError("there is nothing to read", code=ExitCode.WRONG_USE, advice=_WAYS)
        words = [STDIN]
    return [source for word in words for source in _sources_of(word)]


_WAYS = """give SQL in quotes, files, folders, or - for standard input:
whence sql "CREATE TABLE a AS SELECT x FROM b"
whence sql models/ --dialect snowflake"""


def _sources_of(word: str) -> list[Source]:
    if word == STDIN:
        return [Source(STDIN)]
    if not word.strip():  # such as "$FILE" where nothing is set: never the folder that one stands in
        raise CliError("an argument is empty: there is nothing to read", code=ExitCode.WRONG_USE, advice=_WAYS)
    try:
        path = Path(word)
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # longer than a name may be: not a path
        is_folder = is_there = False
        path = None
    if path is not None and is_folder:
        found = [Source(str(file), path=file) for file in sql_files(path)]
        if not found:
            raise CliError(
                f"there is no SQL file in {word} (looked for *{', *'.join(sorted(SUFFIXES))})",
                advice="name the files themselves, whatever they are called",
            )
        return found
    if path is not None and is_there:
        return [Source(word, path=path)]
    if len(word.split()) > 1:
        return [Source(TEXT, sql=word)]
    raise CliError(f"{word!r} is neither a file or folder that is here nor SQL", advice=_WAYS)


def sql_files(folder: Path) -> Iterator[Path]:
    """Yield the SQL files below a folder in a stable order; hidden folders and links to folders are passed by."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(where) / name


def read_schema(name: str | None) -> Schema | None:
    """Read a file of columns: {"schema.table": ["id", ...]} or {"schema.table": {"id": "int", ...}}."""
    if name is None:
        return None
    try:
        document: Any = json.loads(Path(name).read_text("utf-8-sig"))
    except OSError as cause:
        raise CliError(f"the schema file {name} cannot be read: {cause.strerror or cause}") from cause
    except ValueError as cause:
        raise CliError(f"the schema file {name} is not JSON: {cause}", code=ExitCode.WRONG_USE) from cause
    if not isinstance(document, dict):
        raise _bad_schema(name, "it holds no JSON object")
    tables = cast("dict[str, Any]", document)
    return {table: _columns(name, table, columns) for table, columns in tables.items()}


def _columns(name: str, table: str, columns: Any) -> dict[str, str | None]:
    if isinstance(columns, dict):
        typed = cast("dict[str, Any]", columns)
        if all(isinstance(value, str) or value is None for value in typed.values()):
            return typed
    elif isinstance(columns, list):
        names = cast("list[Any]", columns)
        if all(isinstance(each, str) for each in names):
            return dict.fromkeys(names)
    raise _bad_schema(name, f"the columns of {table!r} are neither a list of names nor an object of names and types")


def _bad_schema(name: str, why: str) -> CliError:
    return CliError(
        f"the schema file {name} cannot be used: {why}",
        code=ExitCode.WRONG_USE,
        advice='write {"schema.table": ["id", "name"]} or {"schema.table": {"id": "int", "name": "text"}}',
    )
