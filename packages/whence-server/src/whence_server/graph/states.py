"""The state that the fold works on: an object for each namespace, source, dataset, job and run of a group of events.

Every attribute is merged by a rule that does not care for order (smallest, greatest, union, greatest event id wins),
or is worked out from attributes that are; see docs/explanation/fold.md for the table. A store fills these objects
from its tables and writes the changed ones back. `moved` says that something changed which a store finds rows by:
names, flags, first times, parents. Most events only move last times and stamps, and need not touch indexes. This
module must not decide anything: that is fold.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

if TYPE_CHECKING:
    from whence_server.graph.facets.origins import Name

# facet key -> (id of the event that won, hash of what it said; "" for a deleted facet)
Stamps = dict[str, tuple[bytes, str]]
NO_STAMP: Final = b""


def stamps_to_json(stamps: Stamps) -> bytes:
    """Return stamps as JSON, grouped by event because most facets of an owner were last sent together."""
    groups: dict[str, dict[str, str]] = {}
    last: bytes | None = None
    group: dict[str, str] = {}
    for key, (identifier, content) in stamps.items():
        if identifier != last:
            last, group = identifier, groups.setdefault(identifier.hex(), {})
        group[key] = content
    return orjson.dumps(groups)


def stamps_from_json(value: bytes | None) -> Stamps:
    """Return stamps from the JSON of `stamps_to_json`."""
    if not value:
        return {}
    groups: dict[str, dict[str, str]] = orjson.loads(value)
    return {key: (bytes.fromhex(group), content) for group, said in groups.items() for key, content in said.items()}


class NamespaceState:
    """A namespace."""

    __slots__ = ("first_seen", "hidden", "id", "last_seen", "name")

    def __init__(self, identifier: int, name: str, time: int) -> None:
        self.id = identifier
        self.name = name
        self.first_seen = self.last_seen = time
        self.hidden = False


class SourceState:
    """A source of data."""

    __slots__ = ("first_seen", "id", "last_seen", "name", "stamp", "uri")

    def __init__(self, identifier: int, name: str, time: int) -> None:
        self.id = identifier
        self.name = name
        self.uri: str | None = None
        self.stamp = NO_STAMP
        self.first_seen = self.last_seen = time


class Derivation:
    """Where one target comes from, as one kind of facet says it.

    `stamp`: the winning event (columnLineage), or the last declaration by a job or dataset event (lineage; NO_STAMP:
    none). `seen` (lineage only): statement -> last event that made it. `origins` None: nothing is said any more.
    `guessed` are origins that its teller calls inferred itself.
    """

    __slots__ = ("content", "fields", "guessed", "origins", "seen", "stamp")

    def __init__(self) -> None:
        self.stamp = NO_STAMP
        self.content = ""
        self.origins: list[int] | None = None
        self.guessed: frozenset[int] = frozenset()
        self.fields: bytes | None = None  # encoded FieldMap; None: not loaded, not changed
        self.seen: dict[str, bytes] = {}


class Edge:
    """A job reads or writes a dataset."""

    __slots__ = ("current", "first_seen", "last_seen", "listed", "moved", "source")

    def __init__(self, time: int) -> None:
        self.moved = True
        self.first_seen = self.last_seen = time
        self.current = False
        self.listed = False
        self.source = 0


class Passage(NamedTuple):
    """What goes through a job into one target: the source that won, the origins that are alive.

    Of those, `guessed` were called inferred by who told them.
    """

    source: int
    origins: tuple[int, ...]
    guessed: frozenset[int] = frozenset()

    def source_of(self, origin: int) -> int:
        """Return the source of one origin: 0 where it was guessed."""
        return 0 if origin in self.guessed else self.source


class Derivations:
    """The derivations of one teller (a job, or dataset events of one dataset): target -> source -> derivation."""

    __slots__ = ("by_target", "passages")

    def __init__(self) -> None:
        self.by_target: dict[int, dict[int, Derivation]] = {}
        self.passages: dict[int, Passage] = {}

    def of(self, target: int, source: int) -> Derivation:
        """Return a derivation, made when there is none."""
        by_source = self.by_target.setdefault(target, {})
        found = by_source.get(source)
        if found is None:
            found = by_source[source] = Derivation()
        return found


class DatasetState:
    """A dataset. `told` holds what dataset events said about where it comes from, None while not loaded."""

    __slots__ = (
        "first_seen", "hidden", "id", "last_seen", "last_seq", "moved", "name", "namespace", "source_id", "stamps",
        "told", "used", "version_count",
    )  # fmt: skip

    def __init__(self, identifier: int, namespace: NamespaceState, name: str, time: int) -> None:
        self.id = identifier
        self.moved = True
        self.namespace = namespace
        self.name = name
        self.used = False
        self.hidden = False
        self.first_seen = self.last_seen = time
        self.last_seq = 0
        self.version_count = 0
        self.source_id: int | None = None
        self.stamps: Stamps = {}
        self.told: Derivations | None = None

    @property
    def full_name(self) -> Name:
        """Return (namespace, name)."""
        return self.namespace.name, self.name


class JobState:
    """A job. `edges[direction][dataset id]`; `thresholds[direction]` is None while nothing is complete."""

    __slots__ = (
        "derivations", "edges", "first_seen", "hidden", "id", "last_seen", "last_seq", "latest_key", "latest_run_id",
        "latest_unsure", "moved", "name", "namespace", "parent_job_id", "parent_stamp", "run_count", "stamps",
        "thresholds", "used",
    )  # fmt: skip

    def __init__(self, identifier: int, namespace: NamespaceState, name: str, time: int) -> None:
        self.id = identifier
        self.moved = True
        self.namespace = namespace
        self.name = name
        self.used = False
        self.hidden = False
        self.first_seen = self.last_seen = time
        self.last_seq = 0
        self.run_count = 0
        self.latest_run_id: int | None = None
        self.latest_key: tuple[int, bytes] | None = None  # (started_at, uuid) of the latest run
        self.latest_unsure = False  # the latest run turned out to be older: ask the store
        self.parent_job_id: int | None = None
        self.parent_stamp = NO_STAMP
        self.thresholds: list[int | None] = [None, None]
        self.stamps: Stamps = {}
        self.edges: tuple[dict[int, Edge], dict[int, Edge]] = ({}, {})
        self.derivations = Derivations()


class RunDataset:
    """A dataset that a run reads or writes."""

    __slots__ = ("at", "facets", "name", "stamps")

    def __init__(self, name: Name, time: int) -> None:
        self.name = name
        self.at = time
        self.stamps: Stamps | None = None
        self.facets: dict[str, bytes] | None = None


class RunState:
    """A run of one job."""

    __slots__ = (
        "completed_at", "datasets", "ended_at", "first_seen", "id", "job_id", "job_version", "last_seen", "location",
        "moved", "parent_job_id", "parent_uuid", "stamps", "start_time", "state", "state_stamp", "uuid",
    )  # fmt: skip

    def __init__(self, identifier: int, job_id: int, uuid: bytes, time: int) -> None:
        self.id = identifier
        self.moved = True
        self.job_id = job_id
        self.uuid = uuid
        self.state = "NEW"
        self.state_stamp = NO_STAMP
        self.first_seen = self.last_seen = time
        self.start_time: int | None = None
        self.ended_at: int | None = None
        self.completed_at: int | None = None
        self.parent_uuid: bytes | None = None
        self.parent_job_id: int | None = None
        self.location: str | None = None
        self.job_version: bytes | None = None
        self.stamps: Stamps = {}
        self.datasets: tuple[dict[int, RunDataset], dict[int, RunDataset]] = ({}, {})

    @property
    def started_at(self) -> int:
        """Return the earliest START, else the earliest event."""
        return self.first_seen if self.start_time is None else self.start_time
