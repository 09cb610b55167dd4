"""How statements about origins merge: columnLineage facets, lineage facets, and the passages that follow from them.

columnLineage: of one (job, output) the facet of the event with the greatest id stays, as with any facet.
lineage: a run event adds its statements, a job or dataset event replaces those that are older than itself. So a
statement lives as long as the last event that made it is not older than the last declaration. Of the two, lineage
outranks columnLineage, and both outrank what was inferred from a job's SQL, which tells fields and takes no edge away;
last comes the guess inputs x outputs. Only passages along current edges live.

Source: LineageFacet.json 1-0-0 and its rules in OpenLineage#4359.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from whence_server.graph.derivations import FieldMapWriter, written
from whence_server.graph.facet_merge import content_hash
from whence_server.graph.facets.column_lineage import KEY as COLUMN_LINEAGE
from whence_server.graph.facets.lineage import KEY as LINEAGE
from whence_server.graph.facets.origins import Origin, Origins
from whence_server.graph.saying import INPUT, JOB_EVENT, OUTPUT, DatasetSaid, Said
from whence_server.graph.states import NO_STAMP, DatasetState, Derivation, Derivations, JobState, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence_server.graph.workset import Workset

INFERRED = "INFERRED"  # the subtype by which a teller says that it guesses
FROM_COLUMN_LINEAGE = 1
FROM_LINEAGE = 2
FROM_SQL = 3
RANKS = (0, 2, 3, 1)  # by source: how much it counts
MAX_INPUTS_INFERRED = 100  # of a job: beyond it inputs x outputs would be too many rows
NO_JOB = 0
DECLARED = ":lineage"  # the stamp of a job's last declaration
_NO_CONTENT = "-"


class Named(NamedTuple):
    """Datasets that only facets name as inputs or outputs of the event's job."""

    inputs: list[DatasetState]
    outputs: list[DatasetState]


class _Names:
    """Turns the names of origins into nodes; whatever is named exists from then on."""

    __slots__ = ("datasets", "own_job", "said", "seq", "work")

    def __init__(self, work: Workset, said: Said, seq: int, own_job: JobState | None) -> None:
        self.work, self.said, self.seq, self.own_job = work, said, seq, own_job
        self.datasets: dict[int, DatasetState] = {}

    def mention(self, origins: Origins) -> None:
        """Make known what datasets a facet names."""
        for name in origins.datasets:
            dataset = self.work.dataset(name, self.said.time, self.seq, used=True)
            self.datasets[dataset.id] = dataset

    def node(self, origin: Origin) -> int:
        """Return the node of an origin; 0 when it is the event's own job and the event has none."""
        if origin.name is None:
            return -self.own_job.id if self.own_job is not None else 0
        if origin.is_job:
            return -self.work.job(origin.name, self.said.time, self.seq, used=False).id
        dataset = self.work.datasets.get(origin.name)
        if dataset is None or dataset.id not in self.datasets:
            dataset = self.work.dataset(origin.name, self.said.time, self.seq, used=True)
            self.datasets[dataset.id] = dataset
        return dataset.id


# --- columnLineage ---


def tell_columns(
    work: Workset, said: Said, about: DatasetSaid, dataset: DatasetState, job: JobState, seq: int
) -> tuple[list[DatasetState], bool]:
    """Merge the columnLineage facet of an output; return the datasets it names and whether passages changed."""
    names = _Names(work, said, seq, job)
    changed = _merge_columns(names, about, dataset, job.derivations)
    if changed is not None:
        work.changes.derivations[dataset.id, job.id, FROM_COLUMN_LINEAGE] = changed
    return list(names.datasets.values()), changed is not None


