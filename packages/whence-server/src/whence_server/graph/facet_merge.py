"""How facets merge: of one owner and key the facet of the event with the greatest id stays, be it a deletion.

The content's hash stays beside the winner's id, so that the frequent case, the same facet sent again, writes nothing
but the id.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from whence_server.graph.states import RunDataset, Stamps

Won = list[tuple[str, Any, bytes | None]]
DELETED = ""


def content_hash(body: bytes) -> str:
    """Return what tells one facet content from another."""
    return blake2b(body, digest_size=8).hexdigest()


def merge_facets(stamps: Stamps, facets: dict[str, Any], identifier: bytes) -> Won:
    """Merge an event's facets into an owner's stamps; return (key, facet, JSON) of those that changed.

    JSON is None when the facet was deleted. A facet that is null is none.
    """
    won: Won = []
    for key, value in facets.items():
        known = stamps.get(key)
        if value is None or (known is not None and known[0] >= identifier):
            continue
        if value.__class__ is dict and value.get("_deleted") is True:
            body, content = None, DELETED
        else:
            body = orjson.dumps(value)
            content = blake2b(body, digest_size=8).hexdigest()
        stamps[key] = (identifier, content)
        if known is None or known[1] != content:
            won.append((key, value, body))
    return won


def merge_run_facets(found: RunDataset, facets: dict[str, Any], identifier: bytes) -> bool:
    """Merge inputFacets or outputFacets of a run's dataset; tell whether any of them won."""
    stamps: Stamps = found.stamps if found.stamps is not None else {}
    bodies = found.facets if found.facets is not None else {}
    for key, _, body in merge_facets(stamps, facets, identifier):
        if body is None:
            bodies.pop(key, None)
        else:
            bodies[key] = body
    found.stamps, found.facets = stamps or None, bodies or None
    return any(stamp[0] == identifier for stamp in stamps.values())
