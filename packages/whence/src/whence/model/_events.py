"""The three OpenLineage events and what they are made of, as values.

Each value keeps the JSON that it was read from, unknown keys, unknown facets and key order included, and gives it back
by `to_json`; what it offers besides are readings of that JSON. So nothing is lost on the way through, by construction.
It must not send, store or interpret; the graph's rules live in the server. Source: OpenLineage.json 2-0-2 (#/$defs).
"""

from __future__ import annotations

from types import MappingProxyType

from whence.errors import EventError
from whence.model._check import DATASET, JOB, RUN, check_event
from whence.model._facets import CORE_SCHEMA, PRODUCER, aliases_from_facet, fields_from_facet, parent_from_facet
from whence.model._identity import DatasetId, JobId
from whence.model._json import copy_json, is_object, json_type
from whence.model._record import Record, put
from whence.model._time import format_event_time
from whence.model._uuid5 import canonical_run_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Self

    from whence.model._check import Checked
    from whence.model._facets import Field, ParentRun


_SOME_JOB = {"namespace": "-", "name": "-"}


class _Json(Record):
    """A value over its own JSON object. Two are equal when their JSON is."""

    __slots__ = ("_json",)
    _json: dict[str, Any]

    @classmethod
    def wrap(cls, json: dict[str, Any]) -> Self:
        """Wrap JSON that is already checked and not shared."""
        part = object.__new__(cls)
        put(part, "_json", json)
        return part

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object, yours to change."""
        return copy_json(self._json)

    def _values(self) -> tuple[Any, ...]:
        return (self._json,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.from_json({self._json!r})"


class _Part(_Json):
    """A part of an event that has facets: a run, a job, a dataset."""

    __slots__ = ()

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read a part on its own. Raises EventError, its path starting where the part stands in an event."""
        json = copy_json(value)
        cls._check(json)
        return cls.wrap(json)

    @property
    def facets(self) -> Mapping[str, Any]:
        """The facets by key, all of them; not to be changed."""
        return _mapping(self._json, "facets")

    def with_facets(self, facets: Mapping[str, Any]) -> Self:
        """Return a copy with these facets put in, in place of those with the same key."""
        json = self.to_json()
        json["facets"] = {**(json.get("facets") or {}), **copy_json(dict(facets))}
        return self.wrap(json)

    def _fill(self, json: dict[str, Any], facets: Mapping[str, Any] | None) -> None:
        if facets is not None:
            json["facets"] = copy_json(dict(facets))
        self._check(json)
        put(self, "_json", json)

    @classmethod
    def _check(cls, json: Any) -> None:
        """Check the part by putting it into an event that has no other fault."""
        event = cls._in_event(json)
        if not is_object(json):
            raise EventError("$", json, f"{cls.__name__} must be an object, not {json_type(json)}")
        check_event({"eventTime": "1970-01-01T00:00:00Z", "producer": PRODUCER, **event})

    @classmethod
    def _in_event(cls, json: Any) -> dict[str, Any]:
        return {"dataset": json}


class _Named(_Part):
    """A part with namespace, name and facets."""

    __slots__ = ()

    def __init__(self, namespace: str, name: str, facets: Mapping[str, Any] | None = None) -> None:
        self._fill({"namespace": namespace, "name": name}, facets)

    def __hash__(self) -> int:
        return hash((self.namespace, self.name))

    @property
    def namespace(self) -> str:
        """The namespace, as written."""
        return self._json["namespace"]

    @property
    def name(self) -> str:
        """The name, as written."""
        return self._json["name"]


class Job(_Named):
    """A job as an event tells of it."""

    __slots__ = ()

    @classmethod
    def _in_event(cls, json: Any) -> dict[str, Any]:
        return {"job": json}

    @property
    def id(self) -> JobId:
        """The job's identity."""
        return JobId(self.namespace, self.name)


