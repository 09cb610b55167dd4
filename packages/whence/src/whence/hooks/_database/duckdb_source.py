"""A connection of DuckDB as a place where tables live: a file's tables, attached databases, files named in SQL.

Tables of a database in memory live as long as the process, so they are temporary: what they were made from stands in
for them. A name may also be a variable of the host's (a frame) or something registered: that is no dataset, and what is
made from it takes values from the program. A local file is named by its content, as other hooks name it, so that a file
written by one library and read by another is one. Read in the background, written by the host's thread.
Source: DuckDB 1.4 and 2.0; naming as dbt-duckdb's OpenLineage integration has it (`duckdb://<path>`).
"""

from __future__ import annotations

import os
import re

from whence._datasets.given import FileHashes, Given, stamp_of
from whence.hooks._database.engine_source import EngineSource
from whence.hooks._frames.places import has_magic, place_of_text
from whence.model import DatabaseUrl, DatasetId, Source, source_for_url
from whence.sql import PATH, REMOTE, TABLE, Schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from whence._datasets.given import Stamp
    from whence.sql import TableName

_OWN_NAMES = ("__duckdb_", "duckdb_", "pragma_", "sqlite_", "pg_")
_BUILT_IN = frozenset(("temp", "system"))
_MAX_SCHEMAS = 256
_MAX_FILES = 4096
_ATTACH = re.compile(
    r"\s*ATTACH\s+(?:OR\s+REPLACE\s+)?(?:DATABASE\s+)?(?:IF\s+NOT\s+EXISTS\s+)?'(?P<path>[^']*)'"
    r"(?:\s+AS\s+(?P<name>\"[^\"]+\"|\w+))?(?:\s*\((?P<options>[^)]*)\))?",
    re.IGNORECASE,
)
_DETACH = re.compile(r"\s*DETACH\s+(?:DATABASE\s+)?(?:IF\s+EXISTS\s+)?(?P<name>\"[^\"]+\"|\w+)", re.IGNORECASE)
_TYPE = re.compile(r"\bTYPE\s+'?(\w+)", re.IGNORECASE)
_CANDIDATE = re.compile(
    r"(?:\b(?:FROM|JOIN|UPDATE|INTO|TABLE|USING|PIVOT|UNPIVOT|DESCRIBE|SUMMARIZE)\s+|,\s*)(\"[^\"]+\"|[A-Za-z_]\w*\b)(?!\s*[.(])",
    re.IGNORECASE,
)
_MAX_CANDIDATES = 64
_HASHES = FileHashes()
_schemas: dict[str, Schema] = {}  # what was seen of a database file's tables, for each of its connections


class Names:
    """What the host's thread learns of a connection's names, shared by all its sources."""

    def __init__(self) -> None:
        self.program: set[str] = set()  # variables of the host and what it registered, lower case
        self.tables: set[str] = set()  # names that were a table or view once
        self.attached: dict[str, Source | None] = {}  # database -> where it lies; None where that is not known
        self.folder = ""
        self._looked: set[str] = set()

    def look(self, statement: str, is_table: Callable[[str], bool | None]) -> None:
        """Find out which single names in a statement are tables, at first sight of the statement."""
        if statement in self._looked:
            return
        if len(self._looked) > _MAX_FILES:
            self._looked.clear()
        self._looked.add(statement)
        self.folder = os.getcwd()  # noqa: PTH109  pathlib costs 8 ms of import
        for found in list(dict.fromkeys(_CANDIDATE.findall(statement)))[:_MAX_CANDIDATES]:
            name = found.strip('"').lower()
            if name in self.tables:
                continue
            answer = is_table(found.strip('"'))
            if answer:
                self.tables.add(name)
                self.program.discard(name)
            elif answer is not None:
                self.program.add(name)

    def attach(self, statement: str) -> None:
        """Take note of ATTACH and DETACH. Of what is no file only the name is kept: its text may hold a password."""
        gone = _DETACH.match(statement)
        if gone is not None:
            self.attached.pop(gone["name"].strip('"').lower(), None)
            return
        found = _ATTACH.match(statement)
        if found is None:
            return
        kind = _TYPE.search(found["options"] or "")
        scheme = kind.group(1).lower() if kind else "duckdb"
        path = found["path"]
        head, mark, rest = path.partition(":")
        if mark and head in ("sqlite", "duckdb"):
            scheme, path = head, rest
        name = (found["name"] or os.path.basename(path).partition(".")[0]).strip('"').lower()  # noqa: PTH119  as above
        is_file = scheme in ("duckdb", "sqlite") and "=" not in path
        self.attached[name] = source_for_url(DatabaseUrl(scheme, database=path)) if is_file else None


