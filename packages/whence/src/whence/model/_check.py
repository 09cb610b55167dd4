"""The structural check of one event, fast; strict where a graph would break, else lenient.

Refused (EventError): what leaves an event without identity, time or shape. Kept with a warning: what real producers
get wrong and Whence can read anyway. Facets are not looked into beyond their envelope; a facet nobody knows is as
good as any. It must not change the event, and raises nothing but EventError whatever JSON it is given. Source:
OpenLineage.json 2-0-2 (#/$defs), the HTTP contract, and the invalid events of the corpus (facts/backends.md section
6).
"""

from __future__ import annotations

from whence.errors import EventError, NamingError, shown
from whence.model._identity import name_fault
from whence.model._json import is_array, is_object, json_type
from whence.model._record import Record, put
from whence.model._time import UNUSUAL_FORM, WITHOUT_ZONE, parse_event_time
from whence.model._uuid5 import canonical_run_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

RUN = "run"
JOB = "job"
DATASET = "dataset"
EVENT_TYPES = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})
TERMINAL_EVENT_TYPES = frozenset({"COMPLETE", "ABORT", "FAIL"})
MAX_WARNINGS = 50  # of one event; the last one then says how many were left out

_MAX_PATH = 256  # characters of a warning's path: facet keys can be absurd

WARNING_CODES: Mapping[str, str] = {
    "ambiguous_kind": "the event has a job and a dataset key; it is read as a run or job event",
    "event_time_form": "eventTime is understood, but is no RFC 3339 date-time",
    "event_time_without_zone": "eventTime has no zone and is read as UTC",
    "event_type_case": "eventType is not in upper case",
    "event_type_unknown": "eventType is none of the six and is read as OTHER",
    "facet_not_object": "a facet is no object; it is kept, and ignored by the graph",
    "facet_without_producer": "a facet lacks _producer",
    "facet_without_schema_url": "a facet lacks _schemaURL",
    "more_warnings": "further warnings of this event were left out",
    "null_value": "an optional key holds null; it is read as absent",
    "producer_empty": "producer is an empty string",
    "run_id_not_uuid": "run.runId is no UUID; the graph uses one derived from it",
    "schema_url_missing": "schemaURL is missing or no string",
}


class EventWarning(Record):
    """Something in an event that was kept although it is not as it should be. `code` is a key of WARNING_CODES."""

    __slots__ = ("code", "message", "path")
    code: str
    path: str
    message: str

    def __init__(self, code: str, path: str, message: str) -> None:
        put(self, "code", code)
        put(self, "path", path)
        put(self, "message", message)

    def _values(self) -> tuple[str, str, str]:
        return self.code, self.path, self.message

    def to_json(self) -> dict[str, str]:
        """Return the warning as the HTTP API shows it."""
        return {"code": self.code, "path": self.path, "message": self.message}


class Checked(Record):
    """What the check learned about an event.

    `event_time` is in microseconds since 1970 in UTC; `event_type` is None when the event has none (always so in job
    and dataset events); `run_id` is a UUID in lower case, derived from the text when that was none, and None in job
    and dataset events.
    """

    __slots__ = ("event_time", "event_type", "kind", "run_id", "warnings")
    kind: str
    event_time: int
    event_type: str | None
    run_id: str | None
    warnings: tuple[EventWarning, ...]

    def __init__(
        self, kind: str, event_time: int, event_type: str | None, run_id: str | None, warnings: tuple[EventWarning, ...]
    ) -> None:
        put(self, "kind", kind)
        put(self, "event_time", event_time)
        put(self, "event_type", event_type)
        put(self, "run_id", run_id)
        put(self, "warnings", warnings)

    def _values(self) -> tuple[Any, ...]:
        return self.kind, self.event_time, self.event_type, self.run_id, self.warnings


