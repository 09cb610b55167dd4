"""The fold: what one event says, put into the states. The graph follows from the set of events, not their order.

Each rule below is a merge that is commutative, associative and idempotent (smallest, greatest, union, greatest event
id wins), or works a value out of merged ones. Table of the rules: docs/explanation/fold.md. Laws:
tests/property/test_fold_laws.py. No I/O.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from whence_server.graph import fold_derivations
from whence_server.graph.facet_merge import merge_facets, merge_run_facets
from whence_server.graph.facets.column_lineage import KEY as COLUMN_LINEAGE
from whence_server.graph.facets.data_source import KEY as DATA_SOURCE
from whence_server.graph.facets.schema import KEY as SCHEMA
from whence_server.graph.facets.schema import read_schema
from whence_server.graph.facets.symlinks import KEY as SYMLINKS
from whence_server.graph.fold_runs import advance_run, finish_run, note_latest_run
from whence_server.graph.saying import DATASET_EVENT, INPUT, OUTPUT, RUN_EVENT, DatasetSaid, Said
from whence_server.graph.states import Edge, RunDataset

if TYPE_CHECKING:
    from whence_server.graph.states import DatasetState, JobState, RunState
    from whence_server.graph.workset import Workset

_COUNTED_AS: Final = {1: "JOB", 2: "DATASET"}


def fold_event(work: Workset, said: Said, seq: int) -> None:
    """Put one event into the states and note what changed. An event must be folded once: the log sees to that."""
    changes = work.changes
    changes.count_event(said.time, _COUNTED_AS.get(said.kind) or said.type or "NONE")
    if said.kind == DATASET_EVENT:
        _fold_dataset_event(work, said, seq)
    else:
        _Occurrence(work, said, seq).fold()


def _fold_dataset_event(work: Workset, said: Said, seq: int) -> None:
    about = said.datasets[0]
    dataset = _fold_dataset(work, said, about, seq)
    dataset.version_count += 1
    work.changes.node_events.append((dataset.id, seq, said.time))
    fold_derivations.tell_dataset(work, said, about, dataset, seq)


def _fold_dataset(work: Workset, said: Said, about: DatasetSaid, seq: int) -> DatasetState:
    changes, time = work.changes, said.time
    dataset = work.dataset(about.name, time, seq, used=True)
    told = about.source
    source = None if told is None else work.source(told.name, told.uri, time, said.id)
    links = [(work.dataset(link.name, time, seq, used=False).id, link.type) for link in about.symlinks]
    for key, value, body in merge_facets(dataset.stamps, about.facets, said.id):
        changes.dataset_facets[dataset.id, key] = body
        if key == SCHEMA:
            fields = None if body is None else read_schema(value)
            changes.fields[dataset.id] = orjson.dumps(fields) if fields else None
        elif key == SYMLINKS:
            changes.aliases[dataset.id] = [] if body is None else links
            changes.alias_seeds.add(dataset.id)
        elif key == DATA_SOURCE:
            dataset.source_id = None if body is None or source is None else source.id
    return dataset


class _Occurrence:
    """One run or job event on its way into the states."""

    __slots__ = ("job", "rose", "run", "said", "seq", "touched", "unsettled", "work")

    def __init__(self, work: Workset, said: Said, seq: int) -> None:
        self.work = work
        self.said = said
        self.seq = seq
        assert said.job is not None  # noqa: S101 - run and job events have one: check_event
        self.job: JobState = work.job(said.job, said.time, seq, used=True)
        self.run: RunState | None = None
        self.unsettled = False  # passages must be worked out again
        self.rose = [False, False]  # thresholds that rose
        self.touched: tuple[set[int], set[int]] = (set(), set())  # datasets whose edge was

    def fold(self) -> None:
        work, said, job = self.work, self.said, self.job
        for key, _, body in merge_facets(job.stamps, said.job_facets, said.id):
            work.changes.job_facets[job.id, key] = body
        if said.kind == RUN_EVENT:
            self._fold_run()
        else:
            work.changes.node_events.append((-job.id, self.seq, said.time))
        targets = [(about, _fold_dataset(work, said, about, self.seq)) for about in said.datasets]
        for about, dataset in targets:
            self._list(about.direction, dataset, about)
        self._fold_derivations(targets)
        if self.run is not None:
            self._complete(self.run)
        self._judge_edges()
        if self.unsettled:
            fold_derivations.settle_job(work, job)

    def _fold_run(self) -> None:
        work, said, job = self.work, self.said, self.job
        assert said.run is not None  # noqa: S101 - run events have one: check_event
        run = self.run = work.run(job, said.run, said.time)
        work.changes.run_events.append((run.id, self.seq))
        for key, _, body in merge_facets(run.stamps, said.run_facets, said.id):
            work.changes.run_facets[run.id, key] = body
        advance_run(work, said, job, run, self.seq)
        note_latest_run(work, job, run)

    def _fold_derivations(self, targets: list[tuple[DatasetSaid, DatasetState]]) -> None:
        said, work, job = self.said, self.work, self.job
        for about, dataset in targets:
            if about.direction == OUTPUT and COLUMN_LINEAGE in about.facets:
                inputs, changed = fold_derivations.tell_columns(work, said, about, dataset, job, self.seq)
                self._list_named(inputs)
                self.unsettled = self.unsettled or changed
        if said.has_sql_alone:
            outputs = [target for target in targets if target[0].direction == OUTPUT]
            changed = [fold_derivations.tell_inferred(work, said, *target, job) for target in outputs]
            self.unsettled = self.unsettled or any(changed)
        if said.entries or "lineage" in said.job_facets or any(about.lineage is not None for about, _ in targets):
            named = fold_derivations.tell_job(work, said, targets, job, self.seq)
            self._list_named(named.inputs)
            self._list_named(named.outputs, OUTPUT)
            self.unsettled = True

    def _list_named(self, datasets: list[DatasetState], direction: int = INPUT) -> None:
        for dataset in datasets:
            self._list(direction, dataset, None)

    def _list(self, direction: int, dataset: DatasetState, about: DatasetSaid | None) -> None:
        """Note that the job reads or writes a dataset; `about` None: only a facet names it."""
        job, time, changes, identifier = self.job, self.said.time, self.work.changes, dataset.id
        edge = job.edges[direction].get(identifier)
        if edge is None:
            edge = job.edges[direction][identifier] = Edge(time)
            self.unsettled = True
        elif time > edge.last_seen:
            edge.last_seen = time
        elif time < edge.first_seen:
            edge.first_seen = time
        if about is not None:
            edge.listed = True
        self.touched[direction].add(identifier)
        changes.edges[job.id, direction, identifier] = edge
        if self.run is None:
            self._raise_threshold(direction, time)
        else:
            self._list_in_run(self.run, direction, dataset, about)

    def _list_in_run(self, run: RunState, direction: int, dataset: DatasetState, about: DatasetSaid | None) -> None:
        found = run.datasets[direction].get(dataset.id)
        key = (run.id, direction, dataset.id)
        if found is None:
            found = run.datasets[direction][dataset.id] = RunDataset(dataset.full_name, self.said.time)
            self.work.changes.run_datasets[key] = found
            run.job_version = None
            if direction == OUTPUT:
                dataset.version_count += 1
        elif self.said.time < found.at:
            found.at = self.said.time
            self.work.changes.run_datasets[key] = found
        if about is not None and about.in_run and merge_run_facets(found, about.in_run, self.said.id):
            self.work.changes.run_datasets[key] = found

    def _complete(self, run: RunState) -> None:
        """Measure the job's edges by this run, if it is complete; name its job version, if it is over."""
        done = run.completed_at
        if done is not None:
            for direction in (INPUT, OUTPUT):
                if run.datasets[direction]:
                    self._raise_threshold(direction, done)
                    self._refresh_edges(run, direction, done)
        finish_run(self.job, run)

    def _refresh_edges(self, run: RunState, direction: int, done: int) -> None:
        edges = self.job.edges[direction]
        for identifier in run.datasets[direction]:
            edge = edges[identifier]
            if edge.last_seen < done:
                edge.last_seen = done
                self.touched[direction].add(identifier)
                self.work.changes.edges[self.job.id, direction, identifier] = edge

    def _raise_threshold(self, direction: int, time: int) -> None:
        known = self.job.thresholds[direction]
        if known is None or time > known:
            self.job.thresholds[direction] = time
            self.rose[direction] = True

    def _judge_edges(self) -> None:
        """Work out which edges are current: all when a threshold rose, else those this event touched."""
        job, changes = self.job, self.work.changes
        for direction in (INPUT, OUTPUT):
            threshold = job.thresholds[direction]
            edges = job.edges[direction]
            for identifier in edges if self.rose[direction] else self.touched[direction]:
                edge = edges[identifier]
                current = threshold is None or edge.last_seen >= threshold
                if current is not edge.current:
                    edge.current, edge.moved = current, True
                    changes.edges[job.id, direction, identifier] = edge
                    self.unsettled = True