class DuckDbSource(EngineSource):
    """A database of DuckDB with one default schema. Safe to read from any thread."""

    def __init__(self, source: Source, names: Names, schema: Schema | None = None) -> None:
        super().__init__(source, "duckdb", schema)
        self.names = names
        self.is_memory = source.platform == "inmemory"
        self._place = source
        self._files: dict[str, tuple[Stamp | None, DatasetId]] = {}

    def scoped(self, schema: str) -> EngineSource:
        """Return the same connection with another default database or schema, for USE and SET schema."""
        key = schema.lower()
        if schema == self.default_schema:
            return self
        known = self._scoped.get(key)
        if known is None:
            place = self.names.attached.get(key)
            if key not in self.names.attached:
                old = self._place
                place = Source(old.platform, old.namespace, database=old.database, schema=schema)
            if place is None:
                return self
            known = self._scoped[key] = DuckDbSource(place, self.names, self.schema)
            known._scoped = self._scoped
        return known

    def dataset(self, table: TableName) -> DatasetId:
        """Return the name under which a table or file is known outside."""
        if table.form == PATH:
            return self._file(table.name)
        if table.form == REMOTE:
            return super().dataset(table)
        place = self._database_of(table)
        if place is None or place is self._place:
            return super().dataset(table)
        parts = [place.database, table.schema if table.catalog else place.schema, table.name]
        return place.dataset_id([part for part in parts if part])

    def is_system(self, table: TableName) -> bool:
        """Whether the table has no name outside: the catalogue's own, the program's, those in memory."""
        if table.form == PATH:
            return place_of_text(table.name) is None
        if table.form == REMOTE:
            return super().is_system(table)
        name = table.name.lower()
        if (
            not name
            or name.startswith(_OWN_NAMES)
            or (table.schema or "").lower() in ("information_schema", "pg_catalog")
        ):
            return True
        return (table.catalog or "").lower() in _BUILT_IN or self.is_program(table) or self.is_temporary(table)

    def is_program(self, table: TableName) -> bool:
        """Whether a name stands for data of the program itself: a frame, a relation, something registered."""
        if table.form != TABLE or (table.catalog or self.default_db) != self.default_db:
            return False
        name = table.name.lower()
        return name.startswith("__duckdb_source") or name in self.names.program

    def is_temporary(self, table: TableName) -> bool:
        """Whether a table is gone with the process."""
        if table.form != TABLE:
            return False
        place = self._database_of(table)
        return place is None or place.platform == "inmemory"

    def _database_of(self, table: TableName) -> Source | None:
        """Return the database of a table; None for one that is attached and not known to be a file."""
        attached = self.names.attached
        for part in (table.catalog, table.schema):  # `o.t` may be a table of the attached database o
            if part and part != self.default_db and part.lower() in attached:
                return attached[part.lower()]
        return self._place

    def _file(self, text: str) -> DatasetId:
        place = place_of_text(text)
        if place is None:
            return DatasetId("file", text)
        if place[0] != "file" or has_magic(place):
            return DatasetId(*place)
        path = text if "://" in text else self.full_path(text)
        known = self._files.get(path)
        name = (place_of_text(path) or place)[1]
        stamp = stamp_of(name)
        if known is None or known[0] != stamp:
            given = Given("input", "file", name)
            given.path, given.stamp = name, stamp
            _HASHES.settle(given)
            if len(self._files) > _MAX_FILES:
                self._files.clear()
            known = self._files[path] = stamp, DatasetId("file", given.name)
        return known[1]

    def full_path(self, path: str) -> str:
        """Return a path that a statement told, as it was meant when that ran."""
        return os.path.join(self.names.folder, path)  # noqa: PTH118  an absolute path stays as it is


def source_of_path(path: str, names: Names) -> DuckDbSource:
    """Return the source of a connection to a file, `:memory:` or MotherDuck. Raises NamingError."""
    place = source_for_url(DatabaseUrl("duckdb", database=path or ":memory:"))
    if place.platform == "inmemory":
        return DuckDbSource(place, names)
    if len(_schemas) >= _MAX_SCHEMAS:
        _schemas.clear()
    return DuckDbSource(place, names, _schemas.setdefault(place.namespace, Schema()))
