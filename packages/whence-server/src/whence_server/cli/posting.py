"""Post events to a server in batches and wait for its answer about each; the sink of `whence.emit` does the talking.

Must not: read files or print. Any OpenLineage endpoint will do: the sink posts one by one where there is no batch
route.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from whence.cli import CliError, ExitCode
from whence.emit import settings_from
from whence.emit.sinks import Fault, Refused, Retry, open_sink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit.sinks import Outcome

PATIENCE_S = 30.0
"""How long a server may answer nothing but "later" before the import gives up."""
WAIT_S = 0.5
MAX_WAIT_S = 5.0


class Refusal(NamedTuple):
    """One event of a batch that will never be taken, by its place in the batch."""

    place: int
    reason: str


class Poster:
    """Send batches to one server."""

    def __init__(self, url: str, *, api_key: str | None, patience_s: float = PATIENCE_S) -> None:
        (settings,) = settings_from({"sinks": [url], "api_key": api_key}).sinks
        self._url = settings.url
        self._sink = open_sink(settings)
        self._patience_s = patience_s
        self._has_answered = False

    def post(self, events: Sequence[bytes]) -> list[Refusal]:
        """Send events; returns when each is durable or refused. Raises `CliError` when the server takes no more."""
        refused: list[Refusal] = []
        left = list(range(len(events)))
        deadline, wait_s = time.monotonic() + self._patience_s, WAIT_S
        while True:
            outcomes: dict[int, Outcome] = dict(
                zip(left, self._sink.send([events[index] for index in left]), strict=True)
            )
            refused += [Refusal(index, each.reason) for index, each in outcomes.items() if isinstance(each, Refused)]
            later = {index: each for index, each in outcomes.items() if isinstance(each, Retry)}
            self._has_answered = self._has_answered or len(later) < len(left)
            if not later:
                return sorted(refused)
            first = next(iter(later.values()))
            if len(later) < len(left):
                deadline, wait_s = time.monotonic() + self._patience_s, WAIT_S
            if self._is_hopeless(first) or time.monotonic() > deadline:
                raise self._stopped(first)
            time.sleep(min(first.after_s or wait_s, MAX_WAIT_S))
            left, wait_s = list(later), min(wait_s * 2, MAX_WAIT_S)

    def _is_hopeless(self, last: Retry) -> bool:
        """Tell whether waiting cannot help: only a person can, or no server was ever there."""
        self._has_answered = self._has_answered or last.reason.startswith("HTTP ")
        return last.fault is Fault.SETTINGS or not self._has_answered

    def close(self) -> None:
        """Close the connection."""
        self._sink.close()

    def _stopped(self, last: Retry) -> CliError:
        if "HTTP 401" in last.reason or "HTTP 403" in last.reason:
            return CliError(
                f"the server at {self._url} refused the API key: {last.reason}",
                code=ExitCode.NOT_ALLOWED,
                advice="give the right one with --api-key or WHENCE_API_KEY",
            )
        return CliError(
            f"the server at {self._url} takes no events: {last.reason}",
            code=ExitCode.NO_SERVER,
            advice="start one with `whence serve`, name one with --url or WHENCE_URL, or give a folder with --data",
        )
