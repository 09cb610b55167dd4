"""The Kafka sink against Apache Kafka itself: what arrives, in which order, and what becomes of what cannot."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from itertools import count, islice
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from commands import whence
from confluent_kafka import KafkaError, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka_server import PASSWORD, USER, Kafka
from openlineage.client.event_v2 import Dataset, DatasetEvent, Job, JobEvent, Run, RunEvent
from openlineage.client.facet_v2 import parent_run
from openlineage.client.serde import Serde
from openlineage.client.transport.kafka import KafkaConfig, KafkaTransport
from servers import ServerAbsentError, own_folder, wait_until
from spool_harness import Trial

from whence.emit import Emitter, refused_events, settings_from, spool_state
from whence.emit.sinks import Fault, Refused, Retry, Taken, open_sink
from whence.emit.sinks._kafka import KafkaSink, message_key
from whence.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

RUN_ID = "0197d3c6-0000-7000-8000-000000000000"
NOBODY = "127.0.0.1:9"
BY_PLAIN = "security.protocol=SASL_PLAINTEXT&sasl.mechanism=PLAIN"
WRONG = "ein-falsches-geheimnis"
BATCH = 100
"""Events in one exchange: so many may arrive twice when a broker dies amid one. The tests allow for three."""


@pytest.fixture(scope="module")
def strict() -> Iterator[Kafka]:
    """Give a Kafka that makes no topics by itself and is not started yet; each test starts it."""
    try:
        with own_folder("kafka") as folder:
            server = Kafka(folder, auto_create=False)
            yield server
            server.kill()
    except ServerAbsentError as absent:
        pytest.skip(str(absent))


def settings(url, **more):
    quick = {"poll_s": 0.02, "backoff_min_s": 0.02, "backoff_max_s": 0.1, "fault_wait_s": 0.2, "timeout_s": 5.0}
    return settings_from({"sinks": url, **quick, **more})


@contextlib.contextmanager
def sink_to(url: str, **more: object) -> Iterator[KafkaSink]:
    sink = open_sink(settings(url, **more).sinks[0])
    try:
        yield sink
    finally:
        sink.close()


def event(name: str, kind: str = "COMPLETE", **more: object) -> dict[str, object]:
    return {
        "eventType": kind,
        "eventTime": "2026-11-21T10:00:00Z",
        "producer": "https://example.com/test",
        "job": {"namespace": "shop", "name": name},
        "run": {"runId": RUN_ID},
        **more,
    }


def numbered(name: str, number: int) -> dict[str, object]:
    return event(name, run={"runId": RUN_ID, "facets": {"at": {"number": number}}})


def numbers_by_key(messages) -> dict[str, list[int]]:
    """Give the numbers of each key's events, in the order in which they lie in the topic."""
    found: dict[str, list[int]] = {}
    for message in messages:
        number = json.loads(message.value())["run"]["facets"]["at"]["number"]
        found.setdefault(message.key().decode(), []).append(number)
    return found


def job_names(messages) -> list[str]:
    return [json.loads(message.value())["job"]["name"] for message in messages]


# What arrives


@pytest.mark.parametrize("compression", ["", "none", "snappy", "lz4", "zstd"])
def test_a_consumer_reads_what_was_sent_byte_for_byte(kafka, compression):
    topic = f"bytes-{compression}"
    bodies = [json.dumps(event(f"naïve-{number}"), ensure_ascii=False).encode() for number in range(300)]
    query = f"?compression.type={compression}" if compression else ""
    with sink_to(f"kafka://{kafka.address}/{topic}{query}") as sink:
        assert sink.send(bodies) == [Taken()] * 300
    messages = kafka.messages(topic)
    assert sorted(message.value() for message in messages) == sorted(bodies)
    assert {message.key() for message in messages} == {f"run:shop/naïve-{n}".encode() for n in range(300)}


