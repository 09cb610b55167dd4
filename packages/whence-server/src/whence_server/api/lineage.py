"""Marquez's lineage routes: /lineage, /column-lineage, /runlineage/upstream (GET; POST /lineage is the ingest's)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from whence_server.api.answers.marquez import ColumnLineage, Lineage, UpstreamRuns
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.parameters import Depth, MaxNodes, NodeId
from whence_server.api.rendering import json_answer
from whence_server.query import columns, rings, run_chain

router = APIRouter(prefix="/api/v1", tags=["lineage"])

WithDownstream = Annotated[bool, Query(alias="withDownstream", description="Also follow the fields downstream.")]
RunIdParameter = Annotated[str, Query(alias="runId", description="Run id, a UUID.")]


@router.get("/lineage", response_model=Lineage, responses=problems(404))
def lineage(context: Context, node_id: NodeId, depth: Depth = 20, max_nodes: MaxNodes = None) -> Response:
    """Answer the jobs around a node, ring by ring in both directions, with all their datasets.

    Depth 0 is the adjacent jobs; each step adds the jobs that share a dataset with the ring before.
    """
    with context.reads.reading() as store:
        return json_answer(rings.answer(store, node_id, depth=depth, limits=context.limits(max_nodes)))


@router.get("/column-lineage", response_model=ColumnLineage, responses=problems(404))
def column_lineage(
    context: Context,
    node_id: NodeId,
    depth: Depth = 20,
    with_downstream: WithDownstream = False,  # noqa: FBT002 - a query parameter
    max_nodes: MaxNodes = None,
) -> Response:
    """Answer the fields that a dataset's, a job's or one field comes from, and on demand where they go."""
    question = columns.Question(node_id=node_id, depth=depth, with_downstream=with_downstream)
    with context.reads.reading() as store:
        return json_answer(columns.answer(store, question, context.limits(max_nodes)))


@router.get("/runlineage/upstream", response_model=UpstreamRuns, responses=problems(404))
def runlineage_upstream(context: Context, run_id: RunIdParameter, depth: Depth = 20) -> Response:
    """Answer the run and the runs that wrote what it read, and so on; also through datasets that no run wrote."""
    with context.reads.reading() as store:
        return json_answer(run_chain.answer(store, run_id, depth=depth, limits=context.limits()))