def _merge_columns(
    names: _Names, about: DatasetSaid, dataset: DatasetState, derivations: Derivations
) -> Derivation | None:
    """Merge a columnLineage facet; return the derivation when what it says changed. Names are known in any case."""
    origins, said = about.column_lineage, names.said
    if origins is not None:
        names.mention(origins)
    known = derivations.of(dataset.id, FROM_COLUMN_LINEAGE)
    if said.id <= known.stamp:
        return None
    known.stamp = said.id
    winner, content = dataset.stamps.get(COLUMN_LINEAGE, (NO_STAMP, ""))
    if winner != said.id:
        content = content_hash(orjson.dumps(about.facets[COLUMN_LINEAGE]))
    if content == known.content:
        return None
    known.content = content
    writer = None if origins is None else written(origins, names.node)
    known.origins = None if writer is None else writer.nodes()
    known.fields = None if writer is None else writer.encode()
    return known


def tell_inferred(work: Workset, said: Said, about: DatasetSaid, dataset: DatasetState, job: JobState) -> bool:
    """Merge what the job's SQL says about an output: the event with the greatest id wins, also if it says nothing.

    Return whether passages may have changed.
    """
    origins = about.inferred
    known = job.derivations.of(dataset.id, FROM_SQL)
    if said.id <= known.stamp:
        return False
    known.stamp = said.id
    work.changes.derivations[dataset.id, job.id, FROM_SQL] = known
    content = (
        _NO_CONTENT if origins is None else content_hash(orjson.dumps([origins.fields, origins.whole], default=list))
    )
    if content == known.content:
        return False
    known.content = content
    names = _Names(work, said, 0, job)  # all of them are datasets that the event lists
    writer = None if origins is None else written(origins, names.node)
    known.origins = None if writer is None else writer.nodes()
    known.fields = None if writer is None else writer.encode()
    return True


# --- lineage ---


def tell_job(
    work: Workset, said: Said, targets: list[tuple[DatasetSaid, DatasetState]], job: JobState, seq: int
) -> Named:
    """Merge the lineage facets of a job and of its outputs; return the datasets they name as its inputs and outputs."""
    names = _Names(work, said, seq, job)
    named = Named([], [])
    if said.kind == JOB_EVENT and LINEAGE in said.job_facets:
        _declare_job(work, said, job)
    threshold = _declared(job)
    for entry in said.entries:
        outputs = _entry_target(names, entry.target_is_job, entry.target)
        target = -job.id if outputs is None else outputs
        nodes = _merge_lineage(names, entry.origins, job.derivations.of(target, FROM_LINEAGE), threshold)
        work.changes.derivations[target, job.id, FROM_LINEAGE] = job.derivations.of(target, FROM_LINEAGE)
        _note_named(names, named, target, nodes)
    for about, dataset in targets:
        if about.direction == OUTPUT and LINEAGE in about.facets:
            known = job.derivations.of(dataset.id, FROM_LINEAGE)
            if said.kind == JOB_EVENT:
                known.stamp = max(known.stamp, said.id)
            origins = about.lineage
            nodes = _merge_lineage(names, origins, known, max(threshold, known.stamp))
            work.changes.derivations[dataset.id, job.id, FROM_LINEAGE] = known
            _note_named(names, named, dataset.id, nodes)
    return named


def _entry_target(names: _Names, is_job: bool, target: tuple[str, str] | None) -> int | None:  # noqa: FBT001 - a field of Entry
    if target is None:
        return None
    return names.node(Origin(is_job, target, None, []))


def _note_named(names: _Names, named: Named, target: int, nodes: Iterable[int]) -> None:
    """Say which named datasets the own job reads or writes: it does neither for what passes between others."""
    assert names.own_job is not None  # noqa: S101 - only called for events with a job
    own = -names.own_job.id
    nodes = list(nodes)
    foreign = bool(nodes) and all(node < 0 and node != own for node in nodes)
    if target > 0 and not foreign:
        found = names.datasets.get(target)
        if found is not None:
            named.outputs.append(found)
    if target > 0 or target == own:
        named.inputs.extend(names.datasets[node] for node in nodes if node > 0)


def _declare_job(work: Workset, said: Said, job: JobState) -> None:
    """Let a job event replace all older statements of its job."""
    known = job.stamps.get(DECLARED)
    if known is not None and known[0] >= said.id:
        return
    job.stamps[DECLARED] = (said.id, _NO_CONTENT)
    for target, by_source in job.derivations.by_target.items():
        derivation = by_source.get(FROM_LINEAGE)
        if derivation is not None and _prune(derivation, max(said.id, derivation.stamp)):
            _rewrite(derivation)
            work.changes.derivations[target, job.id, FROM_LINEAGE] = derivation