def check_event(event: Any) -> Checked:
    """Check the structure of an event as json or orjson loads it; return what was learned, with warnings.

    Raises EventError when the event cannot be kept. The kind follows from the structure, not from schemaURL: run and
    job make a run event, a job alone a job event, a dataset alone a dataset event. Cost: about 10 us for an event of
    3.6 KB.
    """
    if not is_object(event):
        raise EventError(
            "$", event, f"an event must be an object, not {json_type(event)}; send one JSON object per event"
        )
    found: list[EventWarning] = []
    event_time = _check_base(event, found)
    run, job, dataset = event.get("run"), event.get("job"), event.get("dataset")
    if run is None and job is None:
        _check_dataset_event(event, dataset, found)
        return Checked(DATASET, event_time, None, None, _bounded(found))
    if job is None:
        raise EventError("$.job", None, "a run event needs a job; add job.namespace and job.name")
    if dataset is not None:
        _warn(
            found, "ambiguous_kind", "$.dataset", "dataset beside job is kept and ignored; send a dataset event for it"
        )
    _check_named(job, "$.job", found)
    _check_datasets(event, "inputs", "inputFacets", found)
    _check_datasets(event, "outputs", "outputFacets", found)
    if run is None:
        if "run" in event:
            _warn_null(found, "$.run")
        return Checked(JOB, event_time, None, None, _bounded(found))
    run_id = _check_run(run, found)
    return Checked(RUN, event_time, _event_type(event, found), run_id, _bounded(found))


def _check_base(event: dict[str, Any], found: list[EventWarning]) -> int:
    """Check eventTime, producer and schemaURL; return the time."""
    text = event.get("eventTime")
    if not isinstance(text, str):
        raise EventError(
            "$.eventTime",
            text,
            f"eventTime must be a string like 2026-11-21T09:30:00.000Z, not {_missing_or_type(event, 'eventTime')}",
        )
    try:
        event_time, remark = parse_event_time(text)
    except NamingError as error:
        raise EventError("$.eventTime", text, error.message) from None
    if remark == WITHOUT_ZONE:
        _warn(
            found,
            "event_time_without_zone",
            "$.eventTime",
            f"{shown(text)} has no zone and is read as UTC; append Z or an offset",
        )
    elif remark == UNUSUAL_FORM:
        _warn(
            found,
            "event_time_form",
            "$.eventTime",
            f"{shown(text)} is understood, but write it as 2026-11-21T09:30:00.000Z (RFC 3339)",
        )
    producer = event.get("producer")
    if not isinstance(producer, str):
        raise EventError(
            "$.producer", producer, f"producer must be a URI string, not {_missing_or_type(event, 'producer')}"
        )
    if not producer:
        _warn(
            found, "producer_empty", "$.producer", "producer is empty; name the program that made this event by a URI"
        )
    if not isinstance(event.get("schemaURL"), str):
        _warn(
            found,
            "schema_url_missing",
            "$.schemaURL",
            f"schemaURL must be a URI string, not {_missing_or_type(event, 'schemaURL')}",
        )
    return event_time


def _check_dataset_event(event: dict[str, Any], dataset: Any, found: list[EventWarning]) -> None:
    if dataset is None:
        raise EventError(
            "$",
            None,
            "the event has neither run and job, nor job, nor dataset; OpenLineage has run, job and dataset events",
        )
    for key in ("run", "job"):
        if key in event:
            _warn_null(found, f"$.{key}")
    _check_named(dataset, "$.dataset", found)


def _check_run(run: Any, found: list[EventWarning]) -> str:
    """Check `run`; return its canonical id."""
    if not is_object(run):
        raise EventError("$.run", run, f"run must be an object with runId, not {json_type(run)}")
    text: Any = run.get("runId")
    fault = name_fault(text)
    if fault:
        raise EventError("$.run.runId", text, f"runId {_missing_text(run, 'runId', fault)}; make a UUID per run")
    run_id, was_uuid = canonical_run_id(text)
    if not was_uuid:
        _warn(
            found, "run_id_not_uuid", "$.run.runId", f"{shown(text)} is no UUID; the graph knows this run as {run_id}"
        )
    _check_facets(run, "facets", "$.run", found)
    return run_id


