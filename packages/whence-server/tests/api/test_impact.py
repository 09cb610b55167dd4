from __future__ import annotations

from made_events import NS, columns, dataset, facet, run_event


def field(name: str, column: str) -> str:
    return f"datasetField:{NS}:{name}:{column}"


def listed(impact, kind):
    """Return name -> (distance, inferred)."""
    return {each["name"]: (each["distance"], each["inferred"]) for each in impact[kind]}


def test_a_field_breaks_what_comes_from_it(api):
    clean = dataset("clean", "email", "id", columnLineage=columns({"email": [("raw", "email")], "id": [("raw", "id")]}))
    report = dataset("report", columnLineage=columns({"who": [("clean", "email")]}))
    counts = dataset("counts", columnLineage=columns({"n": [("clean", "id")]}))
    api.tell(
        run_event("wash", [dataset("raw", "email", "id")], [clean]),
        run_event("tell", ["clean"], [report], at=1),
        run_event("count", ["clean"], [counts], at=2),
    )
    impact = api.answer("/lineage/impact", entity=field("raw", "email"))
    assert [(each["id"], each["distance"], each["direct"]) for each in impact["fields"]] == [
        (field("clean", "email"), 1, True),
        (field("report", "who"), 2, True),
    ]
    assert listed(impact, "datasets") == {"clean": (1, False), "report": (2, False)}
    assert listed(impact, "jobs") == {"wash": (1, False), "tell": (2, False)}
    assert impact["truncated"] is False


def test_jobs_that_say_nothing_about_fields_are_listed_as_inferred(api):
    clean = dataset("clean", "email", columnLineage=columns({"email": [("raw", "email")]}))
    api.tell(
        run_event("wash", ["raw"], [clean]),
        run_event("silent", ["clean"], ["model"], at=1),
        run_event("after", ["model"], ["scores"], at=2),
        run_event("viewer", ["clean"], [], at=3),
    )
    impact = api.answer("/lineage/impact", entity=field("raw", "email"))
    assert listed(impact, "datasets") == {"clean": (1, False), "model": (2, True), "scores": (3, True)}
    assert listed(impact, "jobs") == {"wash": (1, False), "silent": (2, True), "viewer": (2, True), "after": (3, True)}


def test_of_a_dataset_what_explicit_sources_reach_is_certain(api):
    b = dataset("b", columnLineage=columns({"x": [("a", "x")]}))
    api.tell(
        run_event("sure", ["a"], [b]), run_event("guess", ["a"], ["c"], at=1), run_event("then", ["b"], ["d"], at=2)
    )
    impact = api.answer("/lineage/impact", entity="a")
    assert listed(impact, "datasets") == {"b": (1, False), "c": (1, True), "d": (2, True)}
    assert listed(impact, "jobs") == {"sure": (1, False), "guess": (1, False), "then": (2, False)}
    assert [each["id"] for each in impact["fields"]] == [field("b", "x")]


def test_of_a_job(api):
    api.tell(run_event("one", ["a"], ["b"]), run_event("two", ["b"], ["c"], at=1))
    impact = api.answer("/lineage/impact", entity="one")
    assert set(listed(impact, "datasets")) == {"b", "c"}
    assert set(listed(impact, "jobs")) == {"two"}


def test_filters_are_indirect(api):
    lineage = facet(
        fields={"x": {"inputFields": [{"namespace": NS, "name": "a", "field": "v"}]}},
        dataset=[
            {"namespace": NS, "name": "a", "field": "k", "transformations": [{"type": "INDIRECT", "subtype": "FILTER"}]}
        ],
    )
    api.tell(run_event("filtering", [dataset("a", "v", "k")], [dataset("b", "x", columnLineage=lineage)]))
    (found,) = api.answer("/lineage/impact", entity=field("a", "k"))["fields"]
    assert (found["id"], found["direct"]) == (field("b", "x"), False)
    (found,) = api.answer("/lineage/impact", entity=field("a", "v"))["fields"]
    assert found["direct"] is True


def test_depth_and_cap(api):
    api.tell(*(run_event(f"j{i}", [f"t{i}"], [f"t{i + 1}"], at=i) for i in range(5)))
    assert len(api.answer("/lineage/impact", entity="t0", depth=2)["datasets"]) == 2
    cut = api.answer("/lineage/impact", entity="t0", maxNodes=3)
    assert cut["truncatedReason"] == "node cap 3 reached at hop 2"


def test_an_unknown_field_names_those_that_are_near(api):
    api.tell(run_event("j", [dataset("a", "email", "id")], ["b"]))
    problem = api.refusal("/lineage/impact", 404, entity=field("a", "mail"))
    assert problem["details"]["near"][0] == "email"
