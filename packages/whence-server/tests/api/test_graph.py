from __future__ import annotations

from typing import Any

import pytest
from made_events import (
    NS,
    columns,
    dataset,
    dataset_event,
    facet,
    job_event,
    run_event,
)


def nodes(graph: Any) -> dict[str, int]:
    """Return node id -> distance."""
    return {node["id"]: node["distance"] for node in graph["nodes"]}


def edges(graph: Any) -> set[tuple[str, str]]:
    return {(edge["origin"], edge["destination"]) for edge in graph["edges"]}


def d(name: str) -> str:
    return f"dataset:{NS}:{name}"


def j(name: str) -> str:
    return f"job:jobs:{name}"


@pytest.fixture
def chain(api):
    """Give a -> one -> b -> two -> c -> three -> d."""
    api.tell(
        run_event("one", ["a"], ["b"]), run_event("two", ["b"], ["c"], at=1), run_event("three", ["c"], ["d"], at=2)
    )
    return api


def test_both_directions_from_the_middle(chain):
    graph = chain.answer("/lineage/graph", entity="b")
    assert nodes(graph) == {d("b"): 0, j("one"): -1, d("a"): -1, j("two"): 1, d("c"): 1, j("three"): 2, d("d"): 2}
    assert edges(graph) == {
        (d("a"), j("one")),
        (j("one"), d("b")),
        (d("b"), j("two")),
        (j("two"), d("c")),
        (d("c"), j("three")),
        (j("three"), d("d")),
    }
    assert graph["entity"] == {"id": d("b"), "type": "DATASET", "namespace": NS, "name": "b", "field": None}
    assert (graph["truncated"], graph["truncatedReason"]) == (False, None)


@pytest.mark.parametrize(
    ("direction", "depth", "expected"),
    [
        ("up", 5, {"b", "a"}),
        ("down", 1, {"b", "c"}),
        ("down", 2, {"b", "c", "d"}),
        ("both", 0, {"b"}),
    ],
)
def test_direction_and_depth_count_datasets(chain, direction, depth, expected):
    graph = chain.answer("/lineage/graph", entity="b", direction=direction, depth=depth)
    assert {node["name"] for node in graph["nodes"] if node["type"] == "DATASET"} == expected


def test_what_is_beyond_is_counted(chain):
    graph = chain.answer("/lineage/graph", entity="b", direction="down", depth=1)
    more = {node["name"]: node["more"] for node in graph["nodes"]}
    assert more["b"] == {"up": 1, "down": 0}
    assert more["c"] == {"up": 0, "down": 1}
    assert more["two"] == {"up": 0, "down": 0}


def test_a_job_is_an_entity(chain):
    graph = chain.answer("/lineage/graph", entity="two", depth=1)
    assert nodes(graph) == {j("two"): 0, d("b"): -1, d("c"): 1}
    (job,) = [node for node in graph["nodes"] if node["type"] == "JOB"]
    assert job["lastRunState"] == "COMPLETED"


def test_inferred_edges_are_marked_and_explicit_ones_not(api):
    api.tell(
        run_event("guessed", ["a"], ["b"]),
        run_event("told", ["a"], [dataset("c", "x", columnLineage=columns({"x": [("a", "y")]}))], at=1),
    )
    graph = api.answer("/lineage/graph", entity="a")
    marks = {(edge["origin"], edge["destination"]): (edge["inferred"], edge["source"]) for edge in graph["edges"]}
    assert marks == {
        (d("a"), j("guessed")): (True, "inputsOutputs"),
        (j("guessed"), d("b")): (True, "inputsOutputs"),
        (d("a"), j("told")): (False, "columnLineage"),
        (j("told"), d("c")): (False, "columnLineage"),
    }


def test_explicit_sources_restrict_the_way_through_a_job(api):
    """x comes from a, y from b: what is downstream of a is x alone, though the job reads both and writes both."""
    x = dataset("x", columnLineage=columns({"f": [("a", "f")]}))
    y = dataset("y", columnLineage=columns({"f": [("b", "f")]}))
    api.tell(run_event("both", ["a", "b"], [x, y]))
    down = api.answer("/lineage/graph", entity="a", direction="down")
    assert nodes(down) == {d("a"): 0, j("both"): 1, d("x"): 1}
    up = api.answer("/lineage/graph", entity="y", direction="up")
    assert nodes(up) == {d("y"): 0, j("both"): -1, d("b"): -1}


def test_an_output_without_explicit_sources_comes_from_every_input(api):
    x = dataset("x", columnLineage=columns({"f": [("a", "f")]}))
    api.tell(run_event("mixed", ["a", "b"], [x, "z"]))
    assert set(nodes(api.answer("/lineage/graph", entity="b", direction="down"))) == {d("b"), j("mixed"), d("z")}
    assert set(nodes(api.answer("/lineage/graph", entity="a", direction="down"))) == {
        d("a"),
        j("mixed"),
        d("x"),
        d("z"),
    }