@pytest.mark.parametrize("query", ["", "?enable.idempotence=true"])
def test_the_events_of_a_job_arrive_all_once_and_in_order_in_a_topic_that_the_broker_makes(kafka, tmp_path, query):
    topic = "ordered" + query.removeprefix("?")[:6]
    assert not kafka.has_topic(topic)
    emitter = Emitter(settings(f"kafka://{kafka.address}/{topic}{query}", spool_dir=tmp_path))
    for number in range(1000):
        emitter.emit(numbered(f"job-{number % 10}", number))
    assert emitter.close(20)
    messages = kafka.messages(topic)
    assert numbers_by_key(messages) == {f"run:shop/job-{n}": list(range(n, 1000, 10)) for n in range(10)}
    places = {(message.key(), message.partition()) for message in messages}
    assert len(places) == 10
    assert len({partition for _, partition in places}) > 1


def job_of(name: str) -> parent_run.Job:
    return parent_run.Job(namespace="root", name=name)


PARENT = parent_run.ParentRunFacet(run=parent_run.Run(RUN_ID), job=job_of("parent"))
ROOTED = parent_run.ParentRunFacet(
    run=parent_run.Run(RUN_ID),
    job=job_of("parent"),
    root=parent_run.Root(run=parent_run.RootRun(RUN_ID), job=parent_run.RootJob(namespace="root", name="top")),
)
TOLD = [
    RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID), job=Job("shop", "own")),
    RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID, {"parent": PARENT}), job=Job("shop", "own")),
    RunEvent(eventTime="2026-11-21T10:00:00Z", run=Run(RUN_ID, {"parent": ROOTED}), job=Job("shop", "own")),
    JobEvent(eventTime="2026-11-21T10:00:00Z", job=Job("shop", "own")),
    DatasetEvent(eventTime="2026-11-21T10:00:00Z", dataset=Dataset("shop", "orders")),
]


def test_the_messages_are_those_of_openlineage_python(kafka, tmp_path):
    transport = KafkaTransport(KafkaConfig(config={"bootstrap.servers": kafka.address}, topic="theirs"))
    emitter = Emitter(settings(f"kafka://{kafka.address}/ours", spool_dir=tmp_path))
    for told in TOLD:
        transport.emit(told)
        emitter.emit(json.loads(Serde.to_json(told)))
    assert emitter.close(20)
    theirs, ours = (
        sorted((m.key(), m.partition(), json.loads(m.value())) for m in kafka.messages(topic))
        for topic in ("theirs", "ours")
    )
    assert len(theirs) == len(TOLD)
    assert ours == theirs


@pytest.mark.parametrize("body", [b"no json", b"[]", b"{}", b'{"run": 1, "job": {"name": "x"}}'])
def test_what_is_no_event_has_no_key(body):
    assert message_key(body) is None


# What the broker refuses


def test_an_event_that_the_broker_finds_too_large_goes_alone_to_the_dead_letters(kafka, tmp_path):
    topic = kafka.create("small", max_message_bytes="2000")
    emitter = Emitter(settings(f"kafka://{kafka.address}/{topic}", spool_dir=tmp_path))
    for number in range(3):
        emitter.emit(event(f"fine-{number}"))
    emitter.emit(event("large", run={"runId": RUN_ID, "facets": {"big": {"text": os.urandom(5000).hex()}}}))
    emitter.emit(event("fine-3"))
    assert emitter.close(10)
    (letter,) = refused_events(str(tmp_path))
    assert json.loads(letter.body)["job"]["name"] == "large"
    assert letter.reason == "Kafka: MSG_SIZE_TOO_LARGE: Broker: Message size too large"
    assert spool_state(str(tmp_path)).events == 0
    assert job_names(kafka.messages(topic)) == [f"fine-{number}" for number in range(4)]


def test_events_that_are_too_large_only_together_all_arrive_in_order(kafka):
    """A batch of 1 MiB is more than one request holds: the broker refuses the first and would take the second."""
    topic = kafka.create("together", max_message_bytes="100000")
    bodies = [
        json.dumps(numbered("job", number) | {"filler": os.urandom(10_000).hex()}).encode() for number in range(52)
    ]
    with sink_to(f"kafka://{kafka.address}/{topic}?compression.type=none") as sink:
        assert sink.send(bodies) == [Taken()] * 52
    assert [message.value() for message in kafka.messages(topic)] == bodies


