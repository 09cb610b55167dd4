"""Laws of walking, on random graphs in a real store, held against a walk over plain sets."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whence.model import check_event
from whence_server.graph.event_id import event_id
from whence_server.query import neighbourhood, paths, rings
from whence_server.query.limits import Limits
from whence_server.stores.base import Incoming
from whence_server.stores.sqlite import open_store

LIMITS = Limits(max_nodes=10_000, time_limit_s=60)
FACET = {"_producer": "https://example.com", "_schemaURL": "https://example.com/f.json"}
TABLES = [f"t{i}" for i in range(7)]


class Job(NamedTuple):
    """A job: what it reads, and for each output the sources it tells (None: it tells none)."""

    reads: frozenset[str]
    writes: dict[str, frozenset[str] | None]

    @property
    def inputs(self) -> frozenset[str]:
        """What a facet names as a source is an input, listed or not."""
        return self.reads.union(*(told for told in self.writes.values() if told is not None))

    def sources(self, output: str) -> frozenset[str]:
        told = self.writes[output]
        return self.inputs if told is None else told


some_tables = st.frozensets(st.sampled_from(TABLES), max_size=3)
jobs = st.builds(
    Job,
    some_tables,
    st.dictionaries(
        st.sampled_from(TABLES), st.none() | st.frozensets(st.sampled_from(TABLES), min_size=1, max_size=2), max_size=3
    ),
)
graphs = st.lists(jobs, min_size=1, max_size=6)


def event_of(name: str, job: Job) -> dict[str, object]:
    def output(table: str, told: frozenset[str] | None) -> dict[str, object]:
        facets: dict[str, object] = {}
        if told is not None:
            fields = {
                "f": {"inputFields": [{"namespace": "n", "name": source, "field": "f"} for source in sorted(told)]}
            }
            facets["columnLineage"] = {**FACET, "fields": fields}
        return {"namespace": "n", "name": table, "facets": facets}

    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "00000000-0000-4000-8000-000000000001"},
        "job": {"namespace": "j", "name": name},
        "inputs": [{"namespace": "n", "name": table} for table in sorted(job.reads)],
        "outputs": [output(table, told) for table, told in job.writes.items()],
    }


class Asked:
    """The answers of the queries on one graph."""

    def __init__(self, graph: list[Job], folder: Path) -> None:
        self.store = open_store(folder)
        # A table nobody mentions must exist, too: an event describes each.
        described = [
            {
                "eventTime": "2026-01-01T00:00:00Z",
                "producer": "p:x",
                "schemaURL": "https://x",
                "dataset": {"namespace": "n", "name": t},
            }
            for t in TABLES
        ]
        events = [event_of(f"j{i}", job) for i, job in enumerate(graph)] + described
        checked = [(event, check_event(event)) for event in events]
        self.store.commit([Incoming(event_id(c.event_time, e), orjson.dumps(e), e, c) for e, c in checked])

    def around(self, table: str, direction: str, depth: int = 50) -> dict[str, int]:
        """Return dataset -> distance."""
        question = neighbourhood.Question(entity=f"dataset:n:{table}", direction=direction, depth=depth)
        with self.store.reading() as reader:
            answer = neighbourhood.answer(reader, question, LIMITS)
        assert answer["truncated"] is False
        ids = {node["id"] for node in answer["nodes"]}
        assert {end for edge in answer["edges"] for end in (edge["origin"], edge["destination"])} <= ids
        return {node["name"]: abs(node["distance"]) for node in answer["nodes"] if node["type"] == "DATASET"}

    def path(self, start: str, end: str) -> dict[str, object]:
        with self.store.reading() as reader:
            return paths.answer(reader, f"dataset:n:{start}", f"dataset:n:{end}", depth=50, limits=LIMITS)

    def component(self, table: str) -> set[str]:
        with self.store.reading() as reader:
            answer = rings.answer(reader, f"dataset:n:{table}", depth=50, limits=LIMITS)
        return {node["id"].rpartition(":")[2] for node in answer["graph"] if node["type"] == "DATASET"}


def downstream(graph: list[Job], start: str) -> dict[str, int]:
    """Return dataset -> hops, by the definition."""
    hops = {start: 0}
    frontier = [start]
    for hop in range(1, len(TABLES) + 1):
        reached = {
            output for table in frontier for job in graph for output in job.writes if table in job.sources(output)
        }
        frontier = [table for table in reached if table not in hops]
        hops |= dict.fromkeys(frontier, hop)
    return hops


@pytest.mark.timeout(300)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs)
def test_walks_follow_the_definition(graph):
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(graph, Path(folder))
        expected = {table: downstream(graph, table) for table in TABLES}
        for table in TABLES:
            assert asked.around(table, "down") == expected[table]
            upstream = {other: hops[table] for other, hops in expected.items() if table in hops}
            assert asked.around(table, "up") == upstream
            both = asked.around(table, "both")
            assert set(both) == set(upstream) | set(expected[table])
            assert asked.around(table, "down", depth=1).items() <= expected[table].items()
        for end in TABLES:
            path = asked.path(TABLES[0], end)
            assert path["length"] == expected[TABLES[0]].get(end)
            assert path["found"] or path["reverseExists"] == (TABLES[0] in expected[end])
        asked.store.close()


@pytest.mark.timeout(300)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs)
def test_rings_reach_the_whole_component(graph):
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(graph, Path(folder))
        for table in TABLES:
            component = {table}
            while True:
                touching = [tables for job in graph if (tables := job.inputs | job.writes.keys()) & component]
                grown = component.union(*touching)
                if grown == component:
                    break
                component = grown
            assert asked.component(table) == component
        asked.store.close()
