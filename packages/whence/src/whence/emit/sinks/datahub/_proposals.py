"""One change of one aspect, as DataHub's HTTP API takes it, and JSON patches of it.

A request is one transaction in DataHub, and there a CREATE counts for what follows before it is dropped because the
aspect exists: a PATCH behind it would be computed over the CREATE's content and wipe what others wrote
(`AspectsBatchImpl.toUpsertBatchItems`); older servers compute each change from the stored aspect, so that the last one
wins. Hence an aspect is changed once in a request: `united` makes one of equal changes, `_requests.py` keeps unequal
ones apart.

CREATE carries the header `If-None-Match: *`: a server that knows it drops the change without a word where the aspect
exists, instead of refusing it and its neighbours.

The value of an aspect is JSON within JSON, in ASCII: Rest.li takes it for bytes, a character each.

Must not: take the time from a clock. The same event gives the same bytes.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACTOR = "urn:li:corpuser:unknown"
JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
Json = dict[str, Any]
Key = tuple[str, str, str]


class Origin(NamedTuple):
    """Which event a proposal comes from: its time in milliseconds and its run, for DataHub's system metadata."""

    time_ms: int
    run_id: str


class Proposal:
    """A change of one aspect of one entity. A PATCH's value is path -> value.

    `whole` is what to CREATE where a PATCH is refused because there is nothing to patch.
    """

    def __init__(self, target: tuple[str, str], change: str, value: Mapping[Any, Any], origin: Origin) -> None:
        self.urn, self.aspect = target
        self.change = change
        self.value = value
        self.origin = origin
        self.whole: Json | None = None

    @property
    def key(self) -> Key:
        """What it changes: an aspect, or one point of a time series."""
        return self.urn, self.aspect, str(self.value.get("messageId", ""))

    @cached_property
    def body(self) -> bytes:
        """The proposal as JSON."""
        return json.dumps(self._document(has_header=True), separators=(",", ":")).encode()

    @property
    def whole_body(self) -> bytes | None:
        """The CREATE of the whole aspect as JSON, which a server refuses aloud where there is one."""
        if self.whole is None:
            return None
        created = Proposal((self.urn, self.aspect), "CREATE", self.whole, self.origin)
        return json.dumps(created._document(has_header=False), separators=(",", ":")).encode()

    def _document(self, *, has_header: bool) -> Json:
        is_patch = self.change == "PATCH"
        value: object = _operations(self.value) if is_patch else self.value
        document: Json = {
            "entityType": self.urn.split(":", 3)[2],
            "entityUrn": self.urn,
            "changeType": self.change,
            "aspectName": self.aspect,
            "aspect": {
                "contentType": JSON_PATCH if is_patch else JSON,
                "value": json.dumps(value, separators=(",", ":")),
            },
            "systemMetadata": {"lastObserved": self.origin.time_ms, "runId": self.origin.run_id},
        }
        return {**document, "headers": {"If-None-Match": "*"}} if self.change == "CREATE" and has_header else document


def create(urn: str, aspect: str, value: Json, origin: Origin) -> Proposal:
    """Write an aspect that is not there yet; one that is there stays."""
    return Proposal((urn, aspect), "CREATE", value, origin)


def upsert(urn: str, aspect: str, value: Json, origin: Origin) -> Proposal:
    """Write an aspect that is ours alone, or a point of a time series."""
    return Proposal((urn, aspect), "UPSERT", value, origin)


def patch(
    urn: str, aspect: str, values: Mapping[tuple[str, ...], Any], origin: Origin, *, whole: Json | None = None
) -> Proposal:
    """Set values inside an aspect, by path; everything beside them stays."""
    made = Proposal((urn, aspect), "PATCH", values, origin)
    made.whole = whole
    return made


def united(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Make one of the changes of one aspect: the first CREATE, the last UPSERT, a PATCH with all paths."""
    found: dict[Key, Proposal] = {}
    for each in proposals:
        before = found.get(each.key)
        if before is not None and each.change == "PATCH":
            found[each.key] = patch(each.urn, each.aspect, {**before.value, **each.value}, each.origin)
        elif before is None or each.change == "UPSERT":
            found[each.key] = each
    return list(found.values())


def pointer(path: tuple[str, ...]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _operations(values: Mapping[tuple[str, ...], Any]) -> list[Json]:
    return [{"op": "add", "path": pointer(path), "value": value} for path, value in values.items()]


def stamp(origin: Origin) -> Json:
    """Return DataHub's audit stamp."""
    return {"time": origin.time_ms, "actor": ACTOR}


def edge(urn: str, origin: Origin) -> Json:
    """Return an edge to an entity."""
    return {"destinationUrn": urn, "lastModified": stamp(origin)}
