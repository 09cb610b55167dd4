"""Marquez's node ids to nodes: exact names only, every split at the colons tried, the likeliest existing one taken.

Unlike an entity (`entities`), a node id of Marquez's API is no bare name, and two readings of one id are no refusal:
its clients send what the server told them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whence.errors import NamingError
from whence.model import NODE_KINDS, split_candidates, split_version
from whence_server.query.errors import QueryError, UnknownError
from whence_server.query.field_names import known_fields

if TYPE_CHECKING:
    from whence_server.stores.base import Reader


class NodeRef(NamedTuple):
    """A node that exists: `node` is as the store knows it, not canonical; field and version as asked."""

    kind: str
    node: int
    name: str
    field: str | None
    version: str | None


def find_node(reader: Reader, node_id: str, *, kinds: tuple[str, ...]) -> NodeRef:
    """Find the node of an id of one of these kinds. Raises QueryError or UnknownError."""
    kind = node_id.partition(":")[0]
    if kind not in kinds:
        allowed = ", ".join(f"{each}:<namespace>:<name>" for each in kinds)
        message = f"nodeId must be one of {allowed}, not {node_id[:200]!r}"
        raise QueryError(message, path="nodeId", details={"kinds": [each for each in NODE_KINDS if each in kinds]})
    try:
        candidates = split_candidates(node_id)
    except NamingError as error:
        raise QueryError(str(error), path="nodeId") from error
    version = split_version(node_id)[1]
    names = [(namespace, name) for _, namespace, name, *_ in candidates]
    ids = reader.job_ids(names) if kind == "job" else reader.dataset_ids(names)
    for (_, namespace, name, *rest), full in zip(candidates, names, strict=True):
        if full in ids and (not rest or _has_field(reader, ids[namespace, name], rest[0])):
            node = -ids[full] if kind == "job" else ids[full]
            return NodeRef(kind, node, name, rest[0] if rest else None, version)
    word = {"job": "Job", "dataset": "Dataset"}.get(kind, "Field")
    message = f"{word} '{candidates[0][-1]}' not found."
    raise UnknownError(message, path="nodeId")


def _has_field(reader: Reader, dataset_id: int, field: str) -> bool:
    return field in known_fields(reader, dataset_id)
