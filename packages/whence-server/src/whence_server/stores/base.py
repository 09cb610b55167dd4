"""What a store must be able to do: the interface between the log with its graph and everything that reads or writes it.

Two halves: `Store` writes, and hands out `Reader`s. Traversal is "frontier in, neighbours out": a reader never walks
more than one step, so that any storage can do it; walking, caps on nodes and time belong to `whence_server.query`.
Every read has a limit or is bounded by the ids it is given; ids that do not exist are left out of answers.

Threads: one Store for the process. `commit` and the other writing methods are called from one thread at a time (the
ingest's committer sees to that); `reading()` may be entered from any thread and its Reader be used in that thread
only, on one consistent snapshot. This module must not import a concrete store. Same contract for every store:
packages/whence-server/tests/stores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from whence_server.stores.rows import NO_FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from whence.model import Checked
    from whence_server.stores.rows import (
        AdminRow,
        AliasRow,
        DatasetRow,
        DatasetVersionRow,
        DerivationRow,
        Direction,
        EdgeRow,
        EventCountRow,
        EventRow,
        JobRow,
        JobVersionRow,
        NamespaceRow,
        Page,
        RunDatasetRow,
        RunRow,
        SearchFilters,
        SearchOrder,
        SearchRow,
        SourceRow,
        Step,
        TagRow,
    )


class Incoming(NamedTuple):
    """An event that passed the check and waits to be kept. `id` is from graph.event_id; `body` is kept as it is."""

    id: bytes
    body: bytes
    event: dict[str, Any]
    checked: Checked


class Kept(NamedTuple):
    """What became of an event: `new` False when the log had it already; `warnings` is a JSON array or None."""

    id: bytes
    new: bool
    warnings: bytes | None
    fold_error: str | None


class Reader(Protocol):
    """Reads on one snapshot. Lists are sorted as each method says; ids out of nowhere are left out."""

    # --- names -> ids ---
    def dataset_ids(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the ids of (namespace, name) pairs, also of datasets that only symlinks name."""
        ...

    def job_ids(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the ids of (namespace, name) pairs."""
        ...

    def nodes_named(self, name: str, limit: int) -> list[int]:
        """Return the nodes with this bare name in any namespace, datasets before jobs, by namespace."""
        ...

    # --- entities by id ---
    def datasets(self, ids: Sequence[int]) -> dict[int, DatasetRow]:
        """Return datasets by id."""
        ...

    def dataset_names(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return (namespace, name) of datasets that are shown: cheaper than their rows."""
        ...

    def jobs(self, ids: Sequence[int]) -> dict[int, JobRow]:
        """Return jobs by id."""
        ...

    def runs(self, ids: Sequence[int]) -> dict[int, RunRow]:
        """Return runs by id."""
        ...

    def runs_with_uuid(self, uuid: bytes) -> list[RunRow]:
        """Return the runs with this run id: one for each job that used it."""
        ...

    def child_runs(self, uuid: bytes, limit: int) -> list[RunRow]:
        """Return runs whose parent facet names this run id, by start."""
        ...

    def canonical(self, dataset_ids: Sequence[int]) -> dict[int, int]:
        """Return the canonical dataset of each dataset."""
        ...

    def members(self, canonical_ids: Sequence[int], limit: int) -> dict[int, list[int]]:
        """Return the other datasets of each canonical dataset's alias component; nothing for those that stand alone."""
        ...

    def aliases(self, dataset_ids: Sequence[int], limit: int) -> list[AliasRow]:
        """Return what symlinks facets of these datasets say, and of others about them."""
        ...

    # --- facets ---
    def dataset_facets(self, ids: Sequence[int], *, keys: Sequence[str] | None = None) -> dict[int, dict[str, bytes]]:
        """Return the current facets of datasets, only those of `keys` if given: id -> key -> JSON."""
        ...

    def job_facets(self, ids: Sequence[int], *, keys: Sequence[str] | None = None) -> dict[int, dict[str, bytes]]:
        """Return the current facets of jobs, only those of `keys` if given."""
        ...

    def run_facets(self, ids: Sequence[int]) -> dict[int, dict[str, bytes]]:
        """Return the facets of runs."""
        ...

    # --- lists ---
    def namespaces(self, page: Page) -> list[NamespaceRow]:
        """List namespaces by name, hidden ones too."""
        ...

    def namespace(self, name: str) -> NamespaceRow | None:
        """Return one namespace."""
        ...

    def sources(self, page: Page) -> list[SourceRow]:
        """List sources by name."""
        ...

    def source(self, name: str) -> SourceRow | None:
        """Return one source."""
        ...

    def tags(self, page: Page) -> list[TagRow]:
        """List tags by name."""
        ...

    def jobs_page(self, page: Page, *, namespace: str | None = None, states: Sequence[str] = ()) -> list[JobRow]:
        """List jobs that are not hidden by name (then namespace); `states`: only those whose latest run is in one."""
        ...

    def job_total(self, *, namespace: str | None = None, states: Sequence[str] = ()) -> int:
        """Return how many jobs `jobs_page` could list. Counts only when `states` is given."""
        ...

    def datasets_page(self, page: Page, *, namespace: str | None = None) -> list[DatasetRow]:
        """List datasets that events use and nobody hid, by name (then namespace)."""
        ...

    def dataset_total(self, *, namespace: str | None = None) -> int:
        """Return how many datasets `datasets_page` could list."""
        ...

    def runs_of_job(self, job_id: int, page: Page) -> list[RunRow]:
        """List runs of a job, latest start first."""
        ...

    def latest_runs(self, job_ids: Sequence[int], count: int) -> dict[int, list[RunRow]]:
        """Return the latest `count` runs of each job, latest start first."""
        ...

    def run_datasets(self, run_ids: Sequence[int], limit: int) -> dict[int, list[RunDatasetRow]]:
        """Return what runs read and wrote."""
        ...

    def dataset_versions(self, dataset_id: int, page: Page) -> list[DatasetVersionRow]:
        """List the versions of a dataset, latest first: outputs of runs and DatasetEvents."""
        ...

    def latest_versions(self, dataset_ids: Sequence[int]) -> dict[int, DatasetVersionRow]:
        """Return the latest version of each dataset that has one."""
        ...

    def versions_before(self, asked: Sequence[tuple[int, int, int]]) -> list[DatasetVersionRow | None]:
        """Return, for each (dataset id, time, run id) asked, the latest version made by then and not by that run."""
        ...

    def readers_of_version(self, dataset_id: int, after: int, before: int, page: Page) -> list[RunDatasetRow]:
        """List runs that read a dataset first in [after, before), latest first."""
        ...

    def job_versions(self, job_id: int, page: Page) -> list[JobVersionRow]:
        """List the versions of a job, latest first."""
        ...

    def job_version(self, job_id: int, version: bytes) -> JobVersionRow | None:
        """Return one version of a job."""
        ...

    # --- the graph ---
    def steps(self, nodes: Sequence[int], direction: Direction, limit: int) -> list[Step]:
        """Return the neighbours of a frontier, one hop away: through a job, or by a passage stated without one.

        Only what is current. `nodes` are canonical datasets or minus jobs. From a job: upstream its inputs (near =
        -job, far = dataset), downstream its outputs. At most `limit` rows: a caller that gets `limit` rows must say
        that it cut.
        """
        ...

    def edges_of_jobs(self, job_ids: Sequence[int], limit: int, *, current: bool = True) -> list[EdgeRow]:
        """Return the edges of jobs; `current=False` adds history. Dataset ids are canonical."""
        ...

    def datasets_of_jobs(self, job_ids: Sequence[int], limit: int) -> list[tuple[int, int, int]]:
        """Return (job, direction, canonical dataset) of the current edges of jobs: what is on them, and no more."""
        ...

    def edges_of_datasets(self, dataset_ids: Sequence[int], limit: int, *, current: bool = True) -> list[EdgeRow]:
        """Return the edges of canonical datasets and of their aliases. Dataset ids are canonical."""
        ...

    def jobs_around(self, dataset_ids: Sequence[int], limit: int, *, directions: Sequence[int] = (0, 1)) -> list[int]:
        """Return the jobs that read (direction 0) or write (1) canonical datasets or their aliases, each once."""
        ...

    def degrees(self, nodes: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return how many current steps lie (up, down) of each canonical dataset, in jobs: writers and readers."""
        ...

    def derivations_of(self, nodes: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return where fields of these nodes come from: live ones only. Canonical datasets in, members' rows out."""
        ...

    def derivations_from(self, nodes: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return derivations that have one of these nodes among their origins: live ones only."""
        ...

    def derivations_of_jobs(self, job_ids: Sequence[int], limit: int) -> list[DerivationRow]:
        """Return live derivations said through these jobs."""
        ...

    # --- the log ---
    def event(self, event_id: bytes) -> EventRow | None:
        """Return one event."""
        ...

    def events_with_seq(self, seqs: Sequence[int]) -> list[EventRow]:
        """Return events by receipt number, in that order."""
        ...

    def events_page(
        self, page: Page, *, after: int | None = None, before: int | None = None, oldest_first: bool = False
    ) -> list[EventRow]:
        """List events with after <= event time < before, by event time."""
        ...

    def event_total(self, *, after: int | None = None, before: int | None = None) -> int:
        """Return how many events lie in the time range; whole hours are summed from kept counts."""
        ...

    def events_of_run(self, run_id: int, page: Page) -> list[EventRow]:
        """List the events of a run in order of receipt."""
        ...

    def events_of_node(self, node: int, page: Page) -> list[EventRow]:
        """List the job or dataset events of a job or dataset, latest event time first."""
        ...

    def events_with_warnings(self, page: Page) -> list[EventRow]:
        """List events that were kept with warnings or are not in the graph, last received first."""
        ...

    # --- the rest ---
    def search(
        self,
        text: str,
        page: Page,
        *,
        filters: SearchFilters = NO_FILTERS,
        order: SearchOrder = "name",
    ) -> list[SearchRow]:
        """Find datasets and jobs that are shown and whose name contains the text, letters of either case."""
        ...

    def search_total(self, text: str, *, filters: SearchFilters = NO_FILTERS) -> int:
        """Return how many `search` could list."""
        ...

    def admin_rows(self, kind: str, prefix: tuple[str, ...], page: Page) -> list[AdminRow]:
        """List administrative rows of a kind whose key begins with `prefix`, by key."""
        ...

    def event_counts(self, since: int, until: int) -> list[EventCountRow]:
        """Return events per hour and type with since <= hour < until."""
        ...

    def created_counts(self, what: str, bounds: Sequence[int]) -> list[int]:
        """Return how many of `what` ("jobs", "datasets", "sources") were first seen before each of the bounds."""
        ...

    def counters(self) -> dict[str, int]:
        """Return totals: events, events_with_warnings, events_not_folded, runs, datasets, jobs, last_seq, ..."""
        ...


class Store(Protocol):
    """One event log with its graph."""

    def commit(self, group: Sequence[Incoming]) -> list[Kept]:
        """Keep events and fold them into the graph in one durable transaction; answer in the same order.

        Raises StoreUnavailableError (nothing kept, try again) when the disk is full, the database locked or read-only.
        """
        ...

    def probe(self) -> None:
        """Write something durable that means nothing: raises StoreUnavailableError while the store cannot write."""
        ...

    def reading(self) -> AbstractContextManager[Reader]:
        """Lend a reader on one snapshot; waits when all are lent."""
        ...

    def put_admin(self, kind: str, key: tuple[str, ...], body: Mapping[str, Any]) -> None:
        """Keep an administrative row (kinds in schema.sql), replacing the one of the same key."""
        ...

    def delete_admin(self, kind: str, key: tuple[str, ...]) -> bool:
        """Forget an administrative row; answer whether there was one."""
        ...

    def hide(self, kind: str, key: tuple[str, ...]) -> bool:
        """Hide a "dataset", "job" or "namespace" until a later received event names it; answer whether it exists."""
        ...

    def rebuild(self, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Drop everything derived and fold the log again in one transaction; `progress` is told (done, in all)."""
        ...

    def export_canonical(self) -> Iterator[bytes]:
        """Yield the derived graph as sorted JSON lines without receipt times, row ids or generated ids."""
        ...

    def export_events(self) -> Iterator[bytes]:
        """Yield the bodies of the log's events in order of receipt."""
        ...

    def close(self) -> None:
        """Close all connections; readers still lent keep theirs until given back."""
        ...
