"""What an OpenLineage event tells, with the parts that DataHub's proposals need at hand; any producer's events.

Must not: raise on an odd facet: it counts for nothing. An event without a time, or with neither run, job nor dataset,
raises `UnreadableError`.
"""

from __future__ import annotations

import json
from typing import Any

from whence.errors import NamingError
from whence.model import parse_event_time, run_id_time_us
from whence.model._json import is_array, is_object

_OURS = "/project/whence/"  # in the producer of events of this library, whatever its version
TERMINAL = {"COMPLETE": "SUCCESS", "FAIL": "FAILURE", "ABORT": "SKIPPED"}
Json = dict[str, Any]


class UnreadableError(ValueError):
    """An event of which nothing can be told to DataHub, and why."""


class Told:
    """One event: `kind` is RUN, JOB or DATASET; `event_type` is "" where there is none."""

    def __init__(self, event: Json) -> None:
        self.run, self.job, self.dataset = (_object(event, name) for name in ("run", "job", "dataset"))
        self.kind = "RUN" if self.run else "JOB" if self.job else "DATASET"
        self.event_type = str(event.get("eventType") or "OTHER").upper() if self.run else ""
        micros = _micros(event.get("eventTime"))
        self.time_ms = micros // 1000
        self.end_ms = -(-micros // 1000)  # rounded up: an end lies after its start, also within one millisecond
        self.is_ours = _OURS in str(event.get("producer"))
        self.run_id = _text(self.run, "runId")
        self.job_namespace, self.job_name = _text(self.job, "namespace"), _text(self.job, "name")
        self.inputs, self.outputs = objects(event.get("inputs")), objects(event.get("outputs"))
        if self.run and not self.run_id:
            raise UnreadableError("the event's run has no runId")
        if self.kind != "DATASET" and not (self.job_namespace and self.job_name):
            raise UnreadableError("the event's job has no namespace and name")
        if self.kind == "DATASET" and not self.dataset:
            raise UnreadableError("the event has neither run, job nor dataset")

    @property
    def is_start(self) -> bool:
        """Whether the run begins with this event."""
        return self.event_type == "START"

    @property
    def result(self) -> str | None:
        """How the run ended, in DataHub's words; None when it did not end with this event."""
        return TERMINAL.get(self.event_type)

    def run_facet(self, name: str) -> Json:
        """Return a facet of the run, empty when there is none."""
        return _object(_object(self.run, "facets"), name)

    def job_facet(self, name: str) -> Json:
        """Return a facet of the job, empty when there is none."""
        return _object(_object(self.job, "facets"), name)

    @property
    def started_ms(self) -> int | None:
        """When the run began, if this event tells: our run ids hold that time, others' may hold a scheduled one."""
        if self.is_start:
            return self.time_ms
        if not self.is_ours:
            return None
        try:
            micros = run_id_time_us(self.run_id)
        except ValueError:
            return None
        return None if micros is None else micros // 1000


def read_event(body: bytes) -> Told:
    """Read an event. Raises `UnreadableError`."""
    try:
        event: object = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnreadableError(f"the event is no JSON: {fault}") from None
    if not is_object(event):
        raise UnreadableError("the event is no JSON object")
    return Told(event)


def objects(value: object) -> list[Json]:
    """Return the objects in an array; anything else counts for nothing."""
    return [each for each in value if is_object(each)] if is_array(value) else []


def description_of(facets: object) -> str | None:
    """Return what the facet `documentation` says."""
    facet = facets.get("documentation") if is_object(facets) else None
    said = facet.get("description") if is_object(facet) else None
    return said if isinstance(said, str) and said.strip() else None


def _object(holder: Json, name: str) -> Json:
    value = holder.get(name)
    return value if is_object(value) else {}


def _text(holder: Json, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _micros(text: object) -> int:
    try:
        return parse_event_time(str(text))[0]
    except NamingError as fault:
        raise UnreadableError(f"the event's time cannot be read: {fault}") from None