def test_what_the_topic_finds_invalid_is_refused(kafka):
    topic = kafka.create("compacted", cleanup_policy="compact")  # takes nothing without a key
    with sink_to(f"kafka://{kafka.address}/{topic}") as sink:
        no_event, fine = sink.send([b"{}", json.dumps(event("job")).encode()])
    assert no_event == Refused("Kafka: INVALID_RECORD: Broker: Broker failed to validate record")
    assert fine == Taken()


# A broker that is down, dies or hangs


def test_what_was_emitted_before_the_broker_came_up_arrives_and_holds_no_other_sink_up(strict, tmp_path):
    strict.kill()  # where another test came first
    lines = tmp_path / "events.jsonl"
    emitter = Emitter(settings(f"kafka://{strict.address}/before,file:{lines}", spool_dir=tmp_path / "spool"))
    for number in range(200):
        emitter.emit(numbered("job", number))
    wait_until(lambda: lines.exists() and len(lines.read_bytes().splitlines()) == 200, what="the file's delivery")
    assert emitter.flush(0).waiting_for == (f"kafka://{strict.address}/before",)
    wait_until(lambda: any(sink.reason for sink in emitter.stats().sinks), what="the first failure")
    (told,) = (sink for sink in emitter.stats().sinks if sink.reason)
    assert "Connection refused" in told.reason
    strict.start()
    strict.create("before")
    assert emitter.flush(30).is_complete
    assert emitter.close(5)
    assert numbers_by_key(strict.messages("before")) == {"run:shop/job": list(range(200))}


def test_a_broker_that_is_killed_amid_thousands_of_events_costs_none(strict, tmp_path):
    strict.start()
    topic = strict.create("killed", [[strict.node]] * 3)
    emitter = Emitter(settings(f"kafka://{strict.address}/{topic}", spool_dir=tmp_path))
    is_over = threading.Event()
    emitted = 0

    def emit() -> None:
        nonlocal emitted
        while not is_over.wait(0.001):
            emitter.emit(numbered(f"job-{emitted % 5}", emitted))
            emitted += 1

    def delivered() -> int:
        return sum(sink.delivered for sink in emitter.stats().sinks)

    writer = threading.Thread(target=emit)
    writer.start()
    try:
        wait_until(lambda: delivered() > 500, what="five hundred deliveries")
        strict.kill()
        before = delivered()
        strict.start()
        wait_until(lambda: delivered() > before + 500, what="deliveries after the broker's death")
    finally:
        is_over.set()
        writer.join()
    assert emitter.flush(60).is_complete
    assert emitter.close(5)
    found = numbers_by_key(strict.messages(topic))
    assert {key: list(dict.fromkeys(numbers)) for key, numbers in found.items()} == {
        f"run:shop/job-{n}": list(range(n, emitted, 5)) for n in range(5)
    }
    twice = sum(map(len, found.values())) - emitted
    print(f"{twice} of {emitted:,} events arrived twice")
    assert twice <= 3 * BATCH
    assert refused_events(str(tmp_path)) == []


def test_a_broker_that_hangs_holds_the_end_of_a_process_for_two_seconds_and_costs_no_event(kafka, tmp_path):
    kafka.create("hung")
    trial = Trial(tmp_path, f"kafka://{kafka.address}/hung")
    writer = trial.start(count=3000)
    trial.wait_for_notes(500)
    kafka.pause()
    try:
        trial.wait_for_notes(3000)
        began = time.monotonic()
        assert writer.wait(30) == 0
        seconds = time.monotonic() - began
    finally:
        kafka.resume()
    print(f"the process ended {seconds:.2f} s after its last event")
    assert seconds < 6
    assert spool_state(str(trial.spool)).events > 0
    assert trial.drain()
    names = job_names(kafka.messages("hung"))
    assert set(names) == trial.noted()
    assert list(dict.fromkeys(names)) == sorted(set(names), key=lambda name: int(name.partition("-")[2]))
    assert len(names) - 3000 <= 3 * BATCH


