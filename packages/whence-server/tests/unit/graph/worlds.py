"""Short words for events, and a world that they are folded into: states only, no store."""

from __future__ import annotations

import orjson

from whence.model import check_event
from whence_server.graph.event_id import event_id
from whence_server.graph.fold import fold_event
from whence_server.graph.saying import INPUT, OUTPUT, read_event
from whence_server.graph.workset import NextIds, Workset

PRODUCER = "https://example.com/tests"
RUN = "00000000-0000-4000-8000-00000000000{}"


def at(second):
    return f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z"


def micros(second):
    return 1_767_225_600_000_000 + second * 1_000_000


def facet(**body):
    return {"_producer": PRODUCER, "_schemaURL": f"{PRODUCER}/facet.json", **body}


def dataset(name, **facets):
    """A dataset of namespace "db"; "ns:name" says another namespace."""
    namespace, _, bare = name.rpartition(":")
    return {"namespace": namespace or "db", "name": bare, **({"facets": facets} if facets else {})}


def _datasets(values):
    return [dataset(value) if isinstance(value, str) else value for value in values]


def _event(second, **parts):
    return {"eventTime": at(second), "producer": PRODUCER, "schemaURL": f"{PRODUCER}/event.json", **parts}


def run_event(kind, second, *, job="load", run=1, inputs=(), outputs=(), job_facets=None, run_facets=None):
    """A run event of namespace "jobs"."""
    return _event(
        second,
        **({"eventType": kind} if kind else {}),
        job={"namespace": "jobs", "name": job, "facets": job_facets or {}},
        run={"runId": RUN.format(run), "facets": run_facets or {}},
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


def columns(*, whole=(), **fields):
    """A columnLineage facet: c="x.a" says that field c comes from field a of dataset x."""

    def sources(value):
        texts = [value] if isinstance(value, str) else value
        return [{**dataset(text.rpartition(".")[0]), "field": text.rpartition(".")[2]} for text in texts]

    return facet(
        fields={name: {"inputFields": sources(value)} for name, value in fields.items()}, dataset=sources(whole)
    )


class World:
    """States that events were folded into, and questions about them by name."""

    def __init__(self, *events):
        self.work = Workset(NextIds())
        self.notes = []
        self._seq = 0
        self.tell(*events)

    def tell(self, *events):
        for event in events:
            checked = check_event(event)
            said = read_event(event_id(checked.event_time, event), orjson.loads(orjson.dumps(event)), checked)
            self._seq += 1
            fold_event(self.work, said, self._seq)
            self.notes.extend(said.notes.to_json())

    def job(self, name="load"):
        return self.work.jobs["jobs", name]

    def dataset(self, name):
        found = dataset(name)
        return self.work.datasets[found["namespace"], found["name"]]

    def run(self, number=1, job="load"):
        return self.work.runs[self.job(job).id, bytes.fromhex(RUN.format(number).replace("-", ""))]

    def _name(self, node):
        if node < 0:
            return next(f"job {job.name}" for job in self.work.jobs.values() if job.id == -node)
        return next(state.name for state in self.work.datasets.values() if state.id == node)

    def inputs(self, job="load", *, current=True):
        return self._edges(job, INPUT, current)

    def outputs(self, job="load", *, current=True):
        return self._edges(job, OUTPUT, current)

    def _edges(self, job, direction, current):
        return {self._name(each) for each, edge in self.job(job).edges[direction].items() if edge.current is current}

    def passage(self, target, job="load"):
        """(source, names of origins) of what flows through a job into a dataset, or ("job", name)."""
        node = -self.job(target[1]).id if isinstance(target, tuple) else self.dataset(target).id
        source, origins, _ = self.job(job).derivations.passages.get(node, (0, (), ()))
        return source, {self._name(origin) for origin in origins}

    def told(self, target):
        """(source, names of origins) of what dataset events said about a dataset."""
        state = self.dataset(target)
        source, origins, _ = state.told.passages.get(state.id, (0, (), ()))
        return source, {self._name(origin) for origin in origins}
