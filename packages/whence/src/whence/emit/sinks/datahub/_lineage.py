"""Where an output comes from: the tables, and for each of its fields the fields.

The facet `lineage` says it exactly, and outranks `columnLineage`, which outranks the guess that every output comes from
every input; the same order as the Whence server's (docs/explanation/fold.md). A table's origin in itself is left out.

An inferred origin is marked, and its fields get a confidence below 1.

Must not: set `matchType`: it is the server's word on whether it knew the name (LineageMatchType in DataHub's schemas),
and nobody else can say that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from whence.emit.sinks.datahub._names import key_of, urn_by_hand
from whence.emit.sinks.datahub._proposals import Origin, Proposal, patch, stamp
from whence.model import field_urn
from whence.model._json import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from whence.emit.sinks.datahub._proposals import Json

ASPECT = "upstreamLineage"
INFERRED_CONFIDENCE = 0.5
_NONE = "NONE"  # DataHub's word for no operation and no query, in the paths of its patches


class FieldOrigin(NamedTuple):
    """One field that another comes from, and by which operation."""

    operation: str
    downstream: str
    upstream: str
    confidence: float


class Lineage:
    """What one output comes from: URN -> whether that is inferred, and the origins of its fields."""

    def __init__(self, urn: str, find: Callable[[str, str], str | None], teller: str) -> None:
        self.urn = urn
        self._teller = _plain(teller)
        self.tables: dict[str, bool] = {}
        self.fields: dict[FieldOrigin, None] = {}
        self._find = find

    def read(self, facets: Mapping[str, Any], stated: Mapping[str, Any] | None, inputs: Iterable[str]) -> None:
        """Read what is said: by the output's facets, by its job (`stated`), else nothing, which means all inputs."""
        explicit = facets.get("lineage", stated)
        columns = facets.get("columnLineage")
        if is_object(explicit):
            self._add_sources(explicit.get("inputs"))
            self._add_fields(explicit.get("fields"), "inputs")
        elif is_object(columns):
            self._add_sources(columns.get("dataset"))
            self._add_fields(columns.get("fields"), "inputFields")
        else:
            for each in inputs:
                self._add_table(each, inferred=False)

    def _add_sources(self, sources: object) -> None:
        for source in _objects(sources):
            if source.get("type", "DATASET") != "JOB" and (urn := self._urn_of(source)):
                self._add_table(urn, inferred=_is_inferred(source))

    def _add_fields(self, fields: object, key: str) -> None:
        for name, told in fields.items() if is_object(fields) else ():
            for source in _objects(told.get(key) if is_object(told) else None):
                if urn := self._urn_of(source):
                    self._add_table(urn, inferred=_is_inferred(source))
                    self._add_field(name, urn, source)

    def _add_table(self, urn: str, *, inferred: bool) -> None:
        if urn != self.urn:
            self.tables[urn] = self.tables.get(urn, True) and inferred

    def _add_field(self, name: str, urn: str, source: Mapping[str, Any]) -> None:
        field = source.get("field")
        if isinstance(field, str) and field and name and (urn, field) != (self.urn, name):
            confidence = INFERRED_CONFIDENCE if _is_inferred(source) else 1.0
            upstream, downstream = field_urn(urn, field), field_urn(self.urn, name)
            operation = _operation(source)
            if _is_set_whole(downstream):
                operation = f"{operation} ({self._teller})"
            self.fields[FieldOrigin(operation, downstream, upstream, confidence)] = None

    def _urn_of(self, source: Mapping[str, Any]) -> str | None:
        key = key_of(source)
        return urn_by_hand(source) or (self._find(*key) if key else None)

    def proposal(self, origin: Origin) -> Proposal:
        """Return the change: each table and each field by itself."""
        upstreams = {urn: _upstream(urn, origin, inferred=inferred) for urn, inferred in self.tables.items()}
        whole: Json = {"upstreams": list(upstreams.values())}
        paths: dict[tuple[str, ...], Any] = {("upstreams", urn): each for urn, each in upstreams.items()}
        if self.fields:
            whole["fineGrainedLineages"] = self._fine_grained()
        return patch(self.urn, ASPECT, {**paths, **self._field_paths()}, origin, whole=whole)

    def _grouped(self) -> dict[tuple[str, str], dict[str, float]]:
        """Group by operation and downstream field, as DataHub keys them: upstream field -> confidence."""
        groups: dict[tuple[str, str], dict[str, float]] = {}
        for operation, downstream, upstream, confidence in self.fields:
            group = groups.setdefault((operation, downstream), {})
            group[upstream] = max(confidence, group.get(upstream, 0.0))
        return groups

    def _fine_grained(self) -> list[Json]:
        made: list[Json] = []
        for (operation, downstream), upstreams in self._grouped().items():
            entry: Json = {
                "upstreamType": "FIELD_SET",
                "upstreams": list(upstreams),
                "downstreamType": "FIELD",
                "downstreams": [downstream],
                "confidenceScore": min(upstreams.values()),
            }
            made.append(entry if operation == _NONE else {**entry, "transformOperation": operation})
        return made

    def _field_paths(self) -> dict[tuple[str, ...], Any]:
        """Return path -> value for each upstream field.

        The server makes missing parents of a path without unescaping them, so that a downstream field whose URN holds a
        slash or tilde would have none: there the field's whole entry for the operation is set. For it to be ours alone,
        the operation has the job's name.
        """
        paths: dict[tuple[str, ...], Any] = {}
        for (operation, downstream), upstreams in self._grouped().items():
            scores = {urn: {"confidenceScore": confidence} for urn, confidence in upstreams.items()}
            here = ("fineGrainedLineages", operation, downstream)
            if _is_set_whole(downstream):
                paths[here] = {_NONE: scores}
            else:
                paths.update({(*here, _NONE, urn): score for urn, score in scores.items()})
        return paths


def _upstream(urn: str, origin: Origin, *, inferred: bool) -> Json:
    entry: Json = {"auditStamp": stamp(origin), "dataset": urn, "type": "TRANSFORMED"}
    return {**entry, "properties": {"inferred": "read and written by the same run"}} if inferred else entry


def _steps(source: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _objects(source.get("transformations"))


def _is_inferred(source: Mapping[str, Any]) -> bool:
    """Say whether every way from this origin is marked as a guess."""
    steps = _steps(source)
    return bool(steps) and all(step.get("subtype") == "INFERRED" for step in steps)


def _operation(source: Mapping[str, Any]) -> str:
    """Return the operation in a word: the direct one if there is any."""
    steps = sorted(_steps(source), key=lambda step: step.get("type") != "DIRECT")
    said = next((step.get("subtype") or step.get("type") for step in steps), None)
    return _plain(said) if isinstance(said, str) and said else _NONE


def _is_set_whole(downstream: str) -> bool:
    return "/" in downstream or "~" in downstream


def _plain(text: str) -> str:
    """Take out of a key what a path would escape."""
    return text.replace("/", " ").replace("~", " ")


def _objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in an array of an event; anything else counts for nothing."""
    return [each for each in value if is_object(each)] if is_array(value) else []