def test_a_dataset_event_that_tells_sources_needs_no_job(api):
    api.tell(dataset_event(dataset("view", columnLineage=columns({"f": [("base", "g")]}))))
    graph = api.answer("/lineage/graph", entity="base", direction="down", fields=True)
    assert nodes(graph) == {d("base"): 0, d("view"): 1}
    assert edges(graph) == {(d("base"), d("view"))}
    assert graph["fieldEdges"] == [
        {
            "origin": f"datasetField:{NS}:base:g",
            "destination": f"datasetField:{NS}:view:f",
            "job": None,
            "transformations": [],
        }
    ]


def test_a_job_that_only_reads_and_one_that_only_writes_are_shown(api):
    api.tell(run_event("source", [], ["a"]), run_event("sink", ["a"], [], at=1))
    assert nodes(api.answer("/lineage/graph", entity="a")) == {d("a"): 0, j("source"): -1, j("sink"): 1}


def test_a_cycle_ends(api):
    api.tell(
        run_event("there", ["a"], ["b"]), run_event("back", ["b"], ["a"], at=1), run_event("self", ["a"], ["a"], at=2)
    )
    graph = api.answer("/lineage/graph", entity="a", depth=100)
    assert set(nodes(graph)) == {d("a"), d("b"), j("there"), j("back"), j("self")}
    assert (d("a"), j("self")) in edges(graph)
    assert (j("self"), d("a")) in edges(graph)


def test_hubs_are_bounded_and_counted(api):
    for start in range(0, 1_500, 500):
        batch = [run_event(f"reader_{i}", ["hub"], [f"out_{i}"], at=i) for i in range(start, start + 500)]
        assert api.post("/api/v1/lineage/batch", json=batch).status_code == 204
    graph = api.answer("/lineage/graph", entity="hub", direction="down", maxNodes=50)
    assert len(graph["nodes"]) == 50
    assert graph["truncated"] is True
    assert graph["truncatedReason"] == "node cap 50 reached at hop 1"
    (hub,) = [node for node in graph["nodes"] if node["id"] == d("hub")]
    shown = sum(1 for edge in graph["edges"] if edge["origin"] == d("hub"))
    assert hub["more"]["down"] == 1_500 - shown
    assert len(api.answer("/lineage/graph", entity="hub", maxNodes=100_000)["nodes"]) == 1_000


def test_a_hub_is_listed_up_to_a_bound_with_its_count(api):
    batch = [run_event(f"r{i}", ["hub"], at=i) for i in range(1_005)] + [run_event("w", [], ["hub"], at=9_999)]
    assert api.post("/api/v1/lineage/batch", json=batch).status_code == 204
    found = api.answer(f"/api/v1/namespaces/{NS}/datasets/hub")
    assert (found["producerCount"], found["consumerCount"], len(found["consumedBy"])) == (1, 1_005, 1_000)
    assert found["producedBy"] == [{"namespace": "jobs", "name": "w"}]
    rings = api.answer("/api/v1/lineage", nodeId=d("hub"), depth=0, maxNodes=100)
    assert (len(rings["graph"]), rings["truncatedReason"]) == (100, "node cap 100 reached at hop 0")


def test_no_time_left_is_said(hurried_api):
    hurried_api.tell(run_event("one", ["a"], ["b"]))
    graph = hurried_api.answer("/lineage/graph", entity="a")
    assert graph["truncatedReason"] == "time cap 0 s reached at hop 1"
    assert [node["name"] for node in graph["nodes"]] == ["a"]
    for url, parameters in (
        ("/lineage/path", {"frm": "a", "to": "b"}),
        ("/lineage/impact", {"entity": "a"}),
        ("/api/v1/lineage", {"nodeId": d("a")}),
    ):
        assert hurried_api.answer(url, **parameters)["truncated"] is True


def test_both_directions_share_the_cap_hop_by_hop(api):
    for i in range(30):
        api.tell(run_event(f"w{i}", [f"in{i}"], ["mid"], at=i), run_event(f"r{i}", ["mid"], [f"out{i}"], at=100 + i))
    graph = api.answer("/lineage/graph", entity="mid", maxNodes=81)
    distances = nodes(graph).values()
    assert len(distances) == 81
    assert {-1, 1} <= set(distances)


