from __future__ import annotations

import json
import socket
from contextlib import ExitStack, closing
from copy import deepcopy

import pytest
from datahub_catalog import Catalog

from whence.emit import settings_from
from whence.emit.sinks import Fault, Refused, Retry, Taken, open_sink
from whence.emit.sinks.datahub import _requests
from whence.errors import SinkError

pytestmark = pytest.mark.integration

OURS = "https://pypi.org/project/whence/9.9.9"
FLOW = "urn:li:dataFlow:(pythonSdk,daily,PROD)"
TAKEN = Taken()


def dataset_urn(name):
    return f"urn:li:dataset:(urn:li:dataPlatform:s3,lake/{name},PROD)"


def event(name, kind="COMPLETE", *, inputs=("a",), outputs=(), is_described=False):
    lake = {"namespace": "s3://lake"}
    facets = {"whence_flow": {"name": "daily"}}
    if is_described or kind == "START":
        facets["documentation"] = {"description": f"What {name} does."}
    body = {
        "eventType": kind,
        "eventTime": "2026-11-21T10:00:01.500Z",
        "producer": OURS,
        "run": {"runId": f"run-{name}"},
        "job": {"namespace": "shop", "name": name, "facets": facets},
        "inputs": [{**lake, "name": each} for each in inputs],
        "outputs": [{**lake, "name": each} for each in outputs],
    }
    return json.dumps(body).encode()


@pytest.fixture
def opened():
    """Give a function that opens the sink of a URL, closed at the end."""
    with ExitStack() as stack:

        def make(url, **settings):
            (sink,) = settings_from({"sinks": url, "spool_dir": "/nowhere", "timeout_s": 2.0, **settings}).sinks
            return stack.enter_context(closing(open_sink(sink)))

        yield make


@pytest.fixture
def catalog():
    with Catalog() as service:
        yield service


def test_a_run_takes_two_requests_over_one_connection(catalog, opened):
    sink = opened(catalog.url)
    assert sink.send([event("load", "START")]) == [TAKEN]
    assert sink.send([event("load", outputs=[f"o{number}" for number in range(50)])]) == [TAKEN]
    assert [request.path for request in catalog.requests] == ["/aspects?action=ingestProposalBatch"] * 2
    assert catalog.connections == 1
    assert [each["status"] for each in catalog.events_of("run-load")] == ["STARTED", "COMPLETE"]


def test_the_token_and_the_protocol_go_along_and_the_key_of_other_sinks_does_not(opened):
    with Catalog(token="s3cret") as service:
        sink = opened(service.url, datahub_token="s3cret", api_key="other")
        assert sink.send([event("load")]) == [TAKEN]
        headers = service.requests[0].headers
        assert headers["Content-Type"] == "application/json"
        assert json.loads(service.requests[0].body)["async"] == "true"
        opened(service.url + "?async=false&env=DEV", datahub_token="s3cret").send([event("load")])
        assert json.loads(service.requests[1].body)["async"] == "false"
        assert "urn:li:dataFlow:(pythonSdk,daily,DEV)" in service.urns("dataFlow")


def test_a_wrong_token_is_a_fault_of_the_settings(opened):
    with Catalog(token="s3cret") as service:
        for settings, said in (({}, "no token was given"), ({"datahub_token": "old"}, "with the token given")):
            (outcome, again) = opened(service.url, **settings).send([event("a"), event("b")])
            assert isinstance(outcome, Retry)
            assert outcome.fault is Fault.SETTINGS
            assert said in outcome.reason
            assert again == outcome
        assert len(service.requests) == 2  # nobody is asked twice


@pytest.mark.parametrize(
    ("status", "fault"), [(404, Fault.SETTINGS), (403, Fault.SETTINGS), (503, Fault.DOWN), (429, Fault.DOWN)]
)
def test_a_service_that_is_down_or_elsewhere_loses_nothing(catalog, status, fault, opened):
    catalog.status = status
    outcomes = opened(catalog.url).send([event("a"), event("b"), event("c")])
    assert all(isinstance(each, Retry) and each.fault is fault for each in outcomes)
    assert len(catalog.requests) <= 2


def test_a_failing_service_is_asked_a_few_times_at_most(catalog, opened):
    catalog.status = 500
    outcomes = opened(catalog.url).send([event(str(number)) for number in range(100)])
    assert all(isinstance(each, Retry) for each in outcomes)
    assert len(catalog.requests) == 4  # all of the first request, one event of it, two of its proposals


