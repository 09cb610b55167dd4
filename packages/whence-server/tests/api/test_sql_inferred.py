"""Events with SQL and without column lineage: the graph shows fields, marked inferred, and told ones win."""

from __future__ import annotations

from made_events import columns, dataset, facet, run_event

QUERY = "INSERT INTO out (x) SELECT a + b FROM src"


def told(name, query=QUERY, at=0, **out_facets):
    event = run_event(name, [dataset("src", "a", "b", "q")], [dataset("out", **out_facets)], at=at)
    if query is not None:
        event["job"]["facets"] = {"sql": facet(query=query)}
    return event


def graph(api, entity="out"):
    return api.answer("/lineage/graph", entity=entity, fields=True)


def test_fields_are_inferred_from_sql_and_marked(api):
    api.tell(told("job"))
    answer = graph(api)
    found = {(edge["origin"], edge["destination"]) for edge in answer["fieldEdges"]}
    assert found == {(f"datasetField:db:src:{name}", "datasetField:db:out:x") for name in "ab"}
    assert all("inferred" in edge["transformations"][0]["description"] for edge in answer["fieldEdges"])
    assert {(edge["inferred"], edge["source"]) for edge in answer["edges"]} == {(True, "sql")}


def test_told_column_lineage_wins_whenever_it_comes(api):
    api.tell(told("job", at=5), told("job", query=None, at=1, columnLineage=columns({"x": [("src", "z")]})))
    answer = graph(api)
    assert [edge["origin"] for edge in answer["fieldEdges"]] == ["datasetField:db:src:z"]
    assert {edge["source"] for edge in answer["edges"]} == {"columnLineage"}


def test_inferring_takes_no_edge_away(api):
    event = told("job")
    event["inputs"].append(dataset("beside"))
    api.tell(event)
    assert {node["name"] for node in graph(api)["nodes"]} == {"src", "beside", "out", "job"}


def test_impact_of_a_field_still_names_what_may_break(api):
    api.tell(told("job"))
    impact = api.answer("/lineage/impact", entity="datasetField:db:src:q")
    assert [(found["name"], found["inferred"]) for found in impact["datasets"]] == [("out", True)]
    known = api.answer("/lineage/impact", entity="datasetField:db:src:a")
    assert [found["field"] for found in known["fields"]] == ["x"]


def test_a_later_text_replaces_an_earlier_one(api):
    api.tell(told("job", at=5), told("job", "INSERT INTO out (y) SELECT c FROM src", at=1))
    assert {edge["destination"] for edge in graph(api)["fieldEdges"]} == {"datasetField:db:out:x"}
    api.tell(told("job", "INSERT INTO out (((", at=9))
    assert graph(api)["fieldEdges"] == []
    assert {edge["source"] for edge in graph(api)["edges"]} == {"inputsOutputs"}


def test_a_start_says_nothing_yet(api):
    start = told("job")
    start["eventType"] = "START"
    api.tell(start)
    assert graph(api)["fieldEdges"] == []


def test_a_batch_does_it_as_well(api):
    assert api.post("/api/v1/lineage/batch", json=[told("one"), told("two")]).status_code == 204
    assert len(graph(api)["fieldEdges"]) == 4