def test_aliases_are_one_node(api):
    glue = dataset("glue", symlinks=facet(identifiers=[{"namespace": "s3", "name": "path", "type": "LOCATION"}]))
    api.tell(
        run_event("writes", ["raw"], [dataset("path", namespace="s3")]),
        run_event("reads", [glue], ["report"], at=1),
    )
    graph = api.answer("/lineage/graph", entity="raw", direction="down")
    assert {node["name"] for node in graph["nodes"] if node["type"] == "JOB"} == {"writes", "reads"}
    (merged,) = [node for node in graph["nodes"] if node["distance"] == 1 and node["type"] == "DATASET"]
    assert {merged["id"], *merged["aliases"]} == {d("glue"), "dataset:s3:path"}
    for name in ("glue", "path", "dataset:s3:path"):
        assert api.answer("/lineage/graph", entity=name)["entity"]["id"] == merged["id"]


def test_fields_of_nodes_and_field_edges(api):
    out = dataset("out", "x", "y", columnLineage=columns({"x": [("in", "a")], "y": [("in", "hidden")]}))
    api.tell(run_event("job", [dataset("in", "a", "b")], [out]))
    plain = api.answer("/lineage/graph", entity="in")
    assert plain["fieldEdges"] == []
    (start,) = [node for node in plain["nodes"] if node["distance"] == 0]
    assert start["fields"] == [
        {"name": "a", "type": "INT", "description": None},
        {"name": "b", "type": "INT", "description": None},
    ]
    graph = api.answer("/lineage/graph", entity="in", fields=True)
    pairs = {
        (edge["origin"].rpartition(":")[2], edge["destination"].rpartition(":")[2]) for edge in graph["fieldEdges"]
    }
    assert pairs == {("a", "x"), ("hidden", "y")}
    (start,) = [node for node in graph["nodes"] if node["distance"] == 0]
    assert [field["name"] for field in start["fields"]] == ["a", "b", "hidden"]  # what only lineage knows comes last
    assert start["fields"][-1]["type"] is None


def test_transformations_are_told(api):
    how = [{"type": "DIRECT", "subtype": "AGGREGATION", "description": "sum", "masking": False}]
    lineage = facet(
        fields={"x": {"inputFields": [{"namespace": NS, "name": "in", "field": "a", "transformations": how}]}},
        dataset=[
            {"namespace": NS, "name": "in", "field": "k", "transformations": [{"type": "INDIRECT", "subtype": "JOIN"}]}
        ],
    )
    api.tell(run_event("job", ["in"], [dataset("out", "x", columnLineage=lineage)]))
    graph = api.answer("/lineage/graph", entity=f"datasetField:{NS}:out:x", direction="up")
    told = {edge["origin"]: edge["transformations"] for edge in graph["fieldEdges"]}
    assert told[f"datasetField:{NS}:in:a"] == how
    assert told[f"datasetField:{NS}:in:k"] == [{"type": "INDIRECT", "subtype": "JOIN"}]


def test_the_closure_of_a_field(api):
    b = dataset("b", columnLineage=columns({"b1": [("a", "a1")], "b2": [("a", "a2")]}))
    c = dataset("c", columnLineage=columns({"c1": [("b", "b1")], "c2": [("b", "b2")]}))
    api.tell(run_event("one", ["a"], [b]), run_event("two", ["b"], [c], at=1))
    graph = api.answer("/lineage/graph", entity=f"datasetField:{NS}:a:a1", direction="down")
    assert graph["entity"]["type"] == "DATASET_FIELD"
    assert [edge["destination"] for edge in graph["fieldEdges"]] == [
        f"datasetField:{NS}:b:b1",
        f"datasetField:{NS}:c:c1",
    ]
    assert nodes(graph) == {d("a"): 0, j("one"): 1, d("b"): 1, j("two"): 2, d("c"): 2}
    up = api.answer("/lineage/graph", entity=f"datasetField:{NS}:c:c2", depth=1)
    assert [edge["origin"] for edge in up["fieldEdges"]] == [f"datasetField:{NS}:b:b2"]


def test_deleted_entities_stop_the_walk(chain):
    assert chain.delete("/api/v1/namespaces/jobs/jobs/two").status_code == 200
    assert set(nodes(chain.answer("/lineage/graph", entity="a", direction="down"))) == {d("a"), j("one"), d("b")}
    chain.tell(run_event("two", ["b"], ["c"], at=9))
    assert d("d") in nodes(chain.answer("/lineage/graph", entity="a", direction="down"))


def test_parent_and_job_type_of_a_job(api):
    parent = {
        "parent": facet(
            run={"runId": "00000000-0000-4000-8000-0000000000aa"}, job={"namespace": "jobs", "name": "flow"}
        )
    }
    kind = {"jobType": facet(processingType="BATCH", integration="DBT", jobType="MODEL")}
    api.tell(run_event("step", ["a"], ["b"], run_facets=parent, job_facets=kind, kind="FAIL"))
    graph = api.answer("/lineage/graph", entity="step")
    (job,) = [node for node in graph["nodes"] if node["type"] == "JOB"]
    assert job["parent"] == {"namespace": "jobs", "name": "flow"}
    assert job["jobType"]["integration"] == "DBT"
    assert job["lastRunState"] == "FAILED"


