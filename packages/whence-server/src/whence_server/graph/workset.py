"""The states a group of events touches, found by name, made when new; and the record of what changed.

Bookkeeping for fold.py, without I/O: a store fills the dictionaries before the fold (what it does not find is new)
and writes `changes` after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence_server.graph.states import DatasetState, JobState, NamespaceState, RunState, SourceState

if TYPE_CHECKING:
    from whence_server.graph.facets.origins import Name
    from whence_server.graph.states import Derivation, Edge, Passage, RunDataset

HOUR = 3_600_000_000


class Changes:
    """What a fold changed, each thing once: what a store has to write."""

    __slots__ = (
        "alias_seeds",
        "aliases",
        "counters",
        "dataset_facets",
        "datasets",
        "derivations",
        "edges",
        "event_counts",
        "fields",
        "job_facets",
        "jobs",
        "namespace_counts",
        "namespaces",
        "new_datasets",
        "new_jobs",
        "node_events",
        "passages",
        "run_datasets",
        "run_events",
        "run_facets",
        "runs",
        "sources",
        "unsure_jobs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.namespaces: dict[int, NamespaceState] = {}
        self.sources: dict[int, SourceState] = {}
        self.datasets: dict[int, DatasetState] = {}
        self.jobs: dict[int, JobState] = {}
        self.runs: dict[int, RunState] = {}
        self.new_datasets: list[DatasetState] = []
        self.new_jobs: list[JobState] = []
        # (owner id, facet key) -> JSON, None: deleted
        self.dataset_facets: dict[tuple[int, str], bytes | None] = {}
        self.job_facets: dict[tuple[int, str], bytes | None] = {}
        self.run_facets: dict[tuple[int, str], bytes | None] = {}
        self.fields: dict[int, bytes | None] = {}
        self.edges: dict[tuple[int, int, int], Edge] = {}  # (job id, direction, dataset id)
        self.run_datasets: dict[tuple[int, int, int], RunDataset] = {}  # (run id, direction, dataset id)
        self.run_events: list[tuple[int, int]] = []  # (run id, seq)
        self.node_events: list[tuple[int, int, int]] = []  # (node, seq, event time)
        self.derivations: dict[tuple[int, int, int], Derivation] = {}  # (target, job id, source)
        self.passages: dict[tuple[int, int], Passage] = {}  # (target, job id) -> all that passages there now
        self.aliases: dict[int, list[tuple[int, str | None]]] = {}  # dataset id -> all its targets now
        self.alias_seeds: set[int] = set()  # datasets whose component or canonical name may have changed
        self.unsure_jobs: dict[int, JobState] = {}  # jobs whose latest run must be looked up
        self.counters: dict[str, int] = {}
        self.namespace_counts: dict[int, tuple[int, int]] = {}  # namespace id -> more (datasets, jobs)
        self.event_counts: dict[tuple[int, str], int] = {}

    def count(self, counter: str, by: int = 1) -> None:
        """Add to a counter."""
        self.counters[counter] = self.counters.get(counter, 0) + by

    def count_in_namespace(self, identifier: int, *, datasets: int = 0, jobs: int = 0) -> None:
        """Count listed datasets and jobs of a namespace."""
        known = self.namespace_counts.get(identifier, (0, 0))
        self.namespace_counts[identifier] = (known[0] + datasets, known[1] + jobs)

    def count_event(self, time: int, kind: str) -> None:
        """Count an event into its hour."""
        key = (time - time % HOUR, kind)
        self.event_counts[key] = self.event_counts.get(key, 0) + 1


class NextIds:
    """The next free id of each table."""

    __slots__ = ("dataset", "job", "namespace", "run", "source")

    def __init__(self, *, namespace: int = 1, source: int = 1, dataset: int = 1, job: int = 1, run: int = 1) -> None:
        self.namespace = namespace
        self.source = source
        self.dataset = dataset
        self.job = job
        self.run = run


class Workset:
    """States by name. What is not in the dictionaries is taken as new: load first."""

    __slots__ = ("changes", "datasets", "ids", "jobs", "namespaces", "runs", "sources")

    def __init__(self, ids: NextIds) -> None:
        self.ids = ids
        self.changes = Changes()
        self.namespaces: dict[str, NamespaceState] = {}
        self.sources: dict[str, SourceState] = {}
        self.datasets: dict[Name, DatasetState] = {}
        self.jobs: dict[Name, JobState] = {}
        self.runs: dict[tuple[int, bytes], RunState] = {}

    def take_changes(self) -> Changes:
        """Return what changed since the last call."""
        taken, self.changes = self.changes, Changes()
        return taken

    def namespace(self, name: str, time: int) -> NamespaceState:
        """Return the namespace, seen at this time."""
        found = self.namespaces.get(name)
        if found is None:
            found = self.namespaces[name] = NamespaceState(self.ids.namespace, name, time)
            self.ids.namespace += 1
            self.changes.count("namespaces")
        elif found.first_seen <= time <= found.last_seen and not found.hidden:
            return found
        found.first_seen = min(found.first_seen, time)
        found.last_seen = max(found.last_seen, time)
        found.hidden = False
        self.changes.namespaces[found.id] = found
        return found

    def source(self, name: str, uri: str | None, time: int, identifier: bytes) -> SourceState:
        """Return the source, seen at this time with this URI."""
        found = self.sources.get(name)
        if found is None:
            found = self.sources[name] = SourceState(self.ids.source, name, time)
            self.ids.source += 1
            self.changes.count("sources")
        found.first_seen = min(found.first_seen, time)
        found.last_seen = max(found.last_seen, time)
        if identifier > found.stamp:
            found.stamp, found.uri = identifier, uri
        self.changes.sources[found.id] = found
        return found

    def dataset(self, name: Name, time: int, seq: int, *, used: bool) -> DatasetState:
        """Return the dataset, seen at this time; `used` False: only as the target of a symlink."""
        namespace = self.namespace(name[0], time)
        found = self.datasets.get(name)
        if found is None:
            found = self.datasets[name] = DatasetState(self.ids.dataset, namespace, name[1], time)
            self.ids.dataset += 1
            self.changes.new_datasets.append(found)
            if used:
                self._show_dataset(found)
        elif used and (not found.used or found.hidden):
            self.changes.alias_seeds.add(found.id)  # who stands for an alias component depends on use
            self._show_dataset(found)
        if time < found.first_seen:
            found.first_seen, found.moved = time, True
        elif time > found.last_seen:
            found.last_seen = time
        if used and seq > found.last_seq:
            found.last_seq = seq
        self.changes.datasets[found.id] = found
        return found

    def _show_dataset(self, found: DatasetState) -> None:
        if not found.used:
            self.changes.count("datasets")
        found.used, found.hidden, found.moved = True, False, True
        self.changes.count_in_namespace(found.namespace.id, datasets=1)

    def job(self, name: Name, time: int, seq: int, *, used: bool) -> JobState:
        """Return the job, seen at this time; `used` False: only named by another job's event."""
        namespace = self.namespace(name[0], time)
        found = self.jobs.get(name)
        if found is None:
            found = self.jobs[name] = JobState(self.ids.job, namespace, name[1], time)
            self.ids.job += 1
            self.changes.new_jobs.append(found)
            self.changes.count("jobs")
            self._show_job(found)
        elif used and found.hidden:
            self._show_job(found)
        if used and not found.used:
            found.used = found.moved = True
        if time < found.first_seen:
            found.first_seen, found.moved = time, True
        elif time > found.last_seen:
            found.last_seen = time
        if used and seq > found.last_seq:
            found.last_seq = seq
        self.changes.jobs[found.id] = found
        return found

    def _show_job(self, found: JobState) -> None:
        found.hidden, found.moved = False, True
        self.changes.count_in_namespace(found.namespace.id, jobs=1)

    def run(self, job: JobState, uuid: bytes, time: int) -> RunState:
        """Return the run of a job, seen at this time."""
        key = (job.id, uuid)
        found = self.runs.get(key)
        if found is None:
            found = self.runs[key] = RunState(self.ids.run, job.id, uuid, time)
            self.ids.run += 1
            job.run_count += 1
            self.changes.count("runs")
        elif time < found.first_seen:
            found.first_seen, found.moved = time, True
        elif time > found.last_seen:
            found.last_seen = time
        self.changes.runs[found.id] = found
        return found