def test_nobody_at_the_door_is_a_retry(opened):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        (outcome,) = opened(f"datahub+http://127.0.0.1:{taken.getsockname()[1]}").send([event("a")])
    assert isinstance(outcome, Retry)
    assert outcome.fault is Fault.DOWN


@pytest.mark.parametrize("refusal", ["bad aspect", 422, 500])
@pytest.mark.parametrize("asked_first", [0, 3, 7])
def test_one_refused_proposal_costs_neither_its_event_nor_others(refusal, asked_first, opened, monkeypatch):
    monkeypatch.setattr("random.randrange", lambda _: asked_first)

    def refuse(proposal):
        return refusal if proposal["entityUrn"] == dataset_urn("bad") else None

    with Catalog(refuse=refuse) as service:
        events = [event(str(number), outputs=["bad" if number == 3 else f"o{number}"]) for number in range(8)]
        outcomes = opened(service.url).send(events)
        assert [number for number, each in enumerate(outcomes) if each != TAKEN] == [3]
        guilty = outcomes[3]
        if refusal == 500:
            assert isinstance(guilty, Retry)  # it may be the service: the sender counts how often
        else:
            assert isinstance(guilty, Refused)
            assert "upstreamLineage" in guilty.reason
            assert dataset_urn("bad") in guilty.reason
        assert len(service.events_of("run-3")) == 1  # the rest of the event has arrived
        assert service.upstreams(dataset_urn("o4")) == {dataset_urn("a")}


def test_an_event_that_is_none_goes_alone(catalog, opened):
    outcomes = opened(catalog.url).send([event("a"), b"{", event("b")])
    assert [type(each) for each in outcomes] == [Taken, Refused, Taken]
    assert len(catalog.requests) == 1


def test_what_changes_nothing_is_taken_without_a_request(catalog, opened):
    assert opened(catalog.url).send([event("a", "RUNNING", inputs=())]) == [TAKEN]
    assert catalog.requests == []


@pytest.mark.parametrize("knows_header", [True, False])
@pytest.mark.parametrize("has_batch", [True, False])
@pytest.mark.parametrize("sees_itself", [True, False])
def test_servers_of_any_age_end_up_with_the_same(has_batch, knows_header, sees_itself, opened):
    with Catalog(has_batch=has_batch, knows_header=knows_header, sees_itself=sees_itself) as service:
        sink = opened(service.url)
        events = [
            event("load", "START"),
            event("load", outputs=["b"], is_described=True),
            event("more", inputs=["x"], outputs=["b"]),
        ]
        assert sink.send(events) == [TAKEN] * 3
        assert sink.send(events) == [TAKEN] * 3
        assert service.upstreams(dataset_urn("b")) == {dataset_urn("a"), dataset_urn("x")}
        assert len(service.events_of("run-load")) == 2
        batches = [each for each in service.requests if each.path.endswith("Batch")]
        assert has_batch or len(batches) == 1  # it is asked for once


def test_an_event_sent_again_is_byte_equal(catalog, opened):
    for _ in range(2):
        opened(catalog.url).send([event("load", outputs=["b"])])
    assert catalog.requests[0].body == catalog.requests[1].body


def test_requests_keep_the_limits(catalog, monkeypatch, opened):
    events = [event(str(number), outputs=[f"{number}-{each}" for each in range(20)]) for number in range(12)]
    events.append(event("large", outputs=[f"l{each}" for each in range(150)]))
    assert opened(catalog.url).send(events) == [TAKEN] * 13
    sizes = [len(json.loads(request.body)["proposals"]) for request in catalog.requests]
    assert max(sizes) <= 200
    assert len(sizes) <= 6
    monkeypatch.setattr(_requests, "MAX_BYTES", 20_000)
    catalog.requests.clear()
    assert opened(catalog.url).send(events[:6]) == [TAKEN] * 6
    assert max(len(request.body) for request in catalog.requests) <= 20_000


def test_a_backlog_of_runs_goes_in_a_few_requests(catalog, opened):
    runs = [(f"job-{number % 2}", f"o{number % 3}") for number in range(20)]
    events = [each for job, out in runs for each in (event(job, "START"), event(job, outputs=[out], is_described=True))]
    assert opened(catalog.url).send(events) == [TAKEN] * 40
    assert len(catalog.requests) == 2
    assert len(catalog.urns("dataJob")) == 2
    assert catalog.aspect(f"urn:li:dataJob:({FLOW},job-1)", "dataJobInfo")["description"] == "What job-1 does."


