"""What hooks write down while the host works: which statement ran how often, in which transaction of which run.

Everything here runs on the host's threads, for every statement: dictionaries and integers, no lock, no thread, no
parsing, no clock. A connection belongs to one thread at a time, so what hangs on a connection needs no lock; a run
reads it once it has ended. It must not import anything but the standard library's lightest modules. Facts: committed
work only counts as written; a read happened even if its transaction was rolled back, so reads are kept apart and told
from writes later, in the background.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    from whence.context import Run
    from whence.model import DatasetId
    from whence.sql import Column, Schema, TableName

    class SqlSource(Protocol):
        """A database that statements ran on, as the background needs to know it. One per engine."""

        dialect: str
        default_db: str | None
        default_schema: str | None
        schema: Schema
        uri: str

        def dataset(self, table: TableName) -> DatasetId: ...
        def is_system(self, table: TableName) -> bool: ...
        def tables(self, structure: Any) -> Iterable[tuple[TableName, list[Column]]]: ...

    Entry = list[Any]  # [times executed, rows changed, structure or None, executions whose rows are not known]
    Layer = dict[str, Entry]

MAX_OPEN = 2048
"""Distinct statements of one open transaction that are remembered; further ones are counted only."""
MAX_SETTLED = 256
"""Distinct settled statements that a run holds on one connection before it hands them to the background."""
_LONG_TEXT = 8192
_MAX_LONG = 8 * 1024 * 1024
"""Characters of long statements that one open transaction is remembered with; further ones are counted only."""
_MAX_TEXT = 262_144  # a longer statement (a huge VALUES list) is handed over at once when settled


def note(layer: Layer, statement: str, rows: int, structure: Any) -> None:
    """Count one execution. `rows` below zero: the driver does not say."""
    entry = layer.get(statement)
    if entry is None:
        layer[statement] = [1, max(rows, 0), structure, rows < 0]
    else:
        entry[0] += 1
        if rows >= 0:
            entry[1] += rows
        else:
            entry[3] += 1


def merge(into: Layer, layer: Layer) -> None:
    """Add a layer's counts to another's. Entries are copied, so that the sum can be taken back."""
    for statement, entry in layer.items():
        known = into.get(statement)
        if known is None:
            into[statement] = entry.copy()
        else:
            known[0] += entry[0]
            known[1] += entry[1]
            known[3] += entry[3]


def subtract(layer: Layer, part: Layer) -> None:
    """Take back a merge."""
    for statement, entry in part.items():
        known = layer.get(statement)
        if known is not None:
            known[0] -= entry[0]
            known[1] -= entry[1]
            known[3] -= entry[3]
            if known[0] <= 0:
                del layer[statement]


class Tally:
    """What one run did on one connection: `done` is settled, `undone` rolled back, `layers` open, one a savepoint."""

    __slots__ = ("asked", "done", "dropped", "last", "layers", "link", "long", "run", "settled", "source", "undone")

    def __init__(self, run: Run, source: SqlSource, link: Any, depth: int) -> None:
        self.run = run
        self.source = source
        self.link = link  # weak: tells when the connection is gone
        self.done: Layer = {}
        self.undone: Layer = {}
        self.layers: list[Layer] = [{} for _ in range(depth + 1)]
        self.last: Layer = {}  # what the last commit settled, in case it fails after all
        self.asked: Layer | None = None  # somebody wants what is settled; what `last` was then
        self.dropped = 0
        self.long = 0  # characters of the long statements that are open
        self.settled = 0  # the same of those that the last commit settled

    @property
    def is_open(self) -> bool:
        """Whether statements wait for a commit."""
        return any(self.layers)

    def open(self, statement: str, rows: int, structure: Any) -> None:
        """Note a statement whose transaction is open."""
        layer = self.layers[-1]
        if statement not in layer:
            size = len(statement)
            if size > _LONG_TEXT:
                self.long += size
            if len(layer) >= MAX_OPEN or (size > _LONG_TEXT and self.long > _MAX_LONG):
                self.dropped += 1
                return
        note(layer, statement, rows, structure)

    def settle(self, statement: str, rows: int, structure: Any) -> None:
        """Note a statement that took effect at once."""
        note(self.done, statement, rows, structure)
        self._hand_over(len(statement))

    def commit(self) -> None:
        """Settle everything that is open. It is handed over with the next commit: the database may refuse this one."""
        depth = len(self.layers)
        last = _flat(self)[0]
        if last:
            self.layers = [{} for _ in range(depth)]
            self._hand_over(self.settled)
            self.last = last
            merge(self.done, last)
            self.settled = self.long
            if self.run.settles_now:
                self._hand_over(0)
        self.long = 0

    def commit_layers(self, layers: list[Layer]) -> None:
        """Settle layers that were taken away when their transaction was prepared."""
        for layer in layers:
            merge(self.done, layer)
        self._hand_over(0)

    def take_back(self) -> None:
        """Undo the last commit: the database refused it."""
        subtract(self.done, self.last)
        self._undo(self.last)
        self.last = {}

    def rollback(self, depth: int = 0) -> None:
        """Drop what is open above a savepoint; without one, everything."""
        for layer in self.layers[depth:]:
            self._undo(layer)
        del self.layers[depth:]
        if not self.layers:
            self.layers.append({})

    def release(self, depth: int) -> None:
        """Merge what happened above a savepoint into the layer below it."""
        for layer in self.layers[depth:]:
            merge(self.layers[depth - 1], layer)
        del self.layers[depth:]

    def _undo(self, layer: Layer) -> None:
        if self.long or self.settled:
            short = {text: entry for text, entry in layer.items() if len(text) <= _LONG_TEXT}
            self.dropped += len(layer) - len(short)
            layer = short
        if len(self.undone) < MAX_OPEN:
            merge(self.undone, layer)
        else:
            self.dropped += len(layer)

    def ask(self) -> None:
        """Have what is settled handed over with the next statement or commit. From any thread."""
        self.asked = self.last

    def hand_over_if_idle(self) -> None:
        """Hand over what was asked for, if nothing has happened here since. From any thread, long after `ask`."""
        if self.asked is not None and self.last is self.asked:
            self.hand_over()

    def hand_over(self) -> None:
        """Hand over what is settled."""
        self.asked = None
        done, self.done = self.done, {}
        self.run.hand_over(self.source, done)

    def _hand_over(self, chars: int) -> None:
        if self.run.settles_now or self.asked is not None or len(self.done) > MAX_SETTLED or chars > _MAX_TEXT:
            self.hand_over()


class Link:
    """A connection: the tally of the run that uses it, those of other runs in its transaction, its savepoints."""

    __slots__ = ("__weakref__", "doomed", "lasting", "marks", "others", "probe", "scope_lasts", "source", "tally")

    def __init__(self, source: SqlSource, probe: Any, doomed: Any = None) -> None:
        self.source: SqlSource = source  # with the default schema that holds now
        self.lasting: SqlSource = source  # what a rollback, or the end of SET LOCAL, goes back to
        self.scope_lasts = False
        self.probe = probe  # () -> is a transaction open? None when the driver cannot say
        self.doomed = doomed  # () -> has a statement failed, so that COMMIT will roll back? None when it cannot say
        self.tally: Tally | None = None
        self.others: list[Tally] = []
        self.marks: list[str] = []

    def tally_of(self, run: Run) -> Tally:
        """Return the run's tally on this connection."""
        current = self.tally
        if current is not None:
            if current.run is run and current.source is self.source:
                return current
            if current.is_open:
                self.others.append(current)
        for other in self.others:
            if other.run is run and other.source is self.source:
                self.others.remove(other)
                self.tally = other
                return other
        self.tally = run.open_tally(self, len(self.marks))
        return self.tally

    @property
    def is_open(self) -> bool:
        """Whether anything waits for a commit."""
        return bool(self.others) or (self.tally is not None and self.tally.is_open)

    def rescope(self, source: SqlSource, *, lasts: bool) -> None:
        """Change the default schema; a rollback takes it back."""
        self.source = source
        self.scope_lasts = lasts
        if lasts and (source.dialect == "mysql" or (self.probe is not None and not self.probe())):
            self.lasting = source  # no transaction that could take it back

    def commit(self) -> None:
        """Settle the open transaction."""
        self.marks.clear()
        if self.source is not self.lasting:
            if self.scope_lasts:
                self.lasting = self.source
            else:
                self.source = self.lasting
        for tally in self._take():
            tally.layers = _flat(tally)
            tally.commit()

    def rollback(self) -> None:
        """Drop the open transaction."""
        self.marks.clear()
        self.source = self.lasting
        for tally in self._take():
            tally.rollback()

    def take_back(self) -> None:
        """Undo the last commit: it failed."""
        if self.tally is not None:
            self.tally.take_back()

    def savepoint(self, name: str) -> None:
        """Open a layer for a savepoint."""
        self.marks.append(name)
        for tally in self._all():
            tally.layers.append({})

    def rollback_to(self, name: str) -> None:
        """Drop what happened since the savepoint; it stays, as in SQL."""
        depth = self._depth(name)
        if depth:
            del self.marks[depth:]
            for tally in self._all():
                tally.rollback(depth)
                tally.layers.append({})

    def release(self, name: str) -> None:
        """Forget the savepoint; what happened since belongs to the layer below."""
        depth = self._depth(name)
        if depth:
            del self.marks[depth - 1 :]
            for tally in self._all():
                tally.release(depth)

    def detach(self) -> list[tuple[Tally, list[Layer]]]:
        """Take the open layers away, for a transaction that is prepared and will be decided elsewhere."""
        taken = [(tally, _flat(tally)) for tally in self._take() if tally.is_open]
        for tally, _ in taken:
            tally.layers = [{}]
        self.marks.clear()
        return taken

    def _depth(self, name: str) -> int:
        """Return the number of the innermost savepoint of this name, counted from 1; 0 when there is none."""
        for depth in range(len(self.marks), 0, -1):
            if self.marks[depth - 1] == name:
                return depth
        return 0

    def _all(self) -> list[Tally]:
        return [*self.others, self.tally] if self.tally is not None else list(self.others)

    def _take(self) -> list[Tally]:
        tallies = self._all()
        self.others.clear()
        return tallies


def _flat(tally: Tally) -> list[Layer]:
    """Return the tally's layers as one."""
    if len(tally.layers) == 1:
        return tally.layers
    whole: Layer = {}
    for layer in tally.layers:
        merge(whole, layer)
    return [whole]
