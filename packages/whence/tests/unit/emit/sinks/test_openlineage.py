from __future__ import annotations

import json
import threading
import time

import pytest

from whence.emit import SinkSettings
from whence.emit.sinks import Fault, Refused, Retry, Taken
from whence.emit.sinks._openlineage import OpenLineageSink, lineage_path

FINE = (204, {}, b"")


@pytest.fixture
def sink():
    made = []

    def make(server, **more):
        url = server if isinstance(server, str) else server.url
        made.append(OpenLineageSink(SinkSettings(**{"url": url, "kind": "http", "timeout_s": 2.0} | more)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def events(count, size=0):
    return [json.dumps({"n": number, "x": "y" * size}).encode() for number in range(count)]


def numbers(request):
    return [event["n"] for event in request.events]


def without(*bad, status=422):
    """Refuse each request that holds one of these events."""
    return lambda request: (status, {}, b"") if set(numbers(request)) & set(bad) else FINE


def marquez(decide=lambda _: (201, {}, b"")):
    """Know no batches, as Marquez does."""
    return lambda request: (404, {}, b"") if request.path.endswith("/batch") else decide(request)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://h:8300", "/api/v1/lineage"),
        ("http://h/", "/api/v1/lineage"),
        ("http://h/base", "/base/api/v1/lineage"),
        ("http://h/api/v1", "/api/v1/lineage"),
        ("http://marquez:5000/api/v1/lineage", "/api/v1/lineage"),
        ("http://h/other/lineage/", "/other/lineage"),
    ],
)
def test_the_endpoint_may_be_given_in_any_part(url, path):
    assert lineage_path(url) == path


def test_a_batch_is_one_request_with_the_events_bytes(sink, fake_server):
    with fake_server() as server:
        batch = [b'{"n":1,"name":"\xec\xa3\xbc"}', b'{"n":2}']
        assert sink(server).send(batch) == [Taken(), Taken()]
        (request,) = server.requests
        assert request.path == "/api/v1/lineage/batch"
        assert request.body == b"[" + b",".join(batch) + b"]"
        assert request.headers["Content-Type"] == "application/json"


def test_large_bodies_are_compressed_to_the_same_bytes_each_time(sink, fake_server):
    with fake_server() as server:
        each = sink(server)
        each.send(events(3, 1000))
        each.send(events(3, 1000))
        first, second = server.requests
        assert first.headers["Content-Encoding"] == "gzip"
        assert first.body == second.body
        assert len(first.body) < 300
        sink(server, gzip=False).send(events(3, 1000))
        assert "Content-Encoding" not in server.requests[2].headers


def test_credentials_go_along(sink, fake_server):
    with fake_server() as server:
        sink(server, authorization="Bearer key").send(events(1))
        sink(server).send(events(1))
        assert server.requests[0].headers["Authorization"] == "Bearer key"
        assert "Authorization" not in server.requests[1].headers


def test_a_refused_batch_is_divided_until_the_culprits_are_found(sink, fake_server):
    with fake_server(decide=without(3, 90)) as server:
        outcomes = sink(server).send(events(100))
        assert [number for number, outcome in enumerate(outcomes) if outcome != Taken()] == [3, 90]
        assert outcomes[3] == Refused("HTTP 422")
        assert len(server.requests) < 30


def test_a_single_refused_event(sink, fake_server):
    with fake_server(decide=without(0)) as server:
        assert sink(server).send(events(1)) == [Refused("HTTP 422")]
        assert len(server.requests) == 1


@pytest.mark.parametrize("culprit", [0, 50, 99])
def test_a_500_that_one_event_causes_holds_up_no_other(sink, fake_server, culprit):
    with fake_server(decide=without(culprit, status=500)) as server:
        each = sink(server)
        outcomes = each.send(events(100))
        while Taken() not in outcomes:  # the one that was asked about was the culprit itself
            outcomes = each.send(events(100))
        assert [number for number, outcome in enumerate(outcomes) if outcome != Taken()] == [culprit]
        assert outcomes[culprit] == Retry("HTTP 500")


