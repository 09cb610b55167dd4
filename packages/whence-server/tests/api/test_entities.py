from __future__ import annotations

from urllib.parse import quote

import pytest
from made_events import dataset, facet, run_event, run_id

SHA = "sha256:" + "ab" * 32


@pytest.fixture(scope="module")
def named(shared_api):
    """Give a server that knows names of every kind."""
    names = [
        ("arn:aws:glue:eu-west-1:123456789012", "table/db/orders"),
        ("postgres://db.example:5432", "shop.public.orders"),
        ("file", f"file::/data/train.csv@{SHA}"),
        ("ml", "model:fraud/1.0.0"),
        ("한국", "고객 # 1 / 주문"),
        ("with space", "a:b:c"),
        ("dataset", "dataset:x"),
    ]
    outputs = [dataset(name, "f", namespace=namespace) for namespace, name in names]
    shared_api.tell(run_event("make: all", ["raw"], outputs, namespace="jobs of mine"))
    return shared_api


def entity(api, text):
    found = api.answer("/lineage/graph", entity=text, depth=0)["entity"]
    return found["type"], found["namespace"], found["name"], found["field"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "dataset:arn:aws:glue:eu-west-1:123456789012:table/db/orders",
            ("arn:aws:glue:eu-west-1:123456789012", "table/db/orders"),
        ),
        ("dataset:postgres://db.example:5432:shop.public.orders", ("postgres://db.example:5432", "shop.public.orders")),
        (
            "dataset:postgres%3A//db.example%3A5432:shop.public.orders",
            ("postgres://db.example:5432", "shop.public.orders"),
        ),
        ("shop.public.orders", ("postgres://db.example:5432", "shop.public.orders")),
        ("postgres://db.example:5432:shop.public.orders", ("postgres://db.example:5432", "shop.public.orders")),
        (f"file::/data/train.csv@{SHA}", ("file", f"file::/data/train.csv@{SHA}")),
        (f"dataset:file:file::/data/train.csv@{SHA}", ("file", f"file::/data/train.csv@{SHA}")),
        ("model:fraud/1.0.0", ("ml", "model:fraud/1.0.0")),
        ("model%3Afraud%2F1.0.0", ("ml", "model:fraud/1.0.0")),
        ("고객 # 1 / 주문", ("한국", "고객 # 1 / 주문")),
        ("dataset:한국:고객 # 1 / 주문", ("한국", "고객 # 1 / 주문")),
        ("dataset:with space:a:b:c", ("with space", "a:b:c")),
        ("dataset:x", ("dataset", "dataset:x")),
        (
            "dataset:postgres://db.example:5432:shop.public.orders#00000000-0000-4000-8000-000000000001",
            ("postgres://db.example:5432", "shop.public.orders"),
        ),
    ],
)
def test_datasets(named, text, expected):
    assert entity(named, text) == ("DATASET", *expected, None)


@pytest.mark.parametrize(
    "text", ["make: all", "job:jobs of mine:make: all", "jobs of mine:make: all", f"run:{run_id('make: all')}"]
)
def test_jobs(named, text):
    assert entity(named, text) == ("JOB", "jobs of mine", "make: all", None)


@pytest.mark.parametrize(
    ("namespace", "name"),
    [("arn:aws:glue:eu-west-1:123456789012", "table/db/orders"), ("ml", "model:fraud/1.0.0"), ("with space", "a:b:c")],
)
def test_fields(named, namespace, name):
    assert entity(named, f"datasetField:{namespace}:{name}:f") == ("DATASET_FIELD", namespace, name, "f")


def test_a_name_in_two_namespaces_answers_with_both(api):
    api.tell(run_event("j", [dataset("orders", namespace="a")], [dataset("orders", namespace="b:c")]))
    problem = api.refusal("/lineage/graph", 409, entity="orders")
    assert problem["error"] == "ambiguous"
    candidates = problem["details"]["candidates"]
    assert [each["id"] for each in candidates] == ["dataset:a:orders", "dataset:b%3Ac:orders"]
    for each in candidates:  # each candidate's id can be asked for
        assert entity(api, each["id"])[1:3] == (each["namespace"], each["name"])


def test_a_job_and_a_dataset_of_one_name(api):
    api.tell(run_event("same", ["same"], []))
    kinds = [each["type"] for each in api.refusal("/lineage/graph", 409, entity="same")["details"]["candidates"]]
    assert kinds == ["DATASET", "JOB"]


def test_two_readings_of_one_node_id(api):
    api.tell(run_event("j", [dataset("b:c", namespace="a")], [dataset("c", namespace="a:b")]))
    problem = api.refusal("/lineage/graph", 409, entity="dataset:a:b:c")
    assert {each["id"] for each in problem["details"]["candidates"]} == {"dataset:a:b%3Ac", "dataset:a%3Ab:c"}


def test_two_names_of_one_dataset_are_not_ambiguous(api):
    link = facet(identifiers=[{"namespace": "b", "name": "t", "type": "TABLE"}])
    api.tell(run_event("j", [], [dataset("t", namespace="a", symlinks=link), dataset("t", namespace="b")]))
    assert entity(api, "t")[0] == "DATASET"


def test_unknown_names_answer_with_near_ones(named):
    problem = named.refusal("/lineage/graph", 404, entity="shop.public.order")
    assert problem["error"] == "not_found"
    assert problem["details"]["near"][0]["name"] == "shop.public.orders"
    assert "shop.public.orders" in problem["message"]


@pytest.mark.parametrize(
    "text",
    ["zzzzqq", "dataset:none:none", "dataset:", "job:x", "run:abc", "::::", "%", "a" * 5_000, "dataset:" + ":" * 500],
)
def test_unknown_is_404_whatever_it_looks_like(named, text):
    assert named.refusal("/lineage/graph", 404, entity=text)["path"] == "entity"


def test_a_nul_is_no_name(named):
    assert named.get("/lineage/graph?entity=" + quote("a\0b")).status_code == 404


def test_an_alias_is_listed_in_its_own_namespace_as_in_marquez(api):
    link = facet(identifiers=[{"namespace": "s3", "name": "path", "type": "LOCATION"}])
    api.tell(run_event("j", [dataset("path", namespace="s3")], [dataset("table", symlinks=link)]))
    for namespace, name in (("db", "table"), ("s3", "path")):
        listed = api.answer(f"/api/v1/namespaces/{namespace}/datasets")
        assert ([each["name"] for each in listed["datasets"]], listed["totalCount"]) == ([name], 1)
        assert api.answer(f"/api/v1/namespaces/{namespace}/datasets/{name}")["name"] == name
