from __future__ import annotations

import datetime as dt

import pytest
from made_events import dataset, run_event, stamp


@pytest.fixture(scope="module")
def filled(shared_api):
    shared_api.tell(
        run_event("load_Orders", ["orders"], [dataset("orders_clean", namespace="other")], at=0),
        run_event("z", ["100%_done", 'quo"te', "a_b", "axb"], at=86_400),
    )
    return shared_api


def names(api, **parameters):
    return [each["name"] for each in api.answer("/api/v1/search", **parameters)["results"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("orders", ["orders", "orders_clean", "load_Orders"]),
        ("ORDERS", ["orders", "orders_clean", "load_Orders"]),
        ("_ord", ["load_Orders"]),
        ("or", ["orders", "orders_clean", "load_Orders"]),
        ("z", ["z"]),
        ("%", ["100%_done"]),
        ("%_d", ["100%_done"]),
        ("a_b", ["a_b"]),
        ('o"t', ['quo"te']),
        ("nothing like it", []),
        ('" OR name:', []),
        ("*", []),
    ],
)
def test_search_finds_parts_of_names_and_reads_no_syntax(filled, text, found):
    assert names(filled, q=text) == found


def test_search_can_be_narrowed_and_paged(filled):
    assert names(filled, q="orders", filter="JOB") == ["load_Orders"]
    assert names(filled, q="orders", filter="dataset", namespace="other") == ["orders_clean"]
    assert names(filled, q="orders", limit=1, offset=1) == ["orders_clean"]
    assert filled.answer("/api/v1/search", q="orders", limit=0) == {"results": [], "totalCount": 3}
    assert len(names(filled, q="", limit=100)) == filled.answer("/api/v1/search", q="")["totalCount"]
    assert names(filled, q="orders", before="2026-01-01") == []
    assert names(filled, q="z", after="2026-01-02") == ["z"]
    assert filled.refusal("/api/v1/search", 400, q="x", after="soon")["path"] == "after"


def test_v2beta_search_answers_hits_and_highlights(filled):
    found = filled.answer("/api/v2beta/search/jobs", q="orders")
    assert found["hits"][0]["name"] == "load_Orders"
    assert found["highlights"] == [{"name": ["load_<em>Orders</em>"]}]
    assert len(filled.answer("/api/v2beta/search/datasets", q="orders")["hits"]) == 2


def test_events_by_time_in_either_order(filled):
    def times(**parameters):
        return [event["eventTime"] for event in filled.answer("/api/v1/events/lineage", **parameters)["events"]]

    assert times() == [stamp(86_400), stamp(0)]
    assert times(sortDirection="asc") == [stamp(0), stamp(86_400)]
    assert times(after=stamp(1)) == times(after="2026-01-02") == [stamp(86_400)]
    assert times(before="2026-01-02T00:00:00Z") == times(before="2026-01-02T01:00:00+01:00") == [stamp(0)]
    assert times(limit=1, offset=1) == [stamp(0)]
    assert filled.refusal("/api/v1/events/lineage", 400, before="x")["path"] == "before"


def test_events_of_a_namespace(filled):
    assert filled.answer("/api/v1/events/jobs")["totalCount"] == 2
    assert filled.answer("/api/v1/events/other")["totalCount"] == 0
    filled.refusal("/api/v1/events/none", 404)
    filled.refusal("/api/v1/events/" + "0" * 40, 404)


def test_statistics(api):
    now = dt.datetime.now(dt.UTC)
    events = [run_event("a", ["in"], kind="START"), run_event("a", at=1), run_event("b", kind="FAIL", run=None)]
    for event in events:
        event["eventTime"] = (now - dt.timedelta(minutes=1)).isoformat()
    api.tell(*events)
    rows = api.answer("/api/v1/stats/lineage-events", period="DAY")
    assert len(rows) == 24
    assert {key: sum(row[key] for row in rows) for key in ("start", "complete", "fail", "abort")} == {
        "start": 1,
        "complete": 1,
        "fail": 1,
        "abort": 0,
    }
    jobs = api.answer("/api/v1/stats/jobs", period="DAY")
    assert (len(jobs), jobs[0]["count"], jobs[-1]["count"]) == (24, 0, 2)
    assert api.answer("/api/v1/stats/datasets", period="WEEK", timezone="UTC")[-1]["count"] == 1
    assert api.answer("/api/v1/stats/sources", period="DAY")[-1]["count"] == 0
    assert len(api.answer("/api/v1/stats/lineage-events", period="WEEK", timezone="Asia/Seoul")) == 7


def test_statistics_need_a_period_and_a_known_time_zone(shared_api):
    assert shared_api.refusal("/api/v1/stats/jobs", 400)["path"] == "period"
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/passwd", ""):
        assert shared_api.refusal("/api/v1/stats/jobs", 400, period="WEEK", timezone=zone)["path"] == "timezone"


def test_requests_are_counted_by_route_template(api):
    api.get("/api/v1/namespaces/some%2Fname/jobs")
    api.get("/nothing/here")
    text = api.get("/metrics").text
    assert (
        'whence_http_requests_total{method="GET",route="/api/v1/namespaces/{namespace}/jobs",status="404"} 1.0' in text
    )
    assert 'whence_http_requests_total{method="none",route="none",status="404"} 1.0' in text
    assert "some" not in text
    assert 'whence_http_request_seconds_count{method="GET",route="/api/v1/namespaces/{namespace}/jobs"} 1.0' in text
    assert 'whence_ingest_events_total{outcome="kept"} 0.0' in text