def _declared(job: JobState) -> bytes:
    known = job.stamps.get(DECLARED)
    return NO_STAMP if known is None else known[0]


def _merge_lineage(names: _Names, origins: Origins | None, known: Derivation, threshold: bytes) -> set[int]:
    """Add statements, forget those older than the threshold; return the nodes that this event names as origins."""
    identifier = names.said.id
    before = set(known.seen)
    nodes: set[int] = set()
    for statement in () if origins is None else _statements(names, origins):
        if len(statement) > 1 and statement[1]:
            nodes.add(statement[1])
        key = orjson.dumps(statement, option=orjson.OPT_SORT_KEYS).decode()
        if identifier > known.seen.get(key, NO_STAMP):
            known.seen[key] = identifier
    _prune(known, threshold)
    if before != set(known.seen):
        _rewrite(known)
    return nodes


def _statements(names: _Names, origins: Origins) -> list[list[Any]]:
    """Return [field or null, node, origin field, transformations]; [field] or [] where there are no origins."""
    if not origins.whole and not origins.fields:
        return [[]]
    found: list[list[Any]] = [
        [None, names.node(origin), origin.field, origin.transformations] for origin in origins.whole
    ]
    for field, items in origins.fields.items():
        found.extend([field, names.node(origin), origin.field, origin.transformations] for origin in items)
        if not items:
            found.append([field])
    return [statement for statement in found if len(statement) == 1 or statement[1]]


def _prune(known: Derivation, threshold: bytes) -> bool:
    dead = [key for key, seen in known.seen.items() if seen < threshold]
    for key in dead:
        del known.seen[key]
    return bool(dead)


def _rewrite(known: Derivation) -> None:
    """Make origins and field map from the statements that live."""
    writer = FieldMapWriter()
    for key in sorted(known.seen):
        statement = orjson.loads(key)
        if len(statement) == 1:
            writer.field(statement[0])
        elif statement:
            writer.add(statement[0], statement[1], statement[2], statement[3])
    known.origins = writer.nodes() if known.seen else None
    known.guessed = guessed_in(known.seen)
    known.fields = writer.encode() if known.seen else None


def guessed_in(statements: Iterable[str]) -> frozenset[int]:
    """Return the origins of which every statement says that it was inferred."""
    guessed: set[int] = set()
    stated: set[int] = set()
    for key in statements:
        _, origin, _, transformations = [*orjson.loads(key), None, None, None, None][:4]
        if origin is not None:
            is_guess = bool(transformations) and all(each.get("subtype") == INFERRED for each in transformations)
            (guessed if is_guess else stated).add(origin)
    return frozenset(guessed - stated)


# --- what dataset events say ---


def tell_dataset(work: Workset, said: Said, about: DatasetSaid, dataset: DatasetState, seq: int) -> None:
    """Merge what a dataset event says about where its dataset comes from: a passage without a job."""
    if COLUMN_LINEAGE not in about.facets and LINEAGE not in about.facets:
        return
    told = dataset.told if dataset.told is not None else Derivations()
    dataset.told = told
    names = _Names(work, said, seq, None)
    if COLUMN_LINEAGE in about.facets:
        _merge_columns(names, about, dataset, told)
        key = (dataset.id, NO_JOB, FROM_COLUMN_LINEAGE)
        work.changes.derivations[key] = told.of(dataset.id, FROM_COLUMN_LINEAGE)
    if LINEAGE in about.facets:
        known = told.of(dataset.id, FROM_LINEAGE)
        known.stamp = max(known.stamp, said.id)
        _merge_lineage(names, about.lineage, known, known.stamp)
        work.changes.derivations[dataset.id, NO_JOB, FROM_LINEAGE] = known
    passage = passage_told(told.by_target[dataset.id])
    if told.passages.get(dataset.id, _NOTHING) != passage:
        told.passages[dataset.id] = passage
        work.changes.passages[dataset.id, NO_JOB] = passage