def test_a_batch_has_an_end(catalog, opened):
    sink = opened(catalog.url)
    sink._budget_s = -1.0
    (outcome,) = sink.send([event("a")])
    assert isinstance(outcome, Retry)
    assert catalog.requests == []


@pytest.mark.parametrize(
    ("url", "said"),
    [("", "DataHub v1.4.0; with the token given"), ("?env=DEV", "DataHub v1.4.0; with the token given")],
)
def test_a_look_says_what_is_there(url, said, opened):
    with Catalog(token="s3cret") as service:
        assert opened(service.url + url, datahub_token="s3cret").look() == said
        assert service.requests == []


def test_a_look_says_what_is_wrong(catalog, opened):
    catalog.token = "s3cret"
    with pytest.raises(SinkError, match="refuses requests; no token was given"):
        opened(catalog.url).look()
    with pytest.raises(SinkError, match="HTTP 401, which is no answer of DataHub"):
        opened(catalog.url + "/wrong").look()
    with pytest.raises(SinkError, match="cannot be reached"):
        opened("datahub+http://127.0.0.1:9").look()


def test_a_service_that_hangs_is_asked_once_more_and_waited_for(opened):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sink = opened(f"datahub+http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1)
        posts = []
        post = sink._http.post
        sink._http.post = lambda *words: (posts.append(words), post(*words))[1]
        outcomes = sink.send([event(str(number)) for number in range(100)])
    assert all(isinstance(each, Retry) and "0.1 s" in each.reason for each in outcomes)
    assert len(posts) == 2  # all of the first request, one event of it


def test_a_server_without_the_batch_route_is_not_asked_for_it_again_whatever_becomes_of_the_events(opened):
    def refuse(proposal):
        return 500 if proposal["entityUrn"] == dataset_urn("bad") else None

    with Catalog(has_batch=False, refuse=refuse) as service:
        sink = opened(service.url)
        for _ in range(2):
            outcomes = sink.send([event("a"), event("b", outputs=["bad"])])
            assert [type(each) for each in outcomes] == [Taken, Retry]
        assert sum(each.path.endswith("Batch") for each in service.requests) == 1


def test_a_service_that_dies_on_the_way_keeps_what_it_took(catalog, opened):
    left = [12]

    def refuse(_):
        left[0] -= 1
        return 503 if left[0] < 0 else None

    catalog.has_batch = False
    catalog.refuse = refuse
    outcomes = opened(catalog.url).send([event("a"), event("b"), event("c")])
    assert outcomes[0] == TAKEN
    assert all(isinstance(each, Retry) for each in outcomes[1:])
    assert len(catalog.requests) <= 15


# --- what others own (C15)


@pytest.mark.parametrize("sees_itself", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_nothing_of_others_is_overwritten(catalog, opened, at_once, sees_itself):
    catalog.sees_itself = sees_itself
    out, job = dataset_urn("out"), f"urn:li:dataJob:({FLOW},load)"
    theirs = "urn:li:dataset:(urn:li:dataPlatform:kafka,topic,PROD)"
    field = "urn:li:schemaField:({},{})"
    upstream = {"dataset": theirs, "type": "VIEW", "auditStamp": {"time": 1, "actor": "urn:li:corpuser:kim"}}
    fine = {
        "upstreamType": "FIELD_SET",
        "upstreams": [field.format(theirs, "k")],
        "downstreamType": "FIELD",
        "downstreams": [field.format(out, "k")],
        "confidenceScore": 0.9,
        "transformOperation": "CUSTOM",
    }
    before = {
        (out, "upstreamLineage"): {"upstreams": [upstream], "fineGrainedLineages": [fine]},
        (out, "datasetProperties"): {"customProperties": {"k": "v"}, "description": "By a person."},
        (out, "status"): {"removed": False},
        (FLOW, "dataFlowInfo"): {"customProperties": {"k": "v"}, "name": "Daily", "description": "By a person."},
        (job, "ownership"): {"owners": [{"owner": "urn:li:corpuser:kim", "type": "DATAOWNER"}]},
        (job, "dataJobInfo"): {
            "customProperties": {"k": "v"},
            "name": "Load!",
            "type": {"string": "X"},
            "description": "old",
        },
        (job, "dataJobInputOutput"): {
            "inputDatasets": [theirs],
            "outputDatasets": [],
            "inputDatasetEdges": [{"destinationUrn": theirs, "properties": {"source": "UI"}}],
        },
        (dataset_urn("a"), "status"): {"removed": True},
    }
    catalog.aspects = deepcopy(before)
    described = json.loads(event("load", outputs=["out"], is_described=True))
    described["outputs"][0]["facets"] = {
        "documentation": {"description": "By us."},
        "columnLineage": {"fields": {"k": {"inputFields": [{"namespace": "s3://lake", "name": "a", "field": "k"}]}}},
    }
    described["job"]["facets"]["ownership"] = {"owners": [{"name": "team:data"}]}
    sink = opened(catalog.url)
    events = [event("load", "START"), json.dumps(described).encode(), event("other", inputs=["b"], outputs=["out"])]
    for batch in [events] if at_once else [[each] for each in events]:
        assert set(sink.send(batch)) == {TAKEN}
    untouched = {key for key in before if key[1] not in {"upstreamLineage", "dataJobInputOutput", "dataJobInfo"}}
    assert {key: catalog.aspects[key] for key in untouched} == {key: before[key] for key in untouched}
    assert catalog.upstreams(out) == {theirs, dataset_urn("a"), dataset_urn("b")}
    assert upstream in catalog.aspect(out, "upstreamLineage")["upstreams"]
    assert fine in catalog.aspect(out, "upstreamLineage")["fineGrainedLineages"]
    assert catalog.aspect(job, "dataJobInfo") == {**before[job, "dataJobInfo"], "description": "What load does."}
    edges = catalog.aspect(job, "dataJobInputOutput")
    assert edges["inputDatasets"] == [theirs]
    assert {each["destinationUrn"] for each in edges["inputDatasetEdges"]} == {theirs, dataset_urn("a")}
    assert {"destinationUrn": theirs, "properties": {"source": "UI"}} in edges["inputDatasetEdges"]


@pytest.mark.parametrize("status", [400, 500])
def test_a_patch_that_finds_nothing_to_patch_becomes_a_create(status, opened):
    def refuse(proposal):
        is_missing = (proposal["entityUrn"], proposal["aspectName"]) not in service.aspects
        return status if proposal["changeType"] == "PATCH" and is_missing else None

    with Catalog(refuse=refuse) as service:
        sink = opened(service.url)
        others = {"dataset": dataset_urn("theirs"), "type": "VIEW"}
        service.aspects[dataset_urn("there"), "upstreamLineage"] = {"upstreams": [others]}
        assert sink.send([event("x", "START"), event("load", outputs=["out", "there"])]) == [TAKEN] * 2
        assert service.upstreams(dataset_urn("out")) == {dataset_urn("a")}
        assert service.upstreams(dataset_urn("there")) == {dataset_urn("a"), dataset_urn("theirs")}
        assert (f"urn:li:dataJob:({FLOW},load)", "dataJobInputOutput") in service.aspects


def test_a_patch_that_is_refused_for_another_reason_overwrites_nothing(opened):
    def refuse(proposal):
        return "Patching not supported" if proposal["changeType"] == "PATCH" else None

    with Catalog(refuse=refuse) as service:
        others = {"upstreams": [{"dataset": dataset_urn("theirs"), "type": "VIEW"}]}
        service.aspects[dataset_urn("out"), "upstreamLineage"] = others
        (outcome,) = opened(service.url).send([event("load", outputs=["out"])])
        assert isinstance(outcome, Refused)
        assert "Patching not supported" in outcome.reason
        assert service.aspect(dataset_urn("out"), "upstreamLineage") == others


def test_two_jobs_that_write_one_table_are_both_its_origin(catalog, opened):
    sink = opened(catalog.url)
    for name in ("a", "b"):
        sink.send([event(f"load-{name}", inputs=[name], outputs=["out"])])
    assert catalog.upstreams(dataset_urn("out")) == {dataset_urn("a"), dataset_urn("b")}


def test_lineage_of_others_survives_a_consumer_that_writes_many_requests_at_once(catalog, opened):
    """As a DataHub does that queues what it takes and consumes the queue in batches."""
    theirs = {"upstreams": [{"dataset": dataset_urn("theirs"), "type": "VIEW"}]}
    sink = opened(catalog.url)
    sink.send([event("one", "START"), event("one", outputs=["out"]), event("two", inputs=["b"], outputs=["out"])])
    queued = catalog.proposals
    catalog.aspects = {(dataset_urn("out"), "upstreamLineage"): deepcopy(theirs)}
    catalog._commit(queued)
    assert catalog.upstreams(dataset_urn("out")) == {dataset_urn(each) for each in ("theirs", "a", "b")}