def _event_type(event: dict[str, Any], found: list[EventWarning]) -> str | None:
    """Return the event type as one of the six, or None."""
    text = event.get("eventType")
    if text in EVENT_TYPES if isinstance(text, str) else text is None:
        if text is None and "eventType" in event:
            _warn_null(found, "$.eventType")
        return text
    if not isinstance(text, str):
        raise EventError(
            "$.eventType", text, f"eventType must be a string such as START or COMPLETE, not {json_type(text)}"
        )
    upper = text.strip().upper()
    if upper in EVENT_TYPES:
        _warn(found, "event_type_case", "$.eventType", f"{shown(text)} is read as {upper}; write it in upper case")
        return upper
    _warn(
        found,
        "event_type_unknown",
        "$.eventType",
        f"{shown(text)} is read as OTHER; known: START, RUNNING, COMPLETE, ABORT, FAIL, OTHER",
    )
    return "OTHER"


def _check_datasets(event: dict[str, Any], key: str, own_facets: str, found: list[EventWarning]) -> None:
    """Check `inputs` or `outputs`."""
    datasets = event.get(key)
    if datasets is None:
        if key in event:
            _warn_null(found, f"$.{key}")
        return
    if not is_array(datasets):
        raise EventError(f"$.{key}", datasets, f"{key} must be an array of datasets, not {json_type(datasets)}")
    for index, dataset in enumerate(datasets):
        path = f"$.{key}[{index}]"
        _check_named(dataset, path, found)
        if own_facets in dataset:
            _check_facets(dataset, own_facets, path, found)


def _check_named(owner: Any, path: str, found: list[EventWarning]) -> None:
    """Check a job or dataset: an object with namespace, name and facets."""
    if not is_object(owner):
        raise EventError(path, owner, f"must be an object with namespace and name, not {json_type(owner)}")
    for key in ("namespace", "name"):
        fault = name_fault(owner.get(key))
        if fault:
            raise EventError(f"{path}.{key}", owner.get(key), f"{key} {_missing_text(owner, key, fault)}")
    if "facets" in owner:
        _check_facets(owner, "facets", path, found)


def _check_facets(owner: dict[str, Any], key: str, path: str, found: list[EventWarning]) -> None:
    """Check that facets are an object, and the envelope of each one."""
    facets = owner.get(key)
    if facets is None:
        if key in owner:
            _warn_null(found, f"{path}.{key}")
        return
    if not is_object(facets):
        raise EventError(f"{path}.{key}", facets, f"{key} must be an object of facets by name, not {json_type(facets)}")
    for name, facet in facets.items():
        if not is_object(facet):
            _warn(
                found,
                "facet_not_object",
                f"{path}.{key}.{name}",
                f"a facet must be an object, not {json_type(facet)}; it is kept unread",
            )
            continue
        if not isinstance(facet.get("_producer"), str):
            _warn(
                found,
                "facet_without_producer",
                f"{path}.{key}.{name}._producer",
                "a facet must name its producer by a URI",
            )
        if not isinstance(facet.get("_schemaURL"), str):
            _warn(
                found,
                "facet_without_schema_url",
                f"{path}.{key}.{name}._schemaURL",
                "a facet must name its JSON Schema by a URI",
            )


def _warn(found: list[EventWarning], code: str, path: str, message: str) -> None:
    found.append(EventWarning(code, path if len(path) <= _MAX_PATH else path[:_MAX_PATH] + "...", message))


def _warn_null(found: list[EventWarning], path: str) -> None:
    _warn(found, "null_value", path, "null is read as absent; leave the key out")


def _bounded(found: list[EventWarning]) -> tuple[EventWarning, ...]:
    if len(found) <= MAX_WARNINGS:
        return tuple(found)
    left_out = len(found) - MAX_WARNINGS + 1
    last = EventWarning("more_warnings", "$", f"{left_out} further warnings were left out")
    return (*found[: MAX_WARNINGS - 1], last)


def _missing_or_type(owner: dict[str, Any], key: str) -> str:
    return json_type(owner[key]) if key in owner else "missing"


def _missing_text(owner: dict[str, Any], key: str, fault: str) -> str:
    return fault if key in owner else "is missing"