class Dataset(_Named):
    """A dataset as an event tells of it."""

    __slots__ = ()

    @property
    def id(self) -> DatasetId:
        """The dataset's identity."""
        return DatasetId(self.namespace, self.name)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the schema facet lists."""
        return fields_from_facet(self.facets.get("schema"))

    @property
    def aliases(self) -> tuple[DatasetId, ...]:
        """The other names that the symlinks facet gives."""
        return aliases_from_facet(self.facets.get("symlinks"))

    @property
    def version(self) -> str | None:
        """The version that the version facet gives."""
        facet = self.facets.get("version")
        version = facet.get("datasetVersion") if is_object(facet) else None
        return version if isinstance(version, str) else None


class InputDataset(Dataset):
    """A dataset that a job reads."""

    __slots__ = ()

    def __init__(
        self,
        namespace: str,
        name: str,
        facets: Mapping[str, Any] | None = None,
        *,
        input_facets: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(namespace, name, facets)
        if input_facets is not None:
            self._json["inputFacets"] = copy_json(dict(input_facets))
            self._check(self._json)

    @classmethod
    def _in_event(cls, json: Any) -> dict[str, Any]:
        return {"job": _SOME_JOB, "inputs": [json]}

    @property
    def input_facets(self) -> Mapping[str, Any]:
        """The facets of this reading, by key."""
        return _mapping(self._json, "inputFacets")


class OutputDataset(Dataset):
    """A dataset that a job writes."""

    __slots__ = ()

    def __init__(
        self,
        namespace: str,
        name: str,
        facets: Mapping[str, Any] | None = None,
        *,
        output_facets: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(namespace, name, facets)
        if output_facets is not None:
            self._json["outputFacets"] = copy_json(dict(output_facets))
            self._check(self._json)

    @classmethod
    def _in_event(cls, json: Any) -> dict[str, Any]:
        return {"job": _SOME_JOB, "outputs": [json]}

    @property
    def output_facets(self) -> Mapping[str, Any]:
        """The facets of this writing, by key."""
        return _mapping(self._json, "outputFacets")


class Run(_Part):
    """A run as an event tells of it."""

    __slots__ = ()

    def __init__(self, run_id: str, facets: Mapping[str, Any] | None = None) -> None:
        self._fill({"runId": run_id}, facets)

    def __hash__(self) -> int:
        return hash(self.run_id)

    @classmethod
    def _in_event(cls, json: Any) -> dict[str, Any]:
        return {"run": json, "job": _SOME_JOB}

    @property
    def run_id(self) -> str:
        """The run id, as written."""
        return self._json["runId"]

    @property
    def id(self) -> str:
        """The run id as a UUID in lower case, derived from the text when that is none."""
        return canonical_run_id(self.run_id)[0]

    @property
    def parent(self) -> ParentRun | None:
        """The run that started this one, from the parent facet or its old name `parentRun`."""
        return parent_from_facet(self.facets.get("parent")) or parent_from_facet(self.facets.get("parentRun"))


class _Event(_Json):
    """What all three events share."""

    __slots__ = ()
    kind: str

    def __hash__(self) -> int:
        return hash((self.event_time, self.producer))

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read an event of this kind. Raises EventError when it is none."""
        event = event_from_json(value)
        if not isinstance(event, cls):
            raise EventError("$", value, f"this is a {event.kind} event, not a {cls.kind} event")
        return event

    @property
    def checked(self) -> Checked:
        """What the structural check says: times, canonical ids, warnings. Checks again at each call."""
        return check_event(self._json)

    @property
    def event_time(self) -> str:
        """The event time, as written."""
        return self._json["eventTime"]

    @property
    def producer(self) -> str:
        """The URI of the program that made the event."""
        return self._json["producer"]

    @property
    def schema_url(self) -> str | None:
        """The URL of the schema that the event claims to follow."""
        url = self._json.get("schemaURL")
        return url if isinstance(url, str) else None


