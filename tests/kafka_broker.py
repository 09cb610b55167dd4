"""A Kafka broker for tests: librdkafka's own mock cluster, in this process, spoken to over the real protocol.

It keeps the messages as long as it lives. `stop` ends the client that hosts it, and with it the broker.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from confluent_kafka import Consumer, Producer

if TYPE_CHECKING:
    from confluent_kafka import Message


QUIET_S = 3.0


class Broker:
    """A cluster of one broker on a free port of 127.0.0.1."""

    def __enter__(self) -> Self:
        self._host = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        (broker,) = self._host.list_topics(timeout=10).brokers.values()
        self.address = f"{broker.host}:{broker.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._host.close()

    def messages(
        self, count: int | None = None, topic: str = "openlineage.events", *, limit_s: float = 30.0
    ) -> list[Message]:
        """Read the first `count` messages of a topic as any consumer does, or all until none came for a while."""
        group = f"test-{time.monotonic_ns()}"
        consumer = Consumer(
            {"bootstrap.servers": self.address, "group.id": group, "auto.offset.reset": "earliest", "log_level": 0}
        )
        consumer.subscribe([topic])
        found: list[Message] = []
        end = time.monotonic() + limit_s
        try:
            while (count is None or len(found) < count) and (now := time.monotonic()) < end:
                message = consumer.poll(0.2)
                if message is not None and message.error() is None:
                    found.append(message)
                    if count is None:
                        end = now + QUIET_S
        finally:
            consumer.close()
        return found
