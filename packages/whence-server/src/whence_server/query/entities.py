"""From what a person typed to the one node that is meant, or to why not.

An entity is a node id (`dataset:`, `job:`, `datasetField:`, `run:`; any split at its colons is tried against the
store, percent-escapes are accepted), a dataset or job name, a file id `file::<path>@sha256:<hash>`, or a model id
`model:<name>/<version>`; the last two are dataset names. Every member of an alias component means its canonical
dataset. Must not guess: two things of one name are a refusal that lists both.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from whence.errors import NamingError
from whence.model import (
    NODE_KINDS,
    dataset_node_id,
    escape_node_part,
    field_node_id,
    is_uuid,
    job_node_id,
    split_candidates,
)
from whence_server.query.errors import AmbiguousError, QueryError, UnknownError
from whence_server.query.field_names import known_fields
from whence_server.query.nodes import NodeBook
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.stores.base import Reader

MAX_CANDIDATES = 50
MAX_NEAR = 8
MIN_TOKEN = 3

EntityType = Literal["DATASET", "JOB", "DATASET_FIELD"]


class Found(NamedTuple):
    """The node that an entity means (canonical), and the field when one was asked for."""

    node: int
    type: EntityType
    namespace: str
    name: str
    field: str | None = None

    @property
    def id(self) -> str:
        """Return the node id."""
        if self.field is not None:
            return field_node_id(self.namespace, self.name, self.field)
        made = job_node_id if self.type == "JOB" else dataset_node_id
        return made(self.namespace, self.name)

    def as_entity(self) -> dict[str, Any]:
        """Return the `Entity` answer."""
        return {"id": self.id, "type": self.type, "namespace": self.namespace, "name": self.name, "field": self.field}


def resolve(reader: Reader, text: str, *, parameter: str) -> Found:
    """Find the node that `text` means.

    Raises UnknownError (with near names), AmbiguousError (with candidates) or QueryError.
    """
    if not text.strip():
        message = f"{parameter} is empty; give a node id or the name of a dataset or job"
        raise QueryError(message, path=parameter)
    book = NodeBook(reader)
    for reading in (_by_node_id, _by_bare_name, _by_full_name):
        found = _distinct(book, reading(reader, text))
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(text, found, parameter)
    raise _unknown(reader, text, parameter)


def _by_node_id(reader: Reader, text: str) -> list[Found]:
    kind = text.partition(":")[0]
    if kind not in NODE_KINDS:
        return []
    try:
        candidates = split_candidates(text)
    except NamingError:
        return []  # it may still be a name
    if kind == "run":
        return _of_run(reader, candidates[0][2])
    if kind == "datasetField":
        return _fields(reader, [(namespace, name, rest[0]) for _, namespace, name, *rest in candidates])
    return _named(reader, kind, [(namespace, name) for _, namespace, name, *_ in candidates])


def _of_run(reader: Reader, uuid: str) -> list[Found]:
    if not is_uuid(uuid.lower()):
        return []
    jobs = reader.jobs([run.job_id for run in reader.runs_with_uuid(UUID(uuid).bytes)])
    return [Found(-job.id, "JOB", job.namespace, job.name) for job in jobs.values()]


def _named(reader: Reader, kind: str, names: Sequence[tuple[str, str]]) -> list[Found]:
    if kind == "job":
        ids = reader.job_ids(names)
        return [Found(-ids[name], "JOB", *name) for name in names if name in ids]
    ids = reader.dataset_ids(names)
    return [Found(ids[name], "DATASET", *name) for name in names if name in ids]


def _fields(reader: Reader, readings: Sequence[tuple[str, str, str]]) -> list[Found]:
    """Return the readings whose dataset exists, and of those only the ones whose field is known, if there are any."""
    ids = reader.dataset_ids(list(dict.fromkeys((namespace, name) for namespace, name, _ in readings)))
    present = [
        Found(ids[namespace, name], "DATASET_FIELD", namespace, name, field)
        for namespace, name, field in readings
        if (namespace, name) in ids
    ]
    fields = {found.node: known_fields(reader, found.node) for found in present}
    known = [found for found in present if found.field in fields[found.node]]
    if known or not present:
        return known
    first = present[0]
    message = f"{dataset_node_id(first.namespace, first.name)} has no field {first.field!r}"
    raise UnknownError(message, path="entity", details={"near": _closest(first.field or "", fields[first.node])})


def _by_bare_name(reader: Reader, text: str) -> list[Found]:
    book = NodeBook(reader)
    nodes: list[int] = []
    for name in dict.fromkeys((text, unquote(text))):
        nodes = nodes or reader.nodes_named(name, MAX_CANDIDATES)
    book.load(nodes)
    return [_found(book, node) for node in nodes if node in book.datasets or -node in book.jobs]


def _by_full_name(reader: Reader, text: str) -> list[Found]:
    """Read `<namespace>:<name>`, a node id that lacks its kind."""
    try:
        names = [(namespace, name) for _, namespace, name, *_ in split_candidates(f"dataset:{text}")]
    except NamingError:
        return []
    return _named(reader, "dataset", names) + _named(reader, "job", names)


def _found(book: NodeBook, node: int) -> Found:
    row = book.datasets[node] if node > 0 else book.jobs[-node]
    return Found(node, "DATASET" if node > 0 else "JOB", row.namespace, row.name)


def _distinct(book: NodeBook, found: Iterable[Found]) -> list[Found]:
    """Replace datasets by their canonical ones, drop what is hidden, keep each once."""
    asked = list(found)
    book.load(each.node for each in asked)
    canonical = {each.node: _canonical(book, each.node) for each in asked}
    book.load(canonical.values())
    distinct: dict[tuple[int, str | None], Found] = {}
    for each in asked:
        node = canonical[each.node]
        if book.is_shown(node):
            distinct[node, each.field] = _found(book, node)._replace(type=each.type, field=each.field)
    return list(distinct.values())


def _canonical(book: NodeBook, node: int) -> int:
    row = book.datasets.get(node) if node > 0 else None
    return node if row is None else row.canonical_id


def _ambiguous(text: str, found: Sequence[Found], parameter: str) -> AmbiguousError:
    candidates = [each.as_entity() | {"id": _escaped(each)} for each in found]
    message = f"{text!r} names {len(found)} things; ask again with the id of one of the candidates"
    return AmbiguousError(message, path=parameter, details={"candidates": candidates})


def _escaped(found: Found) -> str:
    """Return a node id that can be read in one way only."""
    kind = {"JOB": "job", "DATASET": "dataset", "DATASET_FIELD": "datasetField"}[found.type]
    parts = [found.namespace, found.name] if found.field is None else [found.namespace, found.name, found.field]
    return ":".join([kind, *map(escape_node_part, parts)])


def _unknown(reader: Reader, text: str, parameter: str) -> UnknownError:
    near = near_names(reader, text)
    hint = f"; near it: {', '.join(each['name'] for each in near[:3])}" if near else ""
    message = f"nothing is called {text[:200]!r}{hint}"
    return UnknownError(message, path=parameter, details={"near": near})


def near_names(reader: Reader, text: str) -> list[dict[str, str]]:
    """Return datasets and jobs whose names look like the text, the most alike first."""
    for token in _tokens(text):
        hits = reader.search(token, Page(limit=50))
        if hits:
            ranked = sorted(hits, key=lambda hit: -SequenceMatcher(None, hit.name[:200], text[-200:]).ratio())
            return [
                {
                    "id": (dataset_node_id if hit.node > 0 else job_node_id)(hit.namespace, hit.name),
                    "type": "DATASET" if hit.node > 0 else "JOB",
                    "namespace": hit.namespace,
                    "name": hit.name,
                }
                for hit in ranked[:MAX_NEAR]
            ]
    return []


def _tokens(text: str) -> list[str]:
    """Return ever smaller parts of a name to search for: all of it, its longest words, their beginnings."""
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text[:2_000]).split()
    longest = sorted((word for word in words if len(word) >= MIN_TOKEN), key=len, reverse=True)[:3]
    halves = [word[: max(MIN_TOKEN, len(word) * 2 // 3)] for word in longest]
    ends = [word[-max(MIN_TOKEN, len(word) * 2 // 3) :] for word in longest]
    return list(dict.fromkeys([text[:2_000], *longest, *halves, *ends]))


def _closest(text: str, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: -SequenceMatcher(None, name, text).ratio())[:MAX_NEAR]