class _JobWork(_Event):
    """A job and what it reads and writes: the common part of run and job events."""

    __slots__ = ()

    @property
    def job(self) -> Job:
        """The job."""
        return Job.wrap(self._json["job"])

    @property
    def inputs(self) -> tuple[InputDataset, ...]:
        """The datasets read."""
        return tuple(InputDataset.wrap(item) for item in self._json.get("inputs") or ())

    @property
    def outputs(self) -> tuple[OutputDataset, ...]:
        """The datasets written."""
        return tuple(OutputDataset.wrap(item) for item in self._json.get("outputs") or ())


class RunEvent(_JobWork):
    """A step in the life of a run."""

    __slots__ = ()
    kind = RUN

    def __init__(
        self,
        event_type: str | None,
        event_time: str | int,
        run: Run,
        job: Job,
        *,
        inputs: Iterable[InputDataset] = (),
        outputs: Iterable[OutputDataset] = (),
        producer: str = PRODUCER,
    ) -> None:
        first = {} if event_type is None else {"eventType": event_type}
        base = _base(event_time, producer, "RunEvent")
        work = _in_and_out(inputs, outputs)
        _fill(self, {**first, **base, "run": run.to_json(), "job": job.to_json(), **work})

    @property
    def event_type(self) -> str | None:
        """START, RUNNING, COMPLETE, ABORT, FAIL, OTHER, or None; as the check reads it."""
        return self.checked.event_type

    @property
    def run(self) -> Run:
        """The run."""
        return Run.wrap(self._json["run"])


class JobEvent(_JobWork):
    """What a job is, outside any run: its facets and the datasets it is designed to read and write."""

    __slots__ = ()
    kind = JOB

    def __init__(
        self,
        event_time: str | int,
        job: Job,
        *,
        inputs: Iterable[InputDataset] = (),
        outputs: Iterable[OutputDataset] = (),
        producer: str = PRODUCER,
    ) -> None:
        base = _base(event_time, producer, "JobEvent")
        _fill(self, {**base, "job": job.to_json(), **_in_and_out(inputs, outputs)})


class DatasetEvent(_Event):
    """What a dataset is, outside any job."""

    __slots__ = ()
    kind = DATASET

    def __init__(self, event_time: str | int, dataset: Dataset, *, producer: str = PRODUCER) -> None:
        _fill(self, {**_base(event_time, producer, "DatasetEvent"), "dataset": dataset.to_json()})

    @property
    def dataset(self) -> Dataset:
        """The dataset."""
        return Dataset.wrap(self._json["dataset"])


Event = RunEvent | JobEvent | DatasetEvent
_EVENTS: dict[str, type[RunEvent | JobEvent | DatasetEvent]] = {RUN: RunEvent, JOB: JobEvent, DATASET: DatasetEvent}


def event_from_json(value: Any) -> Event:
    """Read an event of any kind from its JSON, without loss: `event_from_json(x).to_json() == x`, key order included.

    Raises EventError when check_event refuses it.
    """
    json = copy_json(value)
    return _EVENTS[check_event(json).kind].wrap(json)


def _fill(event: _Event, json: dict[str, Any]) -> None:
    check_event(json)
    put(event, "_json", json)


def _base(event_time: str | int, producer: str, definition: str) -> dict[str, Any]:
    """Return the keys that each event has; the time is a date-time or microseconds since 1970."""
    if isinstance(event_time, int):
        event_time = format_event_time(event_time)
    return {"eventTime": event_time, "producer": producer, "schemaURL": CORE_SCHEMA + definition}


def _in_and_out(inputs: Iterable[InputDataset], outputs: Iterable[OutputDataset]) -> dict[str, Any]:
    return {"inputs": [item.to_json() for item in inputs], "outputs": [item.to_json() for item in outputs]}


def _mapping(json: dict[str, Any], key: str) -> Mapping[str, Any]:
    value = json.get(key)
    return MappingProxyType(value if is_object(value) else {})
