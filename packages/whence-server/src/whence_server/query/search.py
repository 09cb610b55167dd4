"""Search by name, in Marquez's shape and in that of its v2beta search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whence.model import dataset_node_id, job_node_id
from whence_server.query.dataset_shape import DatasetBook
from whence_server.query.job_shape import JobBook
from whence_server.query.nodes import NodeBook
from whence_server.query.times import instant, micros_of
from whence_server.stores.rows import Page, SearchFilters

if TYPE_CHECKING:
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import SearchRow

OPEN_SEARCH_HITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for. `before` and `after` are days: seen last before it begins, or after it ended."""

    text: str
    kind: str | None = None
    sort: str = "NAME"
    limit: int = 10
    offset: int = 0
    namespace: str | None = None
    before: str | None = None
    after: str | None = None

    @property
    def filters(self) -> SearchFilters:
        """Return what the search is narrowed to."""
        return SearchFilters(
            kind=None if self.kind is None else self.kind.lower(),
            namespace=self.namespace,
            after=None if self.after is None else micros_of(self.after, "after"),
            before=None if self.before is None else micros_of(self.before, "before"),
        )


def answer(reader: Reader, question: Question) -> dict[str, Any]:
    """Find datasets and jobs, in the shape `SearchHits`."""
    order = "name" if question.sort.lower() == "name" else "updated_at"
    page = Page(question.limit, question.offset)
    rows = reader.search(question.text, page, filters=question.filters, order=order) if question.limit else []
    total = reader.search_total(question.text, filters=question.filters)
    return {"results": [_hit(row) for row in rows], "totalCount": total}


def _hit(row: SearchRow) -> dict[str, Any]:
    is_dataset = row.node > 0
    return {
        "type": "DATASET" if is_dataset else "JOB",
        "name": row.name,
        "updatedAt": instant(row.last_seen),
        "namespace": row.namespace,
        "nodeId": (dataset_node_id if is_dataset else job_node_id)(row.namespace, row.name),
    }


def open_search(reader: Reader, text: str, *, kind: str) -> dict[str, Any]:
    """Find datasets or jobs, in the shape `OpenSearchHits`."""
    rows = reader.search(text, Page(OPEN_SEARCH_HITS), filters=SearchFilters(kind=kind.lower()))
    book = NodeBook(reader)
    book.load(row.node for row in rows)
    if kind == "JOB":
        found = [book.jobs[-row.node] for row in rows]
        shapes = JobBook(reader, book, found, runs_each=1)
        hits = [shapes.job(row) for row in found]
    else:
        datasets = [book.datasets[row.node] for row in rows]
        shape = DatasetBook(reader, datasets)
        hits = [shape.dataset(row, None) for row in datasets]
    return {"hits": hits, "highlights": [{"name": [_highlighted(row.name, text)]} for row in rows]}


def _highlighted(name: str, text: str) -> str:
    start = name.lower().find(text.lower())
    if start < 0 or not text:
        return name
    end = start + len(text)
    return f"{name[:start]}<em>{name[start:end]}</em>{name[end:]}"
