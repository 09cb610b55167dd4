from __future__ import annotations

import pytest
from made_events import NS, columns, dataset, run_event


@pytest.fixture
def api_with_ways(api):
    """Give a long way a-b-c-z, a short one a-s-z, and x that leads nowhere."""
    api.tell(
        run_event("ab", ["a"], ["b"]),
        run_event("bc", ["b"], ["c"], at=1),
        run_event("cz", ["c"], ["z"], at=2),
        run_event("as", ["a"], ["s"], at=3),
        run_event("sz", ["s"], ["z"], at=4),
        run_event("ax", ["a"], ["x"], at=5),
    )
    return api


def names(path):
    return [node["name"] for node in path["nodes"]]


def test_the_shortest_way(api_with_ways):
    path = api_with_ways.answer("/lineage/path", frm="a", to="z")
    assert (path["found"], path["length"]) == (True, 2)
    assert names(path) == ["a", "as", "s", "sz", "z"]
    assert [node["distance"] for node in path["nodes"]] == [0, 1, 1, 2, 2]
    assert [(edge["origin"], edge["destination"]) for edge in path["edges"]] == [
        (f"dataset:{NS}:a", "job:jobs:as"),
        ("job:jobs:as", f"dataset:{NS}:s"),
        (f"dataset:{NS}:s", "job:jobs:sz"),
        ("job:jobs:sz", f"dataset:{NS}:z"),
    ]
    assert path["reverseExists"] is None
    assert path["truncated"] is False


def test_between_jobs(api_with_ways):
    path = api_with_ways.answer("/lineage/path", frm="ab", to="cz")
    assert names(path) == ["ab", "b", "bc", "c", "cz"]
    assert path["length"] == 3
    assert [node["distance"] for node in path["nodes"]] == [0, 1, 2, 2, 3]


def test_from_job_to_dataset_and_back_to_itself(api_with_ways):
    assert names(api_with_ways.answer("/lineage/path", frm="ab", to="c")) == ["ab", "b", "bc", "c"]
    same = api_with_ways.answer("/lineage/path", frm="a", to="a")
    assert (same["found"], same["length"], names(same)) == (True, 0, ["a"])


def test_none_but_the_reverse_exists(api_with_ways):
    path = api_with_ways.answer("/lineage/path", frm="z", to="a")
    assert (path["found"], path["length"], path["nodes"], path["edges"]) == (False, None, [], [])
    assert path["reverseExists"] is True


def test_neither_way(api_with_ways):
    path = api_with_ways.answer("/lineage/path", frm="x", to="b")
    assert (path["found"], path["reverseExists"]) == (False, False)


def test_deeper_than_allowed(api_with_ways):
    assert api_with_ways.answer("/lineage/path", frm="b", to="z", depth=1)["found"] is False
    assert api_with_ways.answer("/lineage/path", frm="b", to="z", depth=2)["found"] is True


def test_a_way_through_a_job_follows_the_explicit_sources(api):
    x = dataset("x", columnLineage=columns({"f": [("a", "f")]}))
    y = dataset("y", columnLineage=columns({"f": [("b", "f")]}))
    api.tell(run_event("both", ["a", "b"], [x, y]))
    assert api.answer("/lineage/path", frm="a", to="x")["found"] is True
    assert api.answer("/lineage/path", frm="a", to="y")["found"] is False


def test_a_second_way_into_a_job_is_told_right(api):
    """The job is reached from a first, but y comes from b alone: the way must go through b."""
    x = dataset("x", columnLineage=columns({"f": [("a", "f")]}))
    y = dataset("y", columnLineage=columns({"f": [("b", "f")]}))
    api.tell(
        run_event("fork", ["start"], ["a", "pre"]),
        run_event("late", ["pre"], ["b"], at=1),
        run_event("both", ["a", "b"], [x, y], at=2),
    )
    assert names(api.answer("/lineage/path", frm="start", to="y")) == ["start", "fork", "pre", "late", "b", "both", "y"]


def test_inferred_steps_are_marked(api_with_ways):
    path = api_with_ways.answer("/lineage/path", frm="a", to="x")
    assert all(edge["inferred"] and edge["source"] == "inputsOutputs" for edge in path["edges"])


def test_unknown_ends_name_their_parameter(api_with_ways):
    assert api_with_ways.refusal("/lineage/path", 404, frm="nobody", to="a")["path"] == "frm"
    assert api_with_ways.refusal("/lineage/path", 404, frm="a", to="nobody")["path"] == "to"
    assert api_with_ways.refusal("/lineage/path", 400, frm="a")["path"] == "to"
