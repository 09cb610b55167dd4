"""The administration: what Marquez's writing routes ask for, done on the store.

What an event can say becomes an event in the log; the rest is an administrative row. Returns when it is durable.
Deletions hide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from whence.model import check_event, is_uuid, new_run_id, now_us
from whence_server.api import told
from whence_server.graph.event_id import event_id
from whence_server.query.catalogue import source as source_answer
from whence_server.query.errors import QueryError, UnknownError
from whence_server.query.facets import facet
from whence_server.query.field_names import known_fields
from whence_server.query.jobs import one as job_answer
from whence_server.query.lookup import dataset_row, job_row, run_row
from whence_server.query.times import instant, micros_of
from whence_server.query.versions import uuid_text
from whence_server.stores.base import Incoming
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence_server.api.orders import DatasetOrder, JobOrder, RunOrder
    from whence_server.stores.base import Store

_ONE = Page(limit=1)
EVENT_TYPES = {"start": "START", "complete": "COMPLETE", "fail": "FAIL", "abort": "ABORT"}


class Admin:
    """Writes what people ask for. `clock` gives microseconds since 1970."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = now_us) -> None:
        self._store = store
        self._clock = clock

    # --- namespaces, sources, tags: administrative rows ---

    def put_namespace(self, name: str, *, owner: str, description: str | None) -> None:
        """Make a namespace known or change it."""
        _check_names(namespace=name)
        self._store.put_admin("namespace", (name,), {"ownerName": owner, "description": description})

    def put_source(self, name: str, *, kind: str, connection_url: str, description: str | None) -> None:
        """Make a source known or change it."""
        _check_names(source=name)
        body = {"type": kind, "connectionUrl": connection_url, "description": description}
        self._store.put_admin("source", (name,), body)

    def put_tag(self, name: str, *, description: str | None) -> None:
        """Make a tag known or change it."""
        _check_names(tag=name)
        self._store.put_admin("tag", (name,), {"description": description})

    def tag_dataset(self, namespace: str, name: str, tag: str, *, field: str | None = None) -> None:
        """Put a tag on a dataset or on one of its fields."""
        _check_names(tag=tag)
        with self._store.reading() as reader:
            row = dataset_row(reader, namespace, name)
            if field is not None and field not in known_fields(reader, row.id):
                message = f"Field '{field}' not found."
                raise UnknownError(message, path="field")
        self._make_tag_known(tag)
        self._store.put_admin(*_tag_key(row.namespace, row.name, field, tag), {})

    def untag_dataset(self, namespace: str, name: str, tag: str, *, field: str | None = None) -> None:
        """Take a tag off a dataset or a field; one that the tags facet carries is taken out of it by a DatasetEvent."""
        with self._store.reading() as reader:
            row = dataset_row(reader, namespace, name)
            facets = reader.dataset_facets([row.id], keys=("tags",)).get(row.id, {})
        self._store.delete_admin(*_tag_key(row.namespace, row.name, field, tag))
        kept = _without_tag(facets, tag, field)
        if kept is not None:
            self._keep(told.dataset_event((row.namespace, row.name), {"tags": told.tags_facet(kept)}, time=self._now()))

    def tag_job(self, namespace: str, name: str, tag: str) -> None:
        """Put a tag on a job."""
        _check_names(tag=tag)
        with self._store.reading() as reader:
            row = job_row(reader, namespace, name)
        self._make_tag_known(tag)
        self._store.put_admin("job_tag", (row.namespace, row.name, tag), {})

    def untag_job(self, namespace: str, name: str, tag: str) -> None:
        """Take a tag off a job; one that the tags facet carries is taken out of it by a JobEvent."""
        with self._store.reading() as reader:
            row = job_row(reader, namespace, name)
            facets = reader.job_facets([row.id], keys=("tags",)).get(row.id, {})
        self._store.delete_admin("job_tag", (row.namespace, row.name, tag))
        kept = _without_tag(facets, tag, None)
        if kept is not None:
            event = told.job_facets_event((row.namespace, row.name), {"tags": told.tags_facet(kept)}, time=self._now())
            self._keep(event)

    def _make_tag_known(self, tag: str) -> None:
        with self._store.reading() as reader:
            known = reader.admin_rows("tag", (tag,), _ONE)
        if not known:
            self._store.put_admin("tag", (tag,), {"description": None})

    # --- datasets, jobs, runs: events ---

    def put_dataset(self, namespace: str, name: str, order: DatasetOrder) -> None:
        """Tell of a dataset, and with a run id of its being written by that run."""
        tags = [(tag, None) for tag in order.tags] + [(tag, field.name) for field in order.fields for tag in field.tags]
        for tag, _ in tags:
            _check_names(tag=tag)
        if order.run_id is not None:
            self._check_run(order.run_id)
        facets = told.dataset_facets(order, source_uri=self._source_uri(order.source_name))
        self._keep(told.dataset_event((namespace, name), facets, time=self._now()))
        if order.run_id is not None:
            self._tell_run_of(order.run_id, outputs=[{"namespace": namespace, "name": name}])
        for tag, field in tags:
            self.tag_dataset(namespace, name, tag, field=field)

    def _check_run(self, run_id: str) -> None:
        """Raise UnknownError before anything is kept."""
        with self._store.reading() as reader:
            run_row(reader, run_id)

    def _source_uri(self, source: str | None) -> str | None:
        if source is None:
            return None
        with self._store.reading() as reader:
            try:
                return source_answer(reader, source)["connectionUrl"] or None
            except UnknownError:
                return None

    def put_job(self, namespace: str, name: str, order: JobOrder) -> None:
        """Tell of a job with its datasets."""
        if order.run_id is not None:
            self._check_run(order.run_id)
        self._keep(told.job_event((namespace, name), order, time=self._now()))
        if order.run_id is not None:
            self._tell_run_of(
                order.run_id,
                inputs=[each.model_dump() for each in order.inputs],
                outputs=[each.model_dump() for each in order.outputs],
            )

    def _tell_run_of(self, run_id: str, **datasets: list[dict[str, Any]]) -> None:
        with self._store.reading() as reader:
            run = run_row(reader, run_id)
            job = reader.jobs([run.job_id])[run.job_id]
        name = (job.namespace, job.name)
        event = told.run_event(
            name,
            uuid_text(run.uuid),
            "RUNNING",
            time=self._now(),
            inputs=datasets.get("inputs", ()),
            outputs=datasets.get("outputs", ()),
        )
        self._keep(event)

    def create_run(self, namespace: str, name: str, order: RunOrder) -> str:
        """Announce a run of a job with its present datasets; return the run id."""
        if order.id is not None and not is_uuid(order.id.lower()):
            message = f"id must be a UUID, not {order.id[:100]!r}"
            raise QueryError(message, path="$.id")
        with self._store.reading() as reader:
            job = job_answer(reader, namespace, name)
        run_id = (order.id or new_run_id()).lower()
        self._keep(
            told.run_event(
                (namespace, name),
                run_id,
                None,
                time=self._now(),
                facets=told.run_facets(order),
                inputs=job["inputs"],
                outputs=job["outputs"],
            )
        )
        return run_id

    def mark_run(self, run_id: str, transition: str, *, at: str | None) -> None:
        """Start, complete, fail or abort a run."""
        time = self._now() if at is None else instant(micros_of(at, "at"))
        with self._store.reading() as reader:
            run = run_row(reader, run_id)
            job = reader.jobs([run.job_id])[run.job_id]
        name = (job.namespace, job.name)
        self._keep(told.run_event(name, uuid_text(run.uuid), EVENT_TYPES[transition], time=time))

    # --- hiding ---

    def hide_dataset(self, namespace: str, name: str) -> None:
        """Hide a dataset until an event names it again."""
        with self._store.reading() as reader:
            row = dataset_row(reader, namespace, name)
        self._store.hide("dataset", (row.namespace, row.name))

    def hide_job(self, namespace: str, name: str) -> None:
        """Hide a job until an event names it again."""
        self._store.hide("job", (namespace, name))

    def hide_namespace(self, name: str) -> None:
        """Hide a namespace until an event names it again."""
        self._store.hide("namespace", (name,))

    def _now(self) -> str:
        return instant(self._clock())

    def _keep(self, event: dict[str, Any]) -> None:
        checked = check_event(event)
        incoming = Incoming(event_id(checked.event_time, event), orjson.dumps(event), event, checked)
        self._store.commit([incoming])


def _check_names(**names: str) -> None:
    for parameter, name in names.items():
        if not name or "\0" in name:
            message = f"{parameter} must be non-empty text without NUL, not {name[:100]!r}"
            raise QueryError(message, path=parameter)


def _tag_key(namespace: str, name: str, field: str | None, tag: str) -> tuple[str, tuple[str, ...]]:
    if field is None:
        return "dataset_tag", (namespace, name, tag)
    return "field_tag", (namespace, name, field, tag)


def _without_tag(facets: dict[str, bytes], tag: str, field: str | None) -> list[dict[str, Any]] | None:
    """Return the entries of a tags facet without a tag, None when it does not hold it."""
    entries = facet(facets, "tags").get("tags")
    if not isinstance(entries, list):
        return None
    listed: list[dict[str, Any]] = [each for each in cast("list[Any]", entries) if isinstance(each, dict)]
    kept = [each for each in listed if (each.get("key"), each.get("field") or None) != (tag, field)]
    return None if len(kept) == len(listed) else kept
