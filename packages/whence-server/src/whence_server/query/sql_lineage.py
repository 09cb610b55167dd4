"""What SQL that somebody sent reads and writes, as plain data. Needs no store.

Must not be called on the event loop: reading takes 0.1 ms to seconds of CPU. The picture of a pipeline is the seed's
(`lineage-tracking-api.md`): processes and data, joined by reads and writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from whence.sql import script_lineage
from whence.sql.documents import script_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]
Tables = dict[str, dict[str, str | None]]


class Question(NamedTuple):
    """A text and what it is to be read with; `tables` are the columns that the asker knows."""

    sql: str
    dialect: str | None = None
    default_db: str | None = None
    default_schema: str | None = None
    tables: Tables | None = None
    profile: str = "default"


def answer(question: Question) -> Json:
    """Read the text."""
    script = script_lineage(
        question.sql,
        question.dialect,
        default_db=question.default_db,
        default_schema=question.default_schema,
        schema=question.tables,
        profile=question.profile,
    )
    return script_document(question.sql, script)


def as_pipeline(question: Question, pipeline: str, region: str | None) -> Json:
    """Read the text as a pipeline of one step for each statement that touches data."""
    told = answer(question)
    steps = [_step(statement) for statement in told["statements"] if statement["inputs"] or statement["outputs"]]
    return {
        "summary": {"pipeline": pipeline, "region": region, "steps": steps},
        "graphPipeline": _through_processes(steps),
        "graphData": _between_data(steps),
        "sql": told,
    }


def _step(statement: Mapping[str, Any]) -> Json:
    return {
        "id": f"statement-{statement['statement']}",
        "type": "Sql",
        "inputs": [{"uri": table["fullName"]} for table in statement["inputs"]],
        "outputs": [{"uri": table["fullName"]} for table in statement["outputs"]],
        "run": None,
        "hasSql": True,
        "sqlDst": statement["sqlDst"],
        "sqlSources": statement["sqlSources"],
    }


def _through_processes(steps: Iterable[Json]) -> Json:
    nodes: dict[str, Json] = {}
    edges: list[Json] = []
    for step in steps:
        process = f"process:{step['id']}"
        nodes[process] = {"id": process, "kind": "process", "label": step["id"]}
        reads, writes = _nodes_of(step["inputs"], nodes), _nodes_of(step["outputs"], nodes)
        edges += [{"source": data, "target": process, "kind": "read"} for data in reads]
        edges += [{"source": process, "target": data, "kind": "write"} for data in writes]
    return {"nodes": list(nodes.values()), "edges": edges}


def _between_data(steps: Iterable[Json]) -> Json:
    nodes: dict[str, Json] = {}
    edges: dict[tuple[str, str], Json] = {}
    for step in steps:
        origins, targets = _nodes_of(step["inputs"], nodes), _nodes_of(step["outputs"], nodes)
        for pair in ((origin, target) for origin in origins for target in targets):
            edges[pair] = {"source": pair[0], "target": pair[1], "kind": "flow"}
    return {"nodes": list(nodes.values()), "edges": list(edges.values())}


def _nodes_of(datasets: Iterable[Json], nodes: dict[str, Json]) -> list[str]:
    ids: list[str] = []
    for data in datasets:
        identifier = f"data:{data['uri']}"
        nodes[identifier] = {"id": identifier, "kind": "data", "label": data["uri"].rpartition("/")[2] or data["uri"]}
        ids.append(identifier)
    return ids
