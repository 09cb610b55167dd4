"""The walk over fields: column lineage, breadth first, within a budget.

A field is (canonical dataset, name). Links come from derivations, documents that say for one target where its fields
come from; each is read and decoded once. What affects a dataset as a whole (`whole`: filters, joins, grouping) is an
indirect source of each of its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from whence_server.graph.derivations import FieldMap, FieldOrigin, field_map
from whence_server.query.field_names import schema_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whence_server.query.limits import Budget
    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DerivationRow, Direction

Field = tuple[int, str]


class FieldLink(NamedTuple):
    """One field comes from another, through a job (0: a dataset event says so).

    Indirect: it only filters, joins or groups.
    """

    origin: Field
    target: Field
    job_id: int
    transformations: tuple[dict[str, Any], ...]
    direct: bool


class FieldLinks:
    """All links of datasets, read on demand: `up` by target field, `down` by origin field."""

    __slots__ = ("_book", "_budget", "_done", "_reader", "down", "up")

    def __init__(self, reader: Reader, book: NodeBook, budget: Budget) -> None:
        self._reader = reader
        self._book = book
        self._budget = budget
        self._done: dict[Direction, set[int]] = {"up": set(), "down": set()}
        self.up: dict[Field, dict[FieldLink, None]] = {}
        self.down: dict[Field, dict[FieldLink, None]] = {}

    def read(self, datasets: Iterable[int], direction: Direction, hop: int) -> None:
        """Read the derivations of (up) or from (down) canonical datasets that were not read yet."""
        wanted = [node for node in dict.fromkeys(datasets) if node not in self._done[direction]]
        if not wanted:
            return
        self._done[direction].update(wanted)
        read = self._reader.derivations_of if direction == "up" else self._reader.derivations_from
        rows = [row for row in read(wanted, self._budget.row_limit) if row.target > 0]
        self._budget.note_rows(len(rows), hop)
        for link in self._links(rows):
            self.up.setdefault(link.target, {})[link] = None
            self.down.setdefault(link.origin, {})[link] = None

    def _links(self, rows: list[DerivationRow]) -> Iterator[FieldLink]:
        maps = [(row, field_map(row.fields)) for row in rows]
        datasets = {row.target for row in rows}
        for _, content in maps:
            datasets.update(origin.node for origin in content.whole if origin.node > 0)
            datasets.update(o.node for origins in content.fields.values() for o in origins if o.node > 0)
        canonical = self._reader.canonical(list(datasets))
        self._book.load([*datasets, *canonical.values(), *(-row.job_id for row in rows)])
        for row, content in maps:
            target = canonical.get(row.target, row.target)
            if not self._book.is_shown(target) or (row.job_id and not self._book.is_shown(-row.job_id)):
                continue
            for field, origin, direct in self._pairs(target, content):
                source = canonical.get(origin.node, origin.node)
                if origin.field is not None and source > 0 and self._book.is_shown(source):
                    link_from, link_to = (source, origin.field), (target, field)
                    yield FieldLink(link_from, link_to, row.job_id, Transformations(origin.transformations), direct)

    def _pairs(self, target: int, content: FieldMap) -> Iterator[tuple[str, FieldOrigin, bool]]:
        for field, origins in content.fields.items():
            for origin in origins:
                yield field, origin, _is_direct(origin.transformations)
        if content.whole:
            names = dict.fromkeys(field["name"] for field in schema_fields(self._book.datasets[target].fields))
            for field in names | dict.fromkeys(content.fields):
                for origin in content.whole:
                    yield field, origin, False


class Transformations(tuple[dict[str, Any], ...]):
    """Transformations of a link, compared by identity of content: dictionaries cannot be hashed."""

    __slots__ = ()

    def __hash__(self) -> int:
        return len(self)


def _is_direct(transformations: Iterable[dict[str, Any]]) -> bool:
    kinds = [each.get("type") for each in transformations]
    return not kinds or any(kind != "INDIRECT" for kind in kinds)


class FieldWalker:
    """One walk over fields in one direction.

    `distances` maps field -> hops, `links` holds the links between reached fields.
    """

    __slots__ = ("_budget", "_direction", "_frontier", "_links", "distances", "hop", "links")

    def __init__(self, links: FieldLinks, budget: Budget, direction: Direction) -> None:
        self._links = links
        self._budget = budget
        self._direction: Direction = direction
        self._frontier: list[Field] = []
        self.hop = 0
        self.distances: dict[Field, int] = {}
        self.links: dict[FieldLink, None] = {}

    def start(self, fields: Iterable[Field]) -> FieldWalker:
        """Begin at these fields, distance 0."""
        self._frontier = list(dict.fromkeys(fields))
        self.distances = dict.fromkeys(self._frontier, 0)
        return self

    @property
    def is_done(self) -> bool:
        """Tell whether there is nowhere left to go."""
        return not self._frontier

    def advance(self) -> None:
        """Walk one hop."""
        self.hop += 1
        if not self._budget.is_in_time(self.hop):
            self._frontier = []
            return
        self._links.read((dataset for dataset, _ in self._frontier), self._direction, self.hop)
        reached: list[Field] = []
        by_field = self._links.up if self._direction == "up" else self._links.down
        for field in self._frontier:
            for link in by_field.get(field, ()):
                self._follow(link, reached)
        self._frontier = [] if self._budget.is_exhausted else reached

    def _follow(self, link: FieldLink, reached: list[Field]) -> None:
        far = link.origin if self._direction == "up" else link.target
        if far not in self.distances:
            if not self._budget.take_node(self.hop):
                return
            self.distances[far] = self.hop
            reached.append(far)
        self.links[link] = None

    def finish(self, depth: int) -> FieldWalker:
        """Walk until `depth` hops are done or nothing is left."""
        while not self.is_done and self.hop < depth:
            self.advance()
        return self