def test_a_500_to_everything_costs_two_requests(sink, fake_server):
    with fake_server(decide=lambda _: (500, {}, b"")) as server:
        assert sink(server).send(events(100)) == [Retry("HTTP 500")] * 100
        assert len(server.requests) == 2


def test_two_events_of_which_one_causes_a_500(sink, fake_server):
    with fake_server(decide=without(1, status=500)) as server:
        each = sink(server)
        outcomes = each.send(events(2))
        while Taken() not in outcomes:
            outcomes = each.send(events(2))
        assert outcomes == [Taken(), Retry("HTTP 500")]


def test_a_server_that_is_down_is_asked_once(sink, fake_server):
    with fake_server(decide=lambda _: (503, {"Retry-After": "9"}, b"")) as server:
        assert sink(server).send(events(100)) == [Retry("HTTP 503", 9.0)] * 100
        assert len(server.requests) == 1


def test_a_server_that_goes_down_while_a_batch_is_divided(sink, fake_server):
    with fake_server((422, {}, b""), FINE, decide=lambda _: (503, {}, b"")) as server:
        assert sink(server).send(events(4)) == [Taken(), Taken(), Retry("HTTP 503"), Retry("HTTP 503")]
    with fake_server((422, {}, b""), decide=lambda _: (503, {}, b"")) as server:
        assert sink(server).send(events(4)) == [Retry("HTTP 503")] * 4
        assert len(server.requests) == 2


def test_nobody_listens(sink, raw_server):
    with raw_server(lambda _: None) as server:
        url = server.url
    (outcome,) = sink(url).send(events(1))
    assert outcome.fault is Fault.DOWN
    assert "Connection refused" in outcome.reason


def test_a_hung_server_is_left_after_two_time_outs(sink, raw_server):
    release = threading.Event()
    with raw_server(lambda _: release.wait(3)) as server:
        started = time.monotonic()
        outcomes = sink(server, timeout_s=0.2).send(events(50))
        assert 0.3 < time.monotonic() - started < 2.5  # of the 3 s for which the server hangs
        release.set()
    assert {outcome.reason for outcome in outcomes} == {f"{server.url} did not answer within 0.2 s"}


def test_a_batch_has_its_time(sink, fake_server):
    def slowly(request):
        time.sleep(0.1)
        return (422, {}, b"")

    with fake_server(decide=slowly) as server:
        each = sink(server, timeout_s=5)
        each._budget_s = 1.0  # six time-outs, otherwise; the first event is refused after four requests, all after 15
        outcomes = each.send(events(8))
        assert len(server.requests) < 12
        assert outcomes[-1] == Retry("the batch took too long and goes on later")
        assert outcomes[0] == Refused("HTTP 422")


def test_the_answer_names_who_failed(sink, fake_server):
    report = {"summary": {"failed": 1}, "failed_events": [{"index": 1, "reason": "bad", "retriable": False}]}
    with fake_server((200, {}, json.dumps(report).encode())) as server:
        assert sink(server).send(events(3)) == [Taken(), Refused("bad"), Taken()]


def test_an_answer_that_does_not_say_who_failed_asks_for_each(sink, fake_server):
    report = json.dumps({"summary": {"failed": 1}}).encode()
    with fake_server((200, {}, report), decide=without(1)) as server:
        each = sink(server)
        assert each.send(events(3)) == [Taken(), Refused("HTTP 422"), Taken()]
        each.send(events(2))
        assert server.requests[-1].path.endswith("/batch")