def test_while_the_broker_of_a_partition_is_dead_its_events_wait_and_the_others_pass(kafka, tmp_path):
    with own_folder("kafka") as folder, Kafka(folder, of=kafka) as second:
        topic = kafka.create("parted", [[kafka.node], [second.node]])
        both = kafka.create("both", [[kafka.node, second.node]], min_insync_replicas="2")
        second.kill()
        quick = {"timeout_s": 1.0, "event_tries": 2}
        emitter = Emitter(settings(f"kafka://{kafka.address}/{topic}", spool_dir=tmp_path, **quick))
        numbers = count()

        def has_tried_often() -> bool:
            """Go on emitting, as only an event that fails while others pass is given up."""
            for number in islice(numbers, 8):
                emitter.emit(numbered(f"job-{number % 8}", number))
            return any(sender.failures > 3 or sender.refused for sender in emitter._keeper.senders())

        emitter.emit(numbered("job-0", next(numbers)))
        wait_until(lambda: emitter.stats().sinks, what="the background's start")
        wait_until(has_tried_often, what="more failures than `event_tries`")
        emitted = emitter.stats().emitted
        (told,) = emitter.stats().sinks
        assert told.refused == 0
        assert 0 < told.delivered < emitted
        assert told.reason
        with sink_to(f"kafka://{kafka.address}/{both}?acks=0&request.required.acks=0", timeout_s=1.0) as sink:
            (outcome,) = sink.send([b"not in both"])
        assert isinstance(outcome, Retry)
        taken_by_one = Producer({"bootstrap.servers": kafka.address, "acks": 1})
        taken_by_one.produce(both, b"in one")
        assert taken_by_one.flush(10) == 0  # so it was `acks=all` that said no
        second.start()
        assert emitter.flush(60).is_complete
        assert emitter.close(5)
        found = numbers_by_key(kafka.messages(topic))
        assert {key: list(dict.fromkeys(numbers)) for key, numbers in found.items()} == {
            f"run:shop/job-{n}": list(range(n, emitted, 8)) for n in range(8)
        }


# What a person has to mend


def test_a_topic_that_nobody_makes_is_said_and_events_wait_for_it(strict, tmp_path):
    strict.start()
    url = f"kafka://{strict.address}/made-later"
    emitter = Emitter(settings(url, spool_dir=tmp_path, timeout_s=2.0))
    emitter.emit(event("patient"))
    wait_until(lambda: any(sink.reason for sink in emitter.stats().sinks), what="the first failure")
    (told,) = emitter.stats().sinks
    assert "the topic made-later is not there: create it" in told.reason
    assert not strict.has_topic("made-later")
    with sink_to(url, timeout_s=2.0) as sink:
        (outcome,) = sink.send([b"{}"])
        assert (type(outcome), outcome.fault) == (Retry, Fault.SETTINGS)
        with pytest.raises(SinkError, match="the topic made-later is not there: create it"):
            sink.look()
    strict.create("made-later")
    assert emitter.flush(30).is_complete
    assert emitter.close(5)
    assert job_names(strict.messages("made-later")) == ["patient"]


def test_a_look_says_whether_the_topic_is_there_and_never_makes_it(kafka):
    kafka.create("looked-at", [[kafka.node]] * 2)
    with sink_to(f"kafka://{kafka.address}/looked-at") as sink:
        assert sink.look() == "the topic looked-at is there, in 2 partitions"
    with sink_to(f"kafka://{kafka.address}/never-made") as sink, pytest.raises(SinkError, match="never-made is not"):
        sink.look()
    assert not kafka.has_topic("never-made")


