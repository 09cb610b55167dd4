"""What a sink is and what it answers.

Must not: import anything but the standard library's light modules; a third party's SPEC imports this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whence.emit._settings import SinkSettings


class Fault(Enum):
    """Why an event has to be tried again."""

    DOWN = "down"
    """The sink does not answer or asks for patience: time-out, refused connection, 429, 5xx."""
    SETTINGS = "settings"
    """The sink answers that it was addressed wrongly (401, 403, 404 ...).

    Only a person can mend that, so retry slowly.
    """
    PART = "part"
    """The part of the sink where this event belongs does not answer (a partition without a leader).

    The event is not to blame, whatever becomes of others: the sink rests, then the event goes first.
    """


@dataclass(frozen=True, slots=True)
class Taken:
    """The sink has the event and will not lose it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The sink will never take this event: it goes to the dead letters."""

    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """The sink did not take the event this time. `after_s` is the wait that it asked for."""

    reason: str
    after_s: float | None = None
    fault: Fault = Fault.DOWN


Outcome = Taken | Refused | Retry


class Sink(Protocol):
    """A place where events go. Used by one thread at a time; may be slow, must be bounded.

    It may have a number `gather_s`: how long events gather between batches that are not full. It may have a method
    `look() -> str`, for `whence doctor`: say how the place is, or raise, without writing anything.
    """

    def send(self, batch: Sequence[bytes]) -> Sequence[Outcome]:
        """Hand over a batch and give one outcome per event, in order."""
        ...

    def close(self) -> None:
        """Let go of connections and files; never waits long, never raises."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SinkSpec:
    """What is known of a sink before it is used: its name, its URL schemes, and how to open it."""

    name: str
    schemes: tuple[str, ...]
    open: Callable[[SinkSettings], Sink]
