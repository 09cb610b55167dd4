"""The sink `kafka://broker:9092,broker2:9092/topic`: each event is one message, its value the event's bytes.

The message key is the one of openlineage-python's Kafka transport (`run:<namespace>/<name>` of the root job, else the
parent's, else the run's own), so that the runs of one chain stay in one partition, in order. A message counts as taken
once all in-sync replicas have it (`acks=all`).

Must not: retry beyond one time-out, keep events, make a topic by looking for it, or show a setting that may be secret.
The client library logs nothing to the host's standard error. Source: openlineage-python 1.54 `transport/kafka.py`;
librdkafka 2.16 `CONFIGURATION.md`; what Kafka 4.3 answered (`tests/integration/test_kafka.py`).
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from confluent_kafka import KafkaError, KafkaException, Producer

from whence.emit._settings import MIB
from whence.emit.sinks._interface import Fault, Outcome, Refused, Retry, SinkSpec, Taken
from whence.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from confluent_kafka import Message
    from confluent_kafka.admin._metadata import TopicMetadata

    from whence.emit._settings import SinkSettings

_DOWN_GRACE_S = 1.0
"""How long brokers that cannot be reached are tried again within one attempt: a host may have a second address."""
_POLL_S = 0.1
_MESSAGE_OVERHEAD = 512
"""More bytes than a message has beside its value: its key and what the client counts for it."""
_LOOK_S = 0.25
"""How long the first look waits before it asks what went wrong; twice as long each time."""
_PURGE_S = 0.5
_MESSAGE_MAX_BYTES = 17 * MIB
"""Above `event_max_bytes`: what is too large is the broker's to say."""

_EVENT_TO_BLAME = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.RECORD_LIST_TOO_LARGE,
        KafkaError.INVALID_MSG,
        KafkaError.INVALID_MSG_SIZE,
        KafkaError.INVALID_RECORD,
        KafkaError.INVALID_TIMESTAMP,
    }
)
_PERSON_TO_MEND = frozenset(
    {
        KafkaError._AUTHENTICATION,  # noqa: SLF001 - the library's own name
        KafkaError._SSL,  # noqa: SLF001
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
        KafkaError._INVALID_ARG,  # noqa: SLF001
        KafkaError._STATE,  # noqa: SLF001
        KafkaError.TOPIC_EXCEPTION,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNSUPPORTED_SASL_MECHANISM,
        KafkaError.ILLEGAL_SASL_STATE,
        KafkaError.UNSUPPORTED_VERSION,
        KafkaError.UNSUPPORTED_COMPRESSION_TYPE,
        KafkaError.UNSUPPORTED_FOR_MESSAGE_FORMAT,
        KafkaError.POLICY_VIOLATION,
        KafkaError.INVALID_REQUIRED_ACKS,
    }
)
_NO_TOPIC = frozenset({KafkaError._UNKNOWN_TOPIC, KafkaError.UNKNOWN_TOPIC_OR_PART})  # noqa: SLF001
_NO_REPORT = frozenset(
    {
        KafkaError._MSG_TIMED_OUT,  # noqa: SLF001
        KafkaError._TIMED_OUT,  # noqa: SLF001
        KafkaError._PURGE_QUEUE,  # noqa: SLF001
        KafkaError._PURGE_INFLIGHT,  # noqa: SLF001
        KafkaError._TRANSPORT,  # noqa: SLF001
    }
)
"""What the client says of a message, or of a question, when it does not know what the broker makes of it."""
_OTHER_NAMES = frozenset({"metadata.broker.list", "request.required.acks", "delivery.timeout.ms"})
"""The client's second names for what nobody may change; of two names the last one counts."""
_ALL_DOWN = KafkaError._ALL_BROKERS_DOWN  # noqa: SLF001
_AT_ONCE = frozenset({KafkaError._AUTHENTICATION, KafkaError._SSL, KafkaError.SASL_AUTHENTICATION_FAILED})  # noqa: SLF001