@pytest.mark.parametrize(
    ("how", "said", "fault"),
    [
        (f"{USER}:{WRONG}@SASL/t?{BY_PLAIN}", "Invalid username or password", Fault.SETTINGS),
        (
            f"{USER}:PASSWORD@SASL/t?{BY_PLAIN}".replace("=PLAIN", "=SCRAM-SHA-256"),
            "supported mechanisms: PLAIN,SCRAM",
            0,
        ),
        (f"{USER}:PASSWORD@OPEN/t?{BY_PLAIN}", "SASL PLAIN mechanism handshake failed", Fault.SETTINGS),
        (f"{USER}:PASSWORD@SASL/t", "does `security.protocol` fit their port?", Fault.PART),
        ("TLS/t?security.protocol=SSL", "certificate verify failed", Fault.SETTINGS),
        ("OPEN/t?security.protocol=SSL", "does `security.protocol` fit", Fault.PART),
        ("OPEN/no%20name!", "Invalid topic", Fault.SETTINGS),
        ("OPEN/t?transactional.id=x", "Erroneous state", Fault.SETTINGS),
    ],
    ids=["password", "mechanism", "no SASL there", "SASL there", "untrusted", "no TLS there", "topic", "transactions"],
)
def test_a_wrong_setting_is_said_without_a_secret(kafka, how, said, fault):
    for word, value in {"SASL/": f"{kafka.sasl}/", "OPEN": kafka.address, "TLS": kafka.tls}.items():
        how = how.replace(word, value)
    url = "kafka://" + how.replace("PASSWORD", quote(PASSWORD, safe=""))
    with sink_to(url) as sink:
        (outcome,) = sink.send([b"{}"])
        assert isinstance(outcome, Retry)
        assert said in outcome.reason
        assert outcome.fault is (fault or Fault.SETTINGS)
        assert PASSWORD not in outcome.reason
        assert WRONG not in outcome.reason
        if "transactional" not in url:
            with pytest.raises(SinkError) as caught:
                sink.look()
            assert said in str(caught.value)


def test_a_wrong_client_setting_is_said_without_its_neighbours():
    url = f"kafka://me:{WRONG}@{NOBODY}?security.protocol=foo"
    with pytest.raises(SinkError, match=r"security\.protocol") as caught, sink_to(url):
        pass
    assert WRONG not in str(caught.value)


def test_a_wrong_password_shows_in_no_output_and_the_right_one_sends_what_waited(kafka, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("WHENCE_SPOOL_DIR", str(tmp_path))
    monkeypatch.setenv("WHENCE_SINKS", f"kafka://{kafka.both}/by-scram")
    login = f"sasl.mechanism=SCRAM-SHA-512&sasl.username=scram&sasl.password={WRONG}"
    wanted = f"security.protocol=SASL_SSL&ssl.ca.location={kafka.ca_file}&{login}"
    monkeypatch.setenv("WHENCE_KAFKA", wanted)
    admin = kafka.admin()
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    (made,) = admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion("scram", mechanism, PASSWORD.encode())]
    ).values()
    made.result(10)
    emitter = Emitter(settings_from({}, os.environ))
    emitter.emit(event("secret"))
    wait_until(lambda: any(sink.reason for sink in emitter.stats().sinks), what="the first failure")
    assert not emitter.close(10)
    drained, looked = whence("drain", "--timeout", 3), whence("doctor", "--timeout", 3)
    shown = whence("config", "show")
    assert "invalid credentials with SASL mechanism SCRAM-SHA-512" in drained.stdout
    assert "invalid credentials with SASL mechanism SCRAM-SHA-512" in looked.stdout
    assert "invalid credentials with SASL mechanism SCRAM-SHA-512" in caplog.text
    for ran in (drained, looked, shown):
        assert WRONG not in ran.stdout + ran.stderr
    assert WRONG not in caplog.text
    monkeypatch.setenv("WHENCE_KAFKA", wanted.replace(WRONG, quote(PASSWORD, safe="")))
    assert whence("drain").returncode == 0
    assert job_names(kafka.messages("by-scram")) == ["secret"]


