"""Marquez's writing routes: what an event can say is in the log afterwards, the rest survives a rebuild."""

from __future__ import annotations

import pytest
from made_events import NS, dataset, facet, run_event, run_id

DATASET = "/api/v1/namespaces/made/datasets/t"
JOB = "/api/v1/namespaces/made/jobs/j"


def put(api, url, **body):
    answer = api.put(url, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(api, url, code=200, **body):
    answer = api.post(url, json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


def test_a_namespace(api):
    made = put(api, "/api/v1/namespaces/made", ownerName="me", description="d")
    assert (made["name"], made["ownerName"], made["description"], made["isHidden"]) == ("made", "me", "d", False)
    assert put(api, "/api/v1/namespaces/made", ownerName="you")["ownerName"] == "you"
    assert api.delete("/api/v1/namespaces/made").json()["isHidden"] is True
    assert api.answer("/api/v1/namespaces/made")["isHidden"] is True
    api.tell(run_event("j", namespace="made"))
    assert api.answer("/api/v1/namespaces/made")["isHidden"] is False


def test_a_hidden_namespace_hides_what_is_in_it(api):
    api.tell(run_event("j", [dataset("t", namespace="made")], namespace="made"), run_event("other"))
    api.delete("/api/v1/namespaces/made")
    assert [job["name"] for job in api.answer("/api/v1/jobs")["jobs"]] == ["other"]
    assert api.answer("/api/v1/jobs")["totalCount"] == 1
    assert api.answer("/api/v1/search", q="t")["totalCount"] == 1  # `other` holds a t
    api.refusal("/lineage/graph", 404, entity="dataset:made:t")


def test_a_source(api):
    made = put(api, "/api/v1/sources/src", type="POSTGRESQL", connectionUrl="jdbc:postgresql://h/d", description="d")
    assert api.answer("/api/v1/sources/src") == made
    assert api.answer("/api/v1/sources")["sources"] == [made]
    assert api.put("/api/v1/sources/src", json={"type": "X"}).status_code == 400


def test_a_dataset_is_told_as_an_event(api):
    put(api, "/api/v1/sources/src", type="POSTGRESQL", connectionUrl="jdbc:postgresql://h/d")
    fields = [{"name": "a", "type": "INTEGER", "description": "first", "tags": ["PII"]}, {"name": "b"}]
    made = put(
        api,
        DATASET,
        type="STREAM",
        physicalName="public.t",
        sourceName="src",
        fields=fields,
        tags=["GOLD"],
        description="d",
    )
    assert (made["type"], made["physicalName"], made["sourceName"], made["description"], made["tags"]) == (
        "STREAM",
        "public.t",
        "src",
        "d",
        ["GOLD"],
    )
    assert made["fields"] == [
        {"name": "a", "type": "INTEGER", "tags": ["PII"], "description": "first"},
        {"name": "b", "type": None, "tags": [], "description": None},
    ]
    assert "whence_dataset" not in made["facets"]
    (event,) = api.answer("/api/v1/events")["events"]
    assert event["dataset"]["facets"]["schema"]["fields"][1] == {"name": "b"}
    assert {tag["name"] for tag in api.answer("/api/v1/tags")["tags"]} == {"PII", "GOLD"}


def test_a_dataset_put_for_a_run_is_an_output_of_it(api):
    put(api, JOB, inputs=[], outputs=[])
    post(api, f"{JOB}/runs", 201, id=run_id("r"))
    put(api, DATASET, runId=run_id("r"))
    assert api.answer(f"/api/v1/jobs/runs/{run_id('r')}")["outputDatasetVersions"][0]["datasetVersionId"]["name"] == "t"
    before = api.answer("/api/v1/events")["totalCount"]
    assert api.put(DATASET, json={"runId": run_id("unknown")}).status_code == 404
    assert api.put(DATASET, json={"tags": ["a\0b"]}).status_code == 400
    assert api.answer("/api/v1/events")["totalCount"] == before  # refused as a whole


def test_a_job_is_told_as_an_event(api):
    t, u = {"namespace": "made", "name": "t"}, {"namespace": "made", "name": "u"}
    made = put(api, JOB, type="STREAM", inputs=[t], outputs=[u], location="https://example.com/j", description="d")
    assert (made["type"], made["inputs"], made["outputs"], made["location"], made["description"]) == (
        "STREAM",
        [t],
        [u],
        "https://example.com/j",
        "d",
    )
    assert made["latestRun"] is None
    changed = put(api, JOB, inputs=[u], outputs=[t])
    assert (changed["inputs"], changed["outputs"]) == ([u], [t])
    assert api.answer("/api/v1/events")["totalCount"] == 2


def test_a_run_from_new_to_done(api):
    put(api, JOB, inputs=[{"namespace": "made", "name": "t"}], outputs=[])
    made = post(api, f"{JOB}/runs", 201, id=run_id("r"), args={"a": "b"}, nominalStartTime="2026-01-01T00:00:00Z")
    assert (made["id"], made["state"], made["startedAt"], made["args"]["a"]) == (run_id("r"), "NEW", None, "b")
    assert made["nominalStartTime"] == "2026-01-01T00:00:00Z"
    assert made["facets"].keys() == {"nominalTime"}
    assert made["inputDatasetVersions"][0]["datasetVersionId"]["name"] == "t"
    url = f"/api/v1/jobs/runs/{run_id('r')}"
    started = post(api, f"{url}/start?at=2026-01-01T00:00:00Z")
    assert (started["state"], started["startedAt"], started["durationMs"]) == ("RUNNING", "2026-01-01T00:00:00Z", None)
    done = post(api, f"{url}/complete?at=2026-01-01T00:00:05%2B00:00")
    assert (done["state"], done["endedAt"], done["durationMs"]) == ("COMPLETED", "2026-01-01T00:00:05Z", 5_000)
    assert done["jobVersion"]["name"] == "j"


@pytest.mark.parametrize(("transition", "state"), [("fail", "FAILED"), ("abort", "ABORTED")])
def test_other_ends_of_a_run(api, transition, state):
    put(api, JOB)
    run = post(api, f"{JOB}/runs", 201)["id"]
    assert post(api, f"/api/v1/jobs/runs/{run}/{transition}")["state"] == state


def test_runs_that_cannot_be(api):
    put(api, JOB)
    assert api.post(f"{JOB}/runs", json={"id": "no uuid"}).json()["path"] == "$.id"
    assert api.post("/api/v1/namespaces/made/jobs/none/runs", json={}).status_code == 404
    assert api.post(f"/api/v1/jobs/runs/{run_id('none')}/start").status_code == 404
    run = post(api, f"{JOB}/runs", 201)["id"]
    assert api.post(f"/api/v1/jobs/runs/{run}/start?at=yesterday").json()["path"] == "at"
    assert api.post(f"/api/v1/jobs/runs/{run}/finish").status_code in {404, 405}  # 405: the web UI's files are below
    assert api.post(f"/api/v1/jobs/runs/{run}/facets").status_code == 405


def test_tags_of_datasets_fields_and_jobs(api):
    api.tell(run_event("j", [dataset("t", "a", namespace="made")], namespace="made"))
    assert put(api, "/api/v1/tags/GOLD", description="best") == {"name": "GOLD", "description": "best"}
    assert post(api, f"{DATASET}/tags/GOLD")["tags"] == ["GOLD"]
    assert post(api, f"{DATASET}/fields/a/tags/PII")["fields"][0]["tags"] == ["PII"]
    assert post(api, f"{JOB}/tags/GOLD")["tags"] == ["GOLD"]
    assert api.answer("/api/v1/tags")["tags"] == [
        {"name": "GOLD", "description": "best"},
        {"name": "PII", "description": None},
    ]
    assert api.delete(f"{DATASET}/tags/GOLD").json()["tags"] == []
    assert api.delete(f"{DATASET}/fields/a/tags/PII").json()["fields"][0]["tags"] == []
    assert api.delete(f"{JOB}/tags/GOLD").json()["tags"] == []
    assert api.delete(f"{JOB}/tags/GOLD").status_code == 200  # nothing to take off is no error
    assert api.post(f"{DATASET}/fields/none/tags/PII").json()["path"] == "field"
    assert api.post("/api/v1/namespaces/made/datasets/none/tags/PII").status_code == 404


def test_tags_that_events_carry_can_be_taken_off(api):
    tags = facet(
        tags=[{"key": "PII", "value": "true"}, {"key": "level", "value": "3"}, {"key": "X", "value": "", "field": "a"}]
    )
    job_tags = {"tags": facet(tags=[{"key": "hot", "value": "true"}])}
    api.tell(run_event("j", [dataset("t", "a", namespace="made", tags=tags)], namespace="made", job_facets=job_tags))
    found = api.answer(DATASET)
    assert (found["tags"], found["fields"][0]["tags"]) == (["PII", "level:3"], ["X"])
    assert api.delete(f"{DATASET}/tags/PII").json()["tags"] == ["level:3"]
    assert api.delete(f"{DATASET}/fields/a/tags/X").json()["fields"][0]["tags"] == []
    assert api.answer(JOB)["tags"] == ["hot"]
    assert api.delete(f"{JOB}/tags/hot").json()["tags"] == []


def test_a_deleted_job_is_gone_until_the_next_event(api):
    api.tell(run_event("j", namespace="made"))
    assert api.delete(JOB).json()["name"] == "j"
    api.refusal(JOB, 404)
    assert api.delete(JOB).status_code == 404
    assert api.answer("/api/v1/jobs")["totalCount"] == 0
    api.tell(run_event("j", namespace="made", at=1))
    assert api.answer(JOB)["name"] == "j"


def test_all_of_it_survives_a_rebuild(api):
    api.tell(run_event("j", [dataset("t", "a", namespace="made")], ["out"], namespace="made"))
    put(api, "/api/v1/namespaces/empty", ownerName="me")
    put(api, "/api/v1/sources/src", type="X", connectionUrl="x://h")
    post(api, f"{DATASET}/fields/a/tags/PII")
    api.delete(f"/api/v1/namespaces/{NS}/datasets/out")
    urls = ["/api/v1/namespaces", "/api/v1/sources", "/api/v1/tags", DATASET, JOB, f"/api/v1/namespaces/{NS}/datasets"]
    before = [api.answer(url) for url in urls]
    api.app.state.store.rebuild()
    assert [api.answer(url) for url in urls] == before


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/namespaces/a%00b",
        "/api/v1/tags/a%00b",
        "/api/v1/namespaces/x/datasets/a%00b",
        "/api/v1/namespaces/x/jobs/a%00b",
    ],
)
def test_a_nul_is_no_name(shared_api, url):
    assert shared_api.put(url, json={}).status_code in (400, 422)
