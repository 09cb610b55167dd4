"""An OpenLineage event as DataHub's metadata change proposals; pure, but for the start times that it remembers.

    RunEvent      flow, job, run (STARTED, COMPLETE with its result), the job's inlets and outlets, outputs' upstreams
    JobEvent      the same without a run
    DatasetEvent  the dataset's description and upstreams

The rules of who owns what:
- flow, job, owners of a job: CREATE; of our own jobs also the description, patched alone at the end of a run.
- a job's edges, a dataset's upstreams: PATCH of each; DataHub makes the aspect from its template where there is none.
- a dataset's description: CREATE. So is its `status`, without which the catalogue would not show a dataset that it
  meets for the first time as a mere input.
- the run: UPSERT by the event that knows, CREATE by those that may know less.
- schemas: never. A run sees the columns that it uses, and the catalogue would take these for all.

Must not: make up lineage. START's outputs are plans, and so are the outputs of a failed run of others.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from whence.emit.sinks.datahub import _work as work
from whence.emit.sinks.datahub._lineage import Lineage
from whence.emit.sinks.datahub._names import key_of
from whence.emit.sinks.datahub._proposals import Origin, Proposal, create
from whence.emit.sinks.datahub._told import Told, description_of, objects, read_event
from whence.model._json import is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whence.emit.sinks.datahub._names import Key, Names
    from whence.emit.sinks.datahub._told import Json

_NO_RUN = "no-run-id-provided"  # DataHub's own word
_MAX_STARTS = 10_000


class Translator:
    """Turns events into proposals. Not safe between threads."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._starts: OrderedDict[str, int] = OrderedDict()

    def proposals(self, body: bytes) -> list[Proposal]:
        """Return what an event changes, in order. Raises `UnreadableError`."""
        told = read_event(body)
        origin = Origin(told.time_ms, told.run_id or _NO_RUN)
        if told.kind == "DATASET":
            return self._datasets(told, [told.dataset], origin)
        ends = self._ends(told)
        if told.event_type not in {"START", ""} and not told.result and not any(ends):
            return []  # a word in between that says nothing that a catalogue keeps
        job = work.work_of(told, self._names)
        made = work.describe(told, job, self._names, origin)
        started_ms = self._started(told) if told.kind == "RUN" else None
        if told.kind == "RUN":
            if told.is_start or told.result:
                made += work.begin(told, job, started_ms, origin)
            made += work.move(told, ends, origin)
        made += work.connect(told, job, self._names, ends, origin)
        made += self._datasets(told, _written(told), origin)
        return made + (work.happen(told, started_ms, origin) if told.kind == "RUN" else [])

    def _ends(self, told: Told) -> tuple[list[str], list[str]]:
        read, written = (self._names.known(each) for each in (told.inputs, _written(told)))
        return list(dict.fromkeys(read.values())), list(dict.fromkeys(written.values()))

    def _started(self, told: Told) -> int | None:
        """Return when a run began: by its id, by this event, or as its START said a while ago."""
        started_ms = told.started_ms
        if not told.is_start:
            return self._starts.get(told.run_id) if started_ms is None else started_ms
        if not told.is_ours:
            self._starts[told.run_id] = told.time_ms
            if len(self._starts) > _MAX_STARTS:
                self._starts.popitem(last=False)
        return started_ms

    def _datasets(self, told: Told, written: list[Json], origin: Origin) -> list[Proposal]:
        """Return what is new of the datasets themselves: descriptions, upstreams, that they exist."""
        told_of = [*told.inputs, *written]
        known = self._names.known(told_of)
        stated = _stated_by_job(told)
        lineages = self._lineages(told, written, known, stated)
        found: dict[str, str | None] = {}
        for dataset in told_of:
            urn = known.get(key_of(dataset) or ("", ""))
            if urn:
                found[urn] = found.get(urn) or description_of(dataset.get("facets"))
        for lineage in lineages.values():
            for urn in lineage.tables:
                found.setdefault(urn, None)
        made: list[Proposal] = []
        for urn, description in found.items():
            if description:
                properties: Json = {"customProperties": {}, "description": description}
                made.append(create(urn, "datasetProperties", properties, origin))
            elif urn not in lineages:
                made.append(create(urn, "status", {"removed": False}, origin))
        return made + [lineage.proposal(origin) for lineage in lineages.values()]

    def _lineages(
        self, told: Told, written: Iterable[Json], known: Mapping[Key, str], stated: Mapping[Key, Json]
    ) -> dict[str, Lineage]:
        """Return the lineage of each dataset written that comes from anywhere, by URN."""

        def find(namespace: str, name: str) -> str | None:
            return known.get((namespace, name)) or self._names.dataset(namespace, name)

        inputs = list(self._names.known(told.inputs).values())
        found: dict[str, Lineage] = {}
        for dataset in written:
            key = key_of(dataset)
            urn = known.get(key) if key else None
            if not key or not urn:
                continue
            facets: Any = dataset.get("facets")
            lineage = found.setdefault(urn, Lineage(urn, find, told.job_name or "whence"))
            lineage.read(facets if is_object(facets) else {}, stated.get(key), inputs)
        return {urn: lineage for urn, lineage in found.items() if lineage.tables or lineage.fields}


def _written(told: Told) -> list[Json]:
    """Return the outputs that are facts: not those of a run that only begins, nor what others' failed runs planned."""
    is_plan = told.is_start or (not told.is_ours and told.event_type in {"FAIL", "ABORT"})
    return [] if is_plan else told.outputs


def _stated_by_job(told: Told) -> dict[Key, Json]:
    """Return what the job's own lineage facet states of datasets."""
    entries = objects(told.job_facet("lineage").get("entries"))
    found = {key_of(each): each for each in entries if each.get("type", "DATASET") == "DATASET"}
    return {key: entry for key, entry in found.items() if key is not None}