@pytest.mark.parametrize("how", ["sasl", "tls"])
def test_a_login_and_an_encrypted_connection_work(kafka, how):
    login = f"kafka://{USER}:{quote(PASSWORD, safe='')}@{kafka.sasl}/closed?{BY_PLAIN}"
    encrypted = f"kafka://{kafka.tls}/closed?security.protocol=SSL&ssl.ca.location={kafka.ca_file}"
    with sink_to(login if how == "sasl" else encrypted) as sink:
        assert sink.send([how.encode()]) == [Taken()]
        assert "is there" in sink.look()
    assert how.encode() in {message.value() for message in kafka.messages("closed")}


def test_a_topic_that_may_not_be_written_is_said(kafka):
    topic = kafka.create("denied")
    who = (f"User:{USER}", "*", AclOperation.ALL, AclPermissionType.DENY)
    admin = kafka.admin()
    (made,) = admin.create_acls([AclBinding(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, *who)]).values()
    made.result(10)
    with sink_to(f"kafka://{USER}:{quote(PASSWORD, safe='')}@{kafka.sasl}/{topic}?{BY_PLAIN}") as sink:
        (outcome,) = sink.send([b"{}"])
        assert outcome == Retry(
            "Kafka: TOPIC_AUTHORIZATION_FAILED: Broker: Topic authorization failed", fault=Fault.SETTINGS
        )
        with pytest.raises(SinkError, match="the topic denied: Broker: Topic authorization failed"):
            sink.look()


def test_nothing_overtakes_an_event_that_has_to_wait():
    """A broker that dies between two requests cannot be arranged: the requests' answers are."""
    down = Retry("down", fault=Fault.PART)
    asked: list[int] = []

    class Dying(KafkaSink):
        def _produce_set(self, events, _):
            asked.append(len(events))
            return [Refused("together too large")] * 3 if len(asked) == 1 else [Taken() if len(asked) == 2 else down]

    sink = Dying(settings(f"kafka://{NOBODY}?batch.size=3000").sinks[0])
    assert sink.send([b"x" * 400] * 5) == [Taken(), down, down, down, down]
    assert asked == [3, 1, 1]  # the first three together, the first, the second; neither the third nor the other two
    sink.close()


# The client library


def test_the_client_writes_nothing_to_the_hosts_standard_error(capfd):
    with sink_to(f"kafka://{NOBODY}", timeout_s=1.0) as sink:
        sink.send([b"{}"])
    assert capfd.readouterr().err == ""


def test_a_look_at_nobody_says_so_and_does_not_take_all_the_time():
    began = time.monotonic()
    with sink_to(f"kafka://{NOBODY}", timeout_s=60.0) as sink, pytest.raises(SinkError, match="Connection refused"):
        sink.look()
    assert time.monotonic() - began < 30


def test_what_the_client_cannot_hold_goes_on_later(kafka):
    with sink_to(f"kafka://{kafka.address}/full?queue.buffering.max.messages=1") as sink:
        outcomes = sink.send([b"{}", b"{}"])
    assert outcomes == [Taken(), Retry("Kafka's client holds no more and goes on later", fault=Fault.PART)]


@pytest.mark.parametrize(
    ("code", "outcome", "fault"),
    [
        (KafkaError.CLUSTER_AUTHORIZATION_FAILED, Retry, Fault.SETTINGS),
        (KafkaError.KAFKA_STORAGE_ERROR, Retry, Fault.PART),
        (KafkaError.RECORD_LIST_TOO_LARGE, Refused, None),
    ],
)
def test_what_a_report_means_that_this_broker_never_gave(code, outcome, fault):
    with sink_to(f"kafka://{NOBODY}") as sink:
        judged = sink._judge(KafkaError(code))
    assert isinstance(judged, outcome)
    assert getattr(judged, "fault", None) is fault
    assert "Kafka" in judged.reason


def test_a_client_that_cannot_be_closed_is_let_go():
    with sink_to(f"kafka://{NOBODY}") as sink:
        purged = []
        sink._producer = SimpleNamespace(purge=lambda: purged.append(1))  # confluent-kafka before 2.12
    assert purged == [1]