# --- passages ---

_NOTHING = Passage(0, ())


def passage_told(by_source: dict[int, Derivation]) -> Passage:
    """Return the passage that dataset events state: lineage before columnLineage, all of it alive."""
    for source in (FROM_LINEAGE, FROM_COLUMN_LINEAGE):
        derivation = by_source.get(source)
        if derivation is not None and derivation.origins is not None:
            return Passage(source, tuple(node for node in derivation.origins if node), derivation.guessed)
    return _NOTHING


def settle_job(work: Workset, job: JobState) -> None:
    """Work out the passages through a job again, and what its edges are known from; note what changed."""
    passages = job.derivations.passages
    known_from: dict[int, int] = {}
    for target, by_source in job.derivations.by_target.items():
        passing = _passing_through(job, target, by_source)
        for node in passing.origins:
            if node > 0:
                known_from[node] = max(passing.source_of(node), known_from.get(node, 0), key=RANKS.__getitem__)
        passage = _between_others(job, target, passing)
        if passages.get(target, _NOTHING) != passage:
            passages[target] = passage
            work.changes.passages[target, job.id] = passage
        if target > 0:
            _mark_edge(work, job, OUTPUT, target, passing.source)
    for identifier in job.edges[INPUT]:
        _mark_edge(work, job, INPUT, identifier, known_from.get(identifier, 0))


def _mark_edge(work: Workset, job: JobState, direction: int, identifier: int, source: int) -> None:
    edge = job.edges[direction].get(identifier)
    if edge is not None and edge.source != source:
        edge.source, edge.moved = source, True
        work.changes.edges[job.id, direction, identifier] = edge


def _passing_through(job: JobState, target: int, by_source: dict[int, Derivation]) -> Passage:
    """Return what passes through the job into a target. _NOTHING: nothing is said, so all current inputs may."""
    edge = job.edges[OUTPUT].get(target)
    if edge is not None and not edge.current:
        return _NOTHING
    own_edges = target > 0 or target == -job.id
    explicit = by_source.get(FROM_LINEAGE)
    if explicit is not None and explicit.origins is not None:
        alive = _alive(job, explicit.origins, own_edges=own_edges)
        if alive or not explicit.origins:
            return Passage(FROM_LINEAGE, alive, explicit.guessed.intersection(alive))
    columns = by_source.get(FROM_COLUMN_LINEAGE)
    alive = _alive(job, columns.origins or [], own_edges=own_edges) if columns is not None else ()
    return Passage(FROM_COLUMN_LINEAGE, alive) if alive else _inferred(job, by_source.get(FROM_SQL))


def _inferred(job: JobState, found: Derivation | None) -> Passage:
    """Return all current inputs, if the SQL of one of them is known to flow: it was read, and nobody vouches for it."""
    if found is None or not _alive(job, found.origins or [], own_edges=True):
        return _NOTHING
    current = sorted(node for node, edge in job.edges[INPUT].items() if edge.current)
    return Passage(FROM_SQL, tuple(current)) if len(current) <= MAX_INPUTS_INFERRED else _NOTHING


def _alive(job: JobState, origins: list[int], *, own_edges: bool) -> tuple[int, ...]:
    if not own_edges:
        return tuple(origins)
    inputs = job.edges[INPUT]
    return tuple(node for node in origins if node < 0 or (node in inputs and inputs[node].current))


def _between_others(job: JobState, target: int, passing: Passage) -> Passage:
    """Leave out what the job's edges say already: itself as an origin, and datasets that pass into itself."""
    own = -job.id
    kept = tuple(node for node in passing.origins if node != own and not (target == own and node > 0))
    return passing if kept == passing.origins else Passage(passing.source, kept, passing.guessed.intersection(kept))


def restore_passages(job: JobState) -> None:
    """Work out the passages of a job that was just loaded, as settle_job left them."""
    passages = job.derivations.passages
    for target, by_source in job.derivations.by_target.items():
        passages[target] = _between_others(job, target, _passing_through(job, target, by_source))
