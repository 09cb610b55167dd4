"""Routes of the graph: /lineage/graph, /lineage/path, /lineage/impact.

Source: the seed `openlineage-mvp.md`, section 7.2. Marquez's own lineage routes are in `lineage.py`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.graph import Graph, GraphPath, Impact
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.parameters import Depth, Direction, EntityName, MaxNodes
from whence_server.api.rendering import json_answer
from whence_server.query import impact as impacts
from whence_server.query import neighbourhood, paths

router = APIRouter(prefix="/lineage", tags=["graph"])

WithFields = Annotated[bool, Query(description="Also answer the field edges between the nodes.")]


@router.get("/graph", response_model=Graph, responses=problems(404, 409))
def graph(
    context: Context,
    entity: EntityName,
    direction: Direction = "both",
    depth: Depth = 5,
    max_nodes: MaxNodes = None,
    fields: WithFields = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Show what surrounds an entity. One hop is dataset to dataset: passing through a job counts one."""
    question = neighbourhood.Question(entity=entity, direction=direction, depth=depth, with_fields=fields)
    with context.reads.reading() as store:
        return json_answer(neighbourhood.answer(store, question, context.limits(max_nodes)))


@router.get("/path", response_model=GraphPath, responses=problems(404, 409))
def path(context: Context, frm: EntityName, to: EntityName, depth: Depth = 10) -> Response:
    """Find a shortest way downstream from one entity to another; if there is none, say whether the reverse exists."""
    with context.reads.reading() as store:
        return json_answer(paths.answer(store, frm, to, depth=depth, limits=context.limits()))


@router.get("/impact", response_model=Impact, responses=problems(404, 409))
def impact(context: Context, entity: EntityName, depth: Depth = 1_000, max_nodes: MaxNodes = None) -> Response:
    """List everything downstream of a dataset, a job or a field, nearest first."""
    with context.reads.reading() as store:
        return json_answer(impacts.answer(store, entity, depth=depth, limits=context.limits(max_nodes)))