class KafkaSink:
    """Produces to one topic."""

    def __init__(self, settings: SinkSettings) -> None:
        brokers, _, self._topic = settings.url.removeprefix("kafka://").partition("/")
        self._place = settings.url
        self._timeout_s = settings.timeout_s
        self._secrets = [value for name, value in settings.options.items() if _may_be_secret(name) and value]
        self._troubles: dict[int, str] = {}
        self._config = client_config(brokers, settings) | {"error_cb": self._note_trouble}
        self._producer = self._client(self._config)
        self._set_bytes = int(str(self._config["batch.size"]))

    def _client(self, config: dict[str, object]) -> Producer:
        try:
            return Producer(cast("Any", config))
        except (KafkaException, ValueError, TypeError) as fault:
            raise SinkError(self._place, f"{self._place} cannot be used: {self._without_secrets(fault)}") from None

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Produce the events in order, a set at a time; those of a set refused together are asked for one by one."""
        deadline = time.monotonic() + self._timeout_s
        self._producer.poll(0)  # what was said while nothing was to be sent is old news
        outcomes: list[Outcome] = []
        for events in self._sets(batch):
            some = self._produce(events, deadline)
            outcomes += some
            held = next((outcome for outcome in some if isinstance(outcome, Retry)), None)
            if held is not None:  # none may overtake those
                return outcomes + [held] * (len(batch) - len(outcomes))
        return outcomes

    def _sets(self, batch: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
        """Cut the batch into what fits one request: a broker takes or refuses what a request has for a partition."""
        begin = size = 0
        for number, event in enumerate(batch):
            size += len(event) + _MESSAGE_OVERHEAD
            if number > begin and size > self._set_bytes:
                yield batch[begin:number]
                begin, size = number, len(event) + _MESSAGE_OVERHEAD
        yield batch[begin:]

    def _produce(self, events: Sequence[bytes], deadline: float) -> list[Outcome]:
        outcomes = self._produce_set(events, deadline)
        refused = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Refused)]
        for number in refused if len(refused) > 1 else ():
            (outcomes[number],) = self._produce_set(events[number : number + 1], deadline)
            if isinstance(held := outcomes[number], Retry):
                return [held if each in refused and each > number else outcomes[each] for each in range(len(events))]
        return outcomes

    def look(self) -> str:
        """Ask for the topic with a client that does not make it, or raise."""
        self._troubles = {}
        client = self._client(self._config | {"allow.auto.create.topics": False})
        try:
            topic = self._topic_as_told(client)
        finally:
            _let_go(client)
        if topic.error is not None:
            is_absent = topic.error.code() in _NO_TOPIC
            said = self._absent() if is_absent else f"the topic {self._topic}: {topic.error.str()}"
            raise SinkError(self._place, said)
        return f"the topic {self._topic} is there, in {len(topic.partitions)} partitions"

    def _topic_as_told(self, client: Producer) -> TopicMetadata:
        """Ask until there is an answer, the brokers are given up, or the time is over."""
        began, wait_s = time.monotonic(), _LOOK_S
        while True:
            left_s = began + self._timeout_s - time.monotonic()
            try:
                return client.list_topics(self._topic, timeout=max(min(wait_s, left_s), 0.0)).topics[self._topic]
            except KafkaException as fault:
                error = cast("KafkaError", fault.args[0])
            client.poll(_POLL_S)  # the client's words on its brokers
            wait_s *= 2
            passed_s = time.monotonic() - began
            is_over = passed_s >= self._timeout_s or error.code() not in _NO_REPORT
            if is_over or self._is_given_up(passed_s >= _DOWN_GRACE_S):
                raise SinkError(self._place, cast("Retry", self._judge(error)).reason)

    def close(self) -> None:
        """Let go of the brokers; what was not reported on was not taken."""
        self._producer.purge()
        _let_go(self._producer)

    def _produce_set(self, events: Sequence[bytes], deadline: float) -> list[Outcome]:
        """Produce and wait until each event has its report, the brokers are given up, or the time is over."""
        self._troubles = {}
        outcomes: list[Outcome | None] = [None] * len(events)
        keyed = [(event, message_key(event)) for event in events]
        for number, (event, key) in enumerate(keyed):
            try:
                self._producer.produce(self._topic, event, key, on_delivery=partial(self._report, outcomes, number))
            except KafkaException as fault:
                outcomes[number] = self._judge(cast("KafkaError", fault.args[0]))
            except BufferError:
                held = Retry("Kafka's client holds no more and goes on later", fault=Fault.PART)
                outcomes[number:] = [held] * (len(events) - number)
                break
        down_at = min(time.monotonic() + _DOWN_GRACE_S, deadline)
        while None in outcomes and (now := time.monotonic()) < deadline and not self._is_given_up(now >= down_at):
            self._producer.flush(min(_POLL_S, deadline - now))  # sends at once, whatever `linger.ms` says
        if None in outcomes:
            self._producer.purge()
            self._producer.flush(_PURGE_S)
        return [self._no_answer() if each is None else each for each in outcomes]

    def _report(self, outcomes: list[Outcome | None], number: int, error: KafkaError | None, about: Message) -> None:
        outcomes[number] = Taken() if error is None else self._judge(error, about.partition())

    def _note_trouble(self, error: KafkaError) -> None:
        self._troubles[error.code()] = self._without_secrets(error.str())

    def _is_given_up(self, is_patience_over: bool) -> bool:  # noqa: FBT001
        return bool(_AT_ONCE & self._troubles.keys()) or (is_patience_over and _ALL_DOWN in self._troubles)

    def _judge(self, error: KafkaError, partition: int | None = None) -> Outcome:
        code = error.code()
        if code in _EVENT_TO_BLAME:
            return Refused(f"Kafka: {error.name()}: {self._without_secrets(error.str())}")
        if code in _PERSON_TO_MEND:
            return Retry(f"Kafka: {error.name()}: {self._without_secrets(error.str())}", fault=Fault.SETTINGS)
        if code in _NO_TOPIC:
            return Retry(f"Kafka: {error.name()}: {self._absent()}", fault=Fault.SETTINGS)
        if code in _NO_REPORT:
            return self._no_answer(partition)
        return Retry(f"Kafka: {error.name()}: {self._without_secrets(error.str())}", fault=Fault.PART)

    def _absent(self) -> str:
        return f"the topic {self._topic} is not there: create it, or let the brokers do so (auto.create.topics.enable)"

    def _no_answer(self, partition: int | None = None) -> Retry:
        """Say why there is no report: the gravest that the client said of the brokers, else that time is over."""
        if not self._troubles:
            said = f"{self._place} did not answer within {self._timeout_s:g} s"
            if partition is not None and partition >= 0:
                said += f" for partition {partition}: has it a leader, and enough replicas in sync?"
            return Retry(said, fault=Fault.PART)
        code = min(self._troubles, key=lambda code: (code not in _PERSON_TO_MEND, code == _ALL_DOWN))
        said = self._troubles[code]
        if code == _ALL_DOWN:
            said += ", or hang up on us: does `security.protocol` fit their port?"
        elif code not in _PERSON_TO_MEND and "SSL_HANDSHAKE" in said:
            said += ": does `security.protocol` fit that port?"
        fault = Fault.SETTINGS if code in _PERSON_TO_MEND else Fault.PART
        return Retry(f"{self._place}: {said}", fault=fault)

    def _without_secrets(self, said: object) -> str:
        text = str(said)
        for secret in self._secrets:
            text = text.replace(secret, "...")
        return text


def _let_go(client: Producer) -> None:
    close = cast("Callable[[], object] | None", getattr(client, "close", None))  # since 2.12
    if close is not None:
        close()


def client_config(brokers: str, settings: SinkSettings) -> dict[str, object]:
    """Give the client's settings: ours, then the user's, then those without which an acknowledgement means nothing."""
    timeout_ms = max(int(settings.timeout_s * 1000), 2)
    ours: dict[str, object] = {
        "client.id": "whence",
        "linger.ms": min(timeout_ms // 2, 1000),  # longer than it takes to hand over a set, which is sent at once then
        "batch.size": 1_000_000,  # below what brokers take by default
        "message.max.bytes": _MESSAGE_MAX_BYTES,
        "max.in.flight.requests.per.connection": 1,  # in order, also where a request is repeated
        "compression.type": "gzip" if settings.gzip else "none",
        "reconnect.backoff.max.ms": 1000,
        "topic.metadata.propagation.max.ms": max(timeout_ms // 2, 1),
        "log_level": 0,
    }
    fixed = {"bootstrap.servers": brokers, "acks": "all", "message.timeout.ms": timeout_ms}
    options = {name: value for name, value in settings.options.items() if name not in _OTHER_NAMES}
    return ours | options | fixed


def message_key(event: bytes) -> bytes | None:
    """Give the key of an event's message; None for what is no OpenLineage event."""
    try:
        value: object = json.loads(event)
    except ValueError:
        return None
    fields = _table(value)
    if "run" in fields:
        kind, name = "run", _root_job(fields) or _full_name(fields.get("job"))
    elif "job" in fields:
        kind, name = "job", _full_name(fields["job"])
    else:
        kind, name = "dataset", _full_name(fields.get("dataset"))
    return f"{kind}:{name}".encode() if name else None


def _root_job(event: dict[str, object]) -> str:
    """Give the job at the root of the run's parents, else the parent's own."""
    parent = _table(_table(_table(event["run"]).get("facets")).get("parent"))
    return _full_name(_table(parent.get("root")).get("job")) or _full_name(parent.get("job"))


def _full_name(value: object) -> str:
    fields = _table(value)
    namespace, name = fields.get("namespace"), fields.get("name")
    return f"{namespace}/{name}" if namespace and name else ""


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _may_be_secret(name: str) -> bool:
    return any(word in name for word in ("password", "secret", "pem", "username", "key", "token", "oauthbearer"))


SPEC = SinkSpec(name="kafka", schemes=("kafka",), open=KafkaSink)