def test_a_single_answer_may_name_its_event_too(sink, fake_server):
    report = {"summary": {"failed": 1}, "failed_events": [{"index": 0, "reason": "bad", "retriable": False}]}
    with fake_server(decide=marquez(lambda _: (200, {}, json.dumps(report).encode()))) as server:
        assert sink(server).send(events(1)) == [Refused("bad")]


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_a_server_without_batches_gets_each_event_alone(sink, fake_server, status):
    def decide(request):
        return (status, {}, b"") if request.path.endswith("/batch") else (201, {}, b"")

    with fake_server(decide=decide) as server:
        each = sink(server)
        assert each.send(events(3)) == [Taken()] * 3
        assert each.send(events(2)) == [Taken()] * 2
        assert [request.path.rpartition("/")[2] for request in server.requests] == ["batch", *["lineage"] * 5]


def test_a_server_that_knows_neither_route_is_asked_for_batches_again(sink, fake_server):
    with fake_server(decide=lambda _: (404, {}, b"")) as server:
        each = sink(server)
        outcomes = each.send(events(100))
        assert {outcome.fault for outcome in outcomes} == {Fault.SETTINGS}
        assert len(server.requests) == 3
        server.decide = lambda _: FINE
        assert each.send(events(2)) == [Taken()] * 2
        assert server.requests[-1].path.endswith("/batch")


def test_alone_a_refused_event_holds_up_no_other(sink, fake_server):
    with fake_server(decide=marquez(without(1, 2))) as server:
        outcomes = sink(server).send(events(5))
        assert outcomes == [Taken(), Refused("HTTP 422"), Refused("HTTP 422"), Taken(), Taken()]


def test_alone_a_500_of_one_event_holds_up_no_other(sink, fake_server):
    with fake_server(decide=marquez(without(0, status=500))) as server:
        assert sink(server).send(events(5)) == [Retry("HTTP 500"), *[Taken()] * 4]


def test_alone_a_server_that_is_down_is_asked_once(sink, fake_server):
    with fake_server(decide=marquez(lambda _: (503, {}, b""))) as server:
        assert sink(server).send(events(50)) == [Retry("HTTP 503")] * 50
        assert len(server.requests) == 2


def test_alone_a_fault_of_all_is_found_with_two(sink, fake_server):
    with fake_server(decide=marquez(lambda _: (401, {}, b""))) as server:
        outcomes = sink(server).send(events(50))
        assert {outcome.fault for outcome in outcomes} == {Fault.SETTINGS}
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 415])
def test_a_server_that_cannot_unpack_gets_plain_bodies(sink, fake_server, status):
    def decide(request):
        return (status, {}, b"") if "Content-Encoding" in request.headers else FINE

    with fake_server(decide=decide) as server:
        each = sink(server)
        assert each.send(events(3, 1000)) == [Taken()] * 3
        assert each.send(events(3, 1000)) == [Taken()] * 3
        assert ["Content-Encoding" in request.headers for request in server.requests] == [True, False, False]


def test_a_refusal_of_the_events_does_not_end_compression(sink, fake_server):
    with fake_server(decide=without(0, 1)) as server:
        each = sink(server)
        assert each.send(events(1, 2000)) == [Refused("HTTP 422")]
        server.decide = lambda _: FINE
        each.send(events(1, 2000))
        assert "Content-Encoding" in server.requests[-1].headers
        server.decide = without(0)
        before = len(server.requests)
        assert each.send(events(1, 2000)) == [Refused("HTTP 422")]
        assert len(server.requests) == before + 1  # compression is proven: no second try with a plain body


def test_a_server_that_fails_says_nothing_about_compression(sink, fake_server):
    with fake_server((503, {}, b"")) as server:
        each = sink(server)
        assert each.send(events(1, 2000)) == [Retry("HTTP 503")]
        assert each.send(events(1, 2000)) == [Taken()]
        assert all("Content-Encoding" in request.headers for request in server.requests)


def test_a_certificate_that_is_not_trusted_needs_a_person(sink, raw_server):
    with raw_server(lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")) as server:
        (outcome,) = sink(server.url.replace("http:", "https:")).send(events(1))
    assert isinstance(outcome, Retry)
