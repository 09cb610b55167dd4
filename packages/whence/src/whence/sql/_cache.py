"""What was read before, kept within bounds of entries and characters. It must not know SQL or a parser.

Two kinds of memory stand on it: answers to whole texts, and answers to statements whose literals differ. An answer
holds as long as the schema tells the same about every table that was asked for; an unchanged schema is not asked.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Hashable

    from whence.sql._names import Known, Tables
    from whence.sql._result import StatementLineage, TableName

_V = TypeVar("_V")


class Bounded(Generic[_V]):
    """Values by key; the least recently used go when there are too many, or their texts too long. Safe in threads."""

    def __init__(self, max_entries: int, max_chars: int) -> None:
        self.max_entries = max_entries
        self.max_chars = max_chars
        self.chars = 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[int, _V]] = OrderedDict()

    def get(self, key: Hashable) -> _V | None:
        """Return the value of a key, None when it is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, value: _V, chars: int) -> None:
        """Keep a value whose key and text are `chars` long; one longer than all may be is not kept."""
        with self._lock:
            old = self._kept.pop(key, None)
            self.chars -= old[0] if old is not None else 0
            if chars > self.max_chars:
                return
            self._kept[key] = (chars, value)
            self.chars += chars
            while len(self._kept) > self.max_entries or self.chars > self.max_chars:
                _, (gone, _) = self._kept.popitem(last=False)
                self.chars -= gone

    def __len__(self) -> int:
        return len(self._kept)


class Seen:
    """A schema as the reading of a text sees it: remembers what was asked, so that kept answers can be checked."""

    __slots__ = ("_known", "_schema", "_version", "asked")

    def __init__(self, schema: Tables) -> None:
        self._schema: Tables | None = schema
        self.asked: dict[TableName, Known | None] = {}
        self._known = ref(schema)
        self._version = _version_of(schema)

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, None when it is not known."""
        if table not in self.asked:
            self.asked[table] = self._schema.known(table) if self._schema is not None else None
        return self.asked[table]

    def __len__(self) -> int:
        return 0 if self._schema is None else len(self._schema)

    @property
    def origin(self) -> object:
        """What is equal for the same schema in the same state, and for schemas that know nothing."""
        return None if self._version is None else _EMPTY if self._version == _EMPTY else (self._known, self._version)

    def close(self) -> None:
        """Let go of the schema: only what was asked is kept."""
        self._schema = None

    def holds_in(self, schema: Tables) -> bool:
        """Whether a schema answers everything that was asked in the same way."""
        version = _version_of(schema)
        if version is not None and version == self._version and (version == _EMPTY or self._known() is schema):
            return True
        if any(schema.known(table) != known for table, known in self.asked.items()):
            return False
        self._known, self._version = ref(schema), version
        return True


_EMPTY = -1


def _version_of(schema: Tables) -> int | None:
    """Return what changes whenever a schema does; None when it does not say."""
    return getattr(schema, "version", None) if len(schema) else _EMPTY


class KeptText(NamedTuple):
    """The answers to a whole text, with what they depend on."""

    seen: Seen
    answers: tuple[StatementLineage, ...]


class KeptStatement:
    """The answer to a statement, its places relative to it, with what it depends on.

    `origin` is that of the schema, None when something was laid over it. `is_template` says whether the answer holds
    for texts with other literals, too; None: nobody has asked yet.
    """

    __slots__ = ("answer", "asked", "is_template", "origin", "spans", "text")

    def __init__(
        self, origin: object, asked: dict[TableName, Known | None], answer: StatementLineage, text: str
    ) -> None:
        self.origin = origin
        self.asked = asked
        self.answer = answer
        self.text = text
        self.is_template: bool | None = None
        self.spans: list[tuple[int, int]] | None = None  # of the literals in the text, once they were asked for

    def holds_in(self, schema: Tables) -> bool:
        """Whether a schema answers everything that was asked in the same way."""
        return all(schema.known(table) == known for table, known in self.asked.items())
