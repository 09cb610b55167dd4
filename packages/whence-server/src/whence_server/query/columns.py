"""Marquez's column lineage: the fields that a dataset's, a job's or one field comes from, and on demand where they go.

The graph is the present one; a version in the node id must exist and is then left aside. Unlike Marquez: edges always
lead from upstream to downstream, downstream works from any field, inputs need no schema, and indirect inputs of a
whole dataset count. Source: facts measured on Marquez 0.51.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whence.model import field_node_id
from whence_server.query.dataset_shape import transformation
from whence_server.query.datasets import find_version
from whence_server.query.errors import QueryError, UnknownError
from whence_server.query.field_names import known_fields, schema_fields
from whence_server.query.field_walk import Field, FieldLink, FieldLinks, FieldWalker
from whence_server.query.node_ids import NodeRef, find_node
from whence_server.query.nodes import NodeBook
from whence_server.query.versions import dataset_version, initial_version
from whence_server.stores.rows import INPUT

if TYPE_CHECKING:
    from whence_server.query.limits import Limits
    from whence_server.stores.base import Reader

MAX_JOB_EDGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked."""

    node_id: str
    depth: int = 20
    with_downstream: bool = False


def answer(reader: Reader, question: Question, limits: Limits) -> dict[str, Any]:
    """Answer the fields around a node, in the shape `ColumnLineage`."""
    ref = find_node(reader, question.node_id, kinds=("dataset", "datasetField", "job"))
    if ref.version is not None:
        _check_version(reader, ref, question)
    book, budget = NodeBook(reader), limits.budget()
    start = _start(reader, ref)
    links = FieldLinks(reader, book, budget)
    walkers = [FieldWalker(links, budget, "up").start(start).finish(question.depth)]
    if question.with_downstream:
        walkers.append(FieldWalker(links, budget, "down").start(start).finish(question.depth))
    found = {link: None for walker in walkers for link in walker.links}
    asked = start if ref.field is not None else []
    book.load(dataset for dataset, _ in asked)
    nodes = _rendered(reader, book, list(found), asked)
    return {"graph": nodes, "truncated": budget.is_exhausted, "truncatedReason": budget.reason}


def _check_version(reader: Reader, ref: NodeRef, question: Question) -> None:
    if question.with_downstream:
        message = "Node version cannot be specified when withDownstream is true"
        raise QueryError(message, path="nodeId")
    if ref.node < 0:
        return
    row = reader.datasets([ref.node])[ref.node]
    wanted = ref.version or ""
    if wanted != initial_version(row) and find_version(reader, row, wanted) is None:
        message = f"Dataset version '{wanted}' not found."
        raise UnknownError(message, path="nodeId")


def _start(reader: Reader, ref: NodeRef) -> list[Field]:
    """Return the fields to start from: one, all of a dataset, or all of what a job writes."""
    if ref.node < 0:
        edges = reader.edges_of_jobs([-ref.node], MAX_JOB_EDGES)
        datasets = list(dict.fromkeys(edge.dataset_id for edge in edges if edge.direction != INPUT))
    else:
        datasets = [reader.canonical([ref.node]).get(ref.node, ref.node)]
    if ref.field is not None:
        return [(datasets[0], ref.field)]
    return [(dataset, field) for dataset in datasets for field in sorted(known_fields(reader, dataset))]


def _rendered(reader: Reader, book: NodeBook, links: list[FieldLink], asked: list[Field]) -> list[dict[str, Any]]:
    fields = dict.fromkeys(asked)
    for link in links:
        fields[link.origin] = fields[link.target] = None
    datasets = {dataset for dataset, _ in fields}
    latest = reader.latest_versions(list(datasets))
    versions = {dataset: dataset_version(book.datasets[dataset], latest.get(dataset)) for dataset in datasets}
    types = {dataset: _types(book, dataset) for dataset in datasets}
    ids = {field: _field_id(book, field) for field in fields}
    by_target: dict[Field, list[FieldLink]] = {}
    out_of: dict[Field, set[Field]] = {}
    for link in links:
        by_target.setdefault(link.target, []).append(link)
        out_of.setdefault(link.origin, set()).add(link.target)
    nodes: list[dict[str, Any]] = []
    for field in fields:
        inputs = [_input(book, versions, link) for link in by_target.get(field, ())]
        first = inputs[0] if inputs else {}
        row = book.datasets[field[0]]
        data = {
            "namespace": row.namespace,
            "dataset": row.name,
            "datasetVersion": versions[field[0]],
            "field": field[1],
            "fieldType": types[field[0]].get(field[1]) or "",
            "transformationDescription": first.get("transformationDescription"),
            "transformationType": first.get("transformationType"),
            "inputFields": inputs,
        }
        origins = sorted({ids[link.origin] for link in by_target.get(field, ())})
        targets = sorted(ids[target] for target in out_of.get(field, ()))
        nodes.append(
            {
                "id": ids[field],
                "type": "DATASET_FIELD",
                "data": data,
                "inEdges": [{"origin": origin, "destination": ids[field]} for origin in origins],
                "outEdges": [{"origin": ids[field], "destination": target} for target in targets],
            }
        )
    nodes.sort(key=lambda node: node["id"])
    return nodes


def _types(book: NodeBook, dataset: int) -> dict[str, str | None]:
    return {field["name"]: field["type"] for field in schema_fields(book.datasets[dataset].fields)}


def _field_id(book: NodeBook, field: Field) -> str:
    row = book.datasets[field[0]]
    return field_node_id(row.namespace, row.name, field[1])


def _input(book: NodeBook, versions: dict[int, str], link: FieldLink) -> dict[str, Any]:
    row = book.datasets[link.origin[0]]
    return {
        "namespace": row.namespace,
        "dataset": row.name,
        "datasetVersion": versions[link.origin[0]],
        "field": link.origin[1],
        **transformation(link.transformations),
        "transformations": list(link.transformations),
    }