def test_job_events_make_edges_without_runs(api):
    api.tell(job_event("static", ["a"], ["b"]))
    graph = api.answer("/lineage/graph", entity="a", direction="down")
    assert nodes(graph) == {d("a"): 0, j("static"): 1, d("b"): 1}
    (job,) = [node for node in graph["nodes"] if node["type"] == "JOB"]
    assert job["lastRunState"] is None


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"depth": "-1"}, "greater than or equal to 0"),
        ({"depth": "many"}, "valid integer"),
        ({"direction": "sideways"}, "'up', 'down' or 'both'"),
        ({"maxNodes": "0"}, "greater than or equal to 1"),
        ({"fields": "perhaps"}, "valid boolean"),
        ({"entity": ""}, "at least 1 character"),
        ({"entity": "   "}, "is empty"),
    ],
)
def test_wrong_parameters_say_what_is_allowed(shared_api, parameters, said):
    problem = shared_api.refusal("/lineage/graph", 400, **({"entity": "x"} | parameters))
    assert problem["path"] == next(iter(parameters))
    assert said in problem["message"]


def test_no_entity_at_all(shared_api):
    assert shared_api.refusal("/lineage/graph", 400)["path"] == "entity"


def lineage_entry(target: dict[str, Any], *sources: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a job's lineage facet with one entry."""
    return {"lineage": facet(entries=[target | {"inputs": list(sources)} | ({"fields": fields} if fields else {})])}


def table(name: str, **more: Any) -> dict[str, Any]:
    return {"namespace": NS, "name": name, "type": "DATASET"} | more


def job(name: str) -> dict[str, Any]:
    return {"namespace": "jobs", "name": name, "type": "JOB"}


@pytest.mark.parametrize(
    ("told", "listed", "expected"),
    [
        (lineage_entry(table("t"), table("s")), ["t"], {(d("s"), j("teller")), (j("teller"), d("t"))}),
        (lineage_entry(table("t"), job("k")), [], {(j("k"), d("t"))}),
        (lineage_entry(table("t"), job("k")), ["t"], {(j("k"), j("teller")), (j("teller"), d("t"))}),
        (lineage_entry(job("k"), table("s")), [], {(d("s"), j("k"))}),
        (lineage_entry(job("k"), job("l")), [], {(j("l"), j("k"))}),
        (lineage_entry({"type": "JOB"}, table("s")), [], {(d("s"), j("teller"))}),
        (lineage_entry(table("t"), x={"inputs": [{"type": "JOB"}]}), ["t"], {(j("teller"), d("t"))}),
    ],
    ids=[
        "dataset-to-dataset",
        "job-to-dataset",
        "job-through-job",
        "dataset-to-job",
        "job-to-job",
        "sink",
        "generator",
    ],
)
def test_explicit_lineage_of_every_form(api, told, listed, expected):
    """A job that tells of flows which are not its own is no part of them."""
    api.tell(run_event("teller", [], listed, job_facets=told))
    for entity in {end for edge in expected for end in edge}:
        graph = api.answer("/lineage/graph", entity=entity)
        assert edges(graph) == expected, entity
        assert {edge["source"] for edge in graph["edges"]} == {"lineage"}


def test_fields_told_by_an_explicit_lineage_facet(api):
    fields = {"x": {"inputs": [table("s", field="a")]}}
    api.tell(run_event("teller", job_facets=lineage_entry(table("t"), **fields)))
    graph = api.answer("/lineage/graph", entity=f"datasetField:{NS}:s:a")
    assert nodes(graph) == {d("s"): 0, j("teller"): 1, d("t"): 1}
    assert edges(graph) == {(d("s"), j("teller")), (j("teller"), d("t"))}
    assert [edge["job"] for edge in graph["fieldEdges"]] == [j("teller")]
    assert api.answer("/lineage/graph", entity="s", fields=True)["fieldEdges"] == graph["fieldEdges"]


def test_fields_told_by_a_dataset_event(api):
    api.tell(dataset_event(dataset("view", columnLineage=columns({"x": [("base", "a")]}))))
    graph = api.answer("/lineage/graph", entity=f"datasetField:{NS}:view:x")
    assert nodes(graph) == {d("view"): 0, d("base"): -1}
    assert edges(graph) == {(d("base"), d("view"))}
    assert [edge["job"] for edge in graph["fieldEdges"]] == [None]
