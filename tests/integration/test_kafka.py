"""The Kafka sink against a broker that speaks the real protocol, read back by an ordinary consumer."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import KafkaError
from kafka_broker import Broker
from openlineage.client.event_v2 import Dataset, DatasetEvent, Job, JobEvent, Run, RunEvent
from openlineage.client.facet_v2 import parent_run
from openlineage.client.serde import Serde
from openlineage.client.transport.kafka import KafkaConfig, KafkaTransport
from servers import free_port, wait_until

from whence.emit import Emitter, refused_events, settings_from, spool_state
from whence.emit.sinks import Fault, Refused, Retry, Taken, open_sink
from whence.emit.sinks._kafka import KafkaSink, message_key
from whence.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

RUN_ID = "0197d3c6-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def broker():
    with Broker() as running:
        yield running


def settings(url, **more):
    quick = {"poll_s": 0.02, "backoff_min_s": 0.02, "backoff_max_s": 0.1, "timeout_s": 5.0}
    return settings_from({"sinks": url, **quick, **more})


@contextlib.contextmanager
def sink_to(url: str, **more: object) -> Iterator[KafkaSink]:
    sink = open_sink(settings(url, **more).sinks[0])
    try:
        yield sink
    finally:
        sink.close()


def event(name: str, **more: object) -> dict[str, object]:
    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-21T10:00:00Z",
        "producer": "https://example.com/test",
        "job": {"namespace": "shop", "name": name},
        "run": {"runId": RUN_ID},
        **more,
    }


def test_a_consumer_reads_what_was_sent_byte_for_byte(broker):
    bodies = [json.dumps(event(f"naïve-{number}"), ensure_ascii=False).encode() for number in range(300)]
    with sink_to(f"kafka://{broker.address}/bytes") as sink:
        assert sink.send(bodies) == [Taken()] * 300
    messages = broker.messages(300, "bytes")
    assert sorted(message.value() for message in messages) == sorted(bodies)
    assert {message.key() for message in messages} == {f"run:shop/naïve-{n}".encode() for n in range(300)}


def job_of(name: str) -> parent_run.Job:
    return parent_run.Job(namespace="root", name=name)


PARENT = parent_run.ParentRunFacet(run=parent_run.Run(RUN_ID), job=job_of("parent"))
ROOTED = parent_run.ParentRunFacet(
    run=parent_run.Run(RUN_ID),
    job=job_of("parent"),
    root=parent_run.Root(run=parent_run.RootRun(RUN_ID), job=parent_run.RootJob(namespace="root", name="top")),
)


@pytest.mark.parametrize(
    "told",
    [
        RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID), job=Job("shop", "own")),
        RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID, {"parent": PARENT}), job=Job("shop", "own")),
        RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID, {"parent": ROOTED}), job=Job("shop", "own")),
        JobEvent(eventTime="2026-11-21T10:00:00Z", job=Job("shop", "own")),
        DatasetEvent(eventTime="2026-11-21T10:00:00Z", dataset=Dataset("shop", "orders")),
    ],
    ids=["run", "with a parent", "with a root", "job", "dataset"],
)
def test_the_key_is_the_one_of_openlineage_python(told):
    theirs = KafkaTransport(KafkaConfig(config={}, topic="t"))._get_message_key(told)
    assert message_key(Serde.to_json(told).encode()) == theirs.encode()


@pytest.mark.parametrize("body", [b"no json", b"[]", b"{}", b'{"run": 1, "job": {"name": "x"}}'])
def test_what_is_no_event_has_no_key(body):
    assert message_key(body) is None


@contextlib.contextmanager
def forwarding(port: int, address: str) -> Iterator[None]:
    """Listen on a port and pass each connection on to the broker."""
    server = socket.create_server(("127.0.0.1", port))
    host, _, target = address.partition(":")
    open_ends = [server]

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = server.accept()
                theirs = socket.create_connection((host, int(target)))
                open_ends.extend((ours, theirs))
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        for end in reversed(open_ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        thread.join()


def test_while_the_brokers_are_down_nothing_is_lost_and_later_all_arrives(broker, tmp_path):
    port = free_port()
    emitter = Emitter(settings(f"kafka://127.0.0.1:{port}/later", spool_dir=tmp_path))
    for number in range(20):
        emitter.emit(event(f"job-{number}"))
    wait_until(lambda: any(sink.reason for sink in emitter.stats().sinks), what="the first failure")
    assert not emitter.flush(0).is_complete
    with forwarding(port, broker.address):
        assert emitter.flush(20).is_complete
    assert emitter.close(5)
    found = {json.loads(message.value())["job"]["name"] for message in broker.messages(20, "later")}
    assert found == {f"job-{number}" for number in range(20)}


def test_an_event_that_is_too_large_goes_alone_to_the_dead_letters(broker, tmp_path):
    url = f"kafka://{broker.address}/large?message.max.bytes=2000"
    emitter = Emitter(settings(url, spool_dir=tmp_path))
    for number in range(3):
        emitter.emit(event(f"fine-{number}"))
    emitter.emit(event("large", run={"runId": RUN_ID, "facets": {"big": {"text": "x" * 5000}}}))
    emitter.emit(event("fine-3"))
    assert emitter.close(10)
    (letter,) = refused_events(str(tmp_path))
    assert json.loads(letter.body)["job"]["name"] == "large"
    assert "MSG_SIZE_TOO_LARGE" in letter.reason
    assert spool_state(str(tmp_path)).events == 0
    assert len(broker.messages(4, "large")) == 4


def test_a_set_that_a_broker_refuses_is_asked_for_one_by_one(broker):
    class Strict(KafkaSink):
        """A broker with a small `message.max.bytes` refuses every record of a set that is over it."""

        def _produce(self, events, deadline):
            is_over = sum(map(len, events)) > 10
            return [Refused("too large")] * len(events) if is_over else super()._produce(events, deadline)

    sink = Strict(settings(f"kafka://{broker.address}/strict").sinks[0])
    assert sink.send([b"12345", b"x" * 20, b"67890"]) == [Taken(), Refused("too large"), Taken()]
    sink.close()


def test_a_wrong_client_setting_is_said_without_its_neighbours():
    url = "kafka://me:geheim@127.0.0.1:9?security.protocol=foo"
    with pytest.raises(SinkError, match=r"security\.protocol") as caught, sink_to(url):
        pass
    assert "geheim" not in str(caught.value)


def test_a_refused_login_waits_for_a_person(broker):
    # The mock cluster takes no SASL handshake, as a broker that does not know this mechanism.
    url = f"kafka://me:geheim@{broker.address}/t?security.protocol=SASL_PLAINTEXT&sasl.mechanism=PLAIN"
    with sink_to(url) as sink:
        (outcome,) = sink.send([b"{}"])
    assert isinstance(outcome, Retry)
    assert outcome.fault is Fault.SETTINGS
    assert "geheim" not in outcome.reason


def test_the_client_cannot_be_told_to_forget_acknowledgements(broker):
    with sink_to(f"kafka://{broker.address}/acks?acks=0&bootstrap.servers=127.0.0.1:9") as sink:
        assert sink.send([b"{}"]) == [Taken()]
    assert len(broker.messages(1, "acks")) == 1


def test_the_client_writes_nothing_to_the_hosts_standard_error(capfd):
    with sink_to("kafka://127.0.0.1:9", timeout_s=1.0) as sink:
        sink.send([b"{}"])
    assert capfd.readouterr().err == ""


def test_a_look_says_whether_the_topic_is_there(broker):
    with sink_to(f"kafka://{broker.address}/looked-at") as sink:
        assert sink.look().startswith("the topic looked-at is there")
    with (
        sink_to("kafka://127.0.0.1:9", timeout_s=0.5) as sink,
        pytest.raises(SinkError, match="Failed to get metadata"),
    ):
        sink.look()


def test_what_the_client_cannot_hold_goes_on_later(broker):
    with sink_to(f"kafka://{broker.address}/full?queue.buffering.max.messages=1&linger.ms=1000") as sink:
        outcomes = sink.send([b"{}", b"{}"])
    assert outcomes == [Taken(), Retry("Kafka's client holds no more and goes on later")]


@pytest.mark.parametrize(
    ("code", "outcome", "fault"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, Retry, Fault.SETTINGS),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, Retry, Fault.SETTINGS),
        (KafkaError.NOT_ENOUGH_REPLICAS, Retry, Fault.DOWN),
        (KafkaError.LEADER_NOT_AVAILABLE, Retry, Fault.DOWN),
        (KafkaError._MSG_TIMED_OUT, Retry, Fault.DOWN),
        (KafkaError.MSG_SIZE_TOO_LARGE, Refused, None),
        (KafkaError.INVALID_RECORD, Refused, None),
    ],
)
def test_what_a_report_means(broker, code, outcome, fault):
    with sink_to(f"kafka://{broker.address}") as sink:
        judged = sink._judge(KafkaError(code))
    assert isinstance(judged, outcome)
    assert getattr(judged, "fault", None) is fault
    assert "Kafka" in judged.reason or "did not answer" in judged.reason


def test_a_topic_that_may_not_be_read_is_said(broker, monkeypatch):
    with sink_to(f"kafka://{broker.address}/t") as sink:
        topic = SimpleNamespace(error=KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED), partitions={})
        host = SimpleNamespace(list_topics=lambda *_, **__: SimpleNamespace(topics={"t": topic}))
        monkeypatch.setattr(sink, "_producer", host)
        with pytest.raises(SinkError, match="the topic t"):
            sink.look()
        monkeypatch.undo()


def test_a_client_that_cannot_be_closed_is_let_go():
    with sink_to("kafka://127.0.0.1:9") as sink:
        purged = []
        sink._producer = SimpleNamespace(purge=lambda: purged.append(1))  # confluent-kafka before 2.12
    assert purged == [1]
