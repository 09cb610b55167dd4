"""Builders of OpenLineage events for the tests of the API. `at` is in seconds after 2026-01-01T00:00:00Z."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import NAMESPACE_URL, uuid5

PRODUCER = "https://example.com/tests"
CORE = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
FACET = {"_producer": PRODUCER, "_schemaURL": "https://example.com/facet.json"}
NS = "db"

Json = dict[str, Any]


def stamp(seconds: float) -> str:
    """Return a time."""
    return (dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def run_id(name: str) -> str:
    """Return a run id that belongs to a name."""
    return str(uuid5(NAMESPACE_URL, name))


def facet(**body: Any) -> Json:
    """Return a facet."""
    return FACET | body


def dataset(name: str, *fields: str, namespace: str = NS, **facets: Any) -> Json:
    """Return a dataset with a schema when fields are given."""
    if fields:
        facets["schema"] = facet(fields=[{"name": field, "type": "INT"} for field in fields])
    return {"namespace": namespace, "name": name, "facets": facets}


def columns(mapping: dict[str, list[tuple[str, str]]], **more: Any) -> Json:
    """Return a columnLineage facet: field -> [(dataset, field)]."""
    fields = {
        field: {"inputFields": [{"namespace": NS, "name": name, "field": source} for name, source in sources]}
        for field, sources in mapping.items()
    }
    return facet(fields=fields, **more)


def run_event(
    job: str,
    inputs: list[Json] | list[str] = (),  # type: ignore[assignment]
    outputs: list[Json] | list[str] = (),  # type: ignore[assignment]
    *,
    kind: str | None = "COMPLETE",
    at: float = 0,
    run: str | None = None,
    namespace: str = "jobs",
    run_facets: Json | None = None,
    job_facets: Json | None = None,
) -> Json:
    """Return a run event; datasets may be given by name."""
    event: Json = {
        "eventTime": stamp(at),
        "producer": PRODUCER,
        "schemaURL": f"{CORE}RunEvent",
        "run": {"runId": run or run_id(job), "facets": run_facets or {}},
        "job": {"namespace": namespace, "name": job, "facets": job_facets or {}},
        "inputs": [dataset(each) if isinstance(each, str) else each for each in inputs],
        "outputs": [dataset(each) if isinstance(each, str) else each for each in outputs],
    }
    return event if kind is None else event | {"eventType": kind}


def job_event(job: str, inputs: list[str], outputs: list[str], *, at: float = 0, **facets: Any) -> Json:
    """Return a job event."""
    return {
        "eventTime": stamp(at),
        "producer": PRODUCER,
        "schemaURL": f"{CORE}JobEvent",
        "job": {"namespace": "jobs", "name": job, "facets": facets},
        "inputs": [dataset(each) for each in inputs],
        "outputs": [dataset(each) for each in outputs],
    }


def dataset_event(described: Json, *, at: float = 0) -> Json:
    """Return a dataset event."""
    return {"eventTime": stamp(at), "producer": PRODUCER, "schemaURL": f"{CORE}DatasetEvent", "dataset": described}
