"""One change of one aspect, as DataHub's HTTP API takes it, and JSON patches of it.

CREATE carries the header `If-None-Match: *`: a server that knows it drops the change without a word where the aspect
exists, instead of refusing it (and, within one transaction, its neighbours).

Must not: take the time from a clock. The same event gives the same bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTOR = "urn:li:corpuser:unknown"
JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
Json = dict[str, Any]


class Proposal(NamedTuple):
    """What is sent for one aspect: which, and the whole proposal as JSON."""

    urn: str
    aspect: str
    change: str
    body: bytes


class Origin(NamedTuple):
    """Which event a proposal comes from: its time in milliseconds and its run, for DataHub's system metadata."""

    time_ms: int
    run_id: str


def create(urn: str, aspect: str, value: Json, origin: Origin) -> Proposal:
    """Write an aspect that is not there yet; one that is there stays."""
    return _proposal(urn, aspect, "CREATE", value, origin)


def upsert(urn: str, aspect: str, value: Json, origin: Origin) -> Proposal:
    """Write an aspect that is ours alone, or a point of a time series."""
    return _proposal(urn, aspect, "UPSERT", value, origin)


def patch(urn: str, aspect: str, values: Mapping[tuple[str, ...], Any], origin: Origin) -> Proposal:
    """Set values inside an aspect, by path; everything beside them stays."""
    operations = [{"op": "add", "path": pointer(path), "value": value} for path, value in values.items()]
    return _proposal(urn, aspect, "PATCH", operations, origin)


def pointer(path: tuple[str, ...]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _proposal(urn: str, aspect: str, change: str, value: object, origin: Origin) -> Proposal:
    content = JSON_PATCH if change == "PATCH" else JSON
    proposal: Json = {
        "entityType": urn.split(":", 3)[2],
        "entityUrn": urn,
        "changeType": change,
        "aspectName": aspect,
        "aspect": {"contentType": content, "value": json.dumps(value, separators=(",", ":"))},
        "systemMetadata": {"lastObserved": origin.time_ms, "runId": origin.run_id},
    }
    if change == "CREATE":
        proposal["headers"] = {"If-None-Match": "*"}
    return Proposal(urn, aspect, change, json.dumps(proposal, separators=(",", ":")).encode())


def stamp(origin: Origin) -> Json:
    """Return DataHub's audit stamp."""
    return {"time": origin.time_ms, "actor": ACTOR}


def edge(urn: str, origin: Origin) -> Json:
    """Return an edge to an entity."""
    return {"destinationUrn": urn, "lastModified": stamp(origin)}
