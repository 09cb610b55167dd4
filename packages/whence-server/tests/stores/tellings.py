"""Events as a store takes them, and questions to a store by name."""

from __future__ import annotations

import orjson

from whence.model import check_event
from whence_server.graph.event_id import event_id
from whence_server.stores.base import Incoming
from whence_server.stores.rows import Page

PRODUCER = "https://example.com/tests"
RUN = "00000000-0000-4000-8000-{:012}"
ALL = Page(limit=1_000)
MANY = 1_000


def at(second):
    return f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def micros(second):
    return 1_767_225_600_000_000 + second * 1_000_000


def run_uuid(number):
    return bytes.fromhex(RUN.format(number).replace("-", ""))


def facet(**body):
    return {"_producer": PRODUCER, "_schemaURL": f"{PRODUCER}/facet.json", **body}


def dataset(name, **facets):
    return {"namespace": "db", "name": name, "facets": facets}


def _datasets(values):
    return [dataset(value) if isinstance(value, str) else value for value in values]


def _event(second, **parts):
    return {"eventTime": at(second), "producer": PRODUCER, "schemaURL": f"{PRODUCER}/event.json", **parts}


def run_event(kind, second, *, job="load", run=1, inputs=(), outputs=(), **facets):
    return _event(
        second,
        eventType=kind,
        job={"namespace": "jobs", "name": job, "facets": facets.get("job_facets", {})},
        run={"runId": RUN.format(run), "facets": facets.get("run_facets", {})},
        inputs=_datasets(inputs),
        outputs=_datasets(outputs),
    )


def job_event(second, *, job="load", inputs=(), outputs=(), job_facets=None):
    return _event(
        second,
        job={"namespace": "jobs", "name": job, "facets": job_facets or {}},
        inputs=_datasets(inputs),
        outputs=_datasets(outputs),
    )


def dataset_event(second, described):
    return _event(second, dataset=dataset(described) if isinstance(described, str) else described)


def columns(**fields):
    """A columnLineage facet: c="x.a" says that field c comes from field a of dataset x."""
    return facet(
        fields={
            name: {"inputFields": [{"namespace": "db", "name": text.split(".")[0], "field": text.split(".")[1]}]}
            for name, text in fields.items()
        }
    )


def symlinks(*names):
    return facet(identifiers=[{"namespace": "db", "name": name, "type": "TABLE"} for name in names])


def incoming(event):
    checked = check_event(event)
    return Incoming(event_id(checked.event_time, event), orjson.dumps(event), event, checked)


def tell(store, *events):
    kept = store.commit([incoming(event) for event in events])
    assert [each.fold_error for each in kept] == [None] * len(events)
    return kept


def dataset_id(reader, name):
    return reader.dataset_ids([("db", name)])["db", name]


def job_id(reader, name="load"):
    return reader.job_ids([("jobs", name)])["jobs", name]


def names(reader, nodes):
    """Names of nodes: datasets by name, jobs as "job x", 0 as None."""
    datasets = reader.datasets([node for node in nodes if node > 0])
    jobs = reader.jobs([-node for node in nodes if node < 0])
    return [None if node == 0 else datasets[node].name if node > 0 else f"job {jobs[-node].name}" for node in nodes]


def steps(store, node, direction):
    """Steps around a dataset, or around a job given as "job x", as (job, far) names."""
    with store.reading() as reader:
        kind, _, bare = node.rpartition(" ")
        near = -job_id(reader, bare) if kind else reader.canonical([dataset_id(reader, bare)])[dataset_id(reader, bare)]
        found = reader.steps([near], direction, MANY)
        assert {step.near for step in found} <= {near}
        jobs = names(reader, [-step.job_id for step in found])
        return sorted(zip(jobs, names(reader, [step.far for step in found]), strict=True), key=str)
