"""What one event says, read out of its JSON: the input of the fold.

A pure function of the event. It reads names, times and the facets that make the graph, and keeps every facet as it
came. It must not know what other events said, and raises nothing for what it finds inside facets: that becomes a
note. Source: OpenLineage.json 2-0-2; the structure was checked by whence.model.check_event before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from whence_server.graph.facets.column_lineage import KEY as COLUMN_LINEAGE
from whence_server.graph.facets.column_lineage import read_column_lineage
from whence_server.graph.facets.data_source import KEY as DATA_SOURCE
from whence_server.graph.facets.data_source import DataSource, read_data_source
from whence_server.graph.facets.lineage import KEY as LINEAGE
from whence_server.graph.facets.lineage import Entry, read_dataset_lineage, read_job_lineage
from whence_server.graph.facets.notes import IGNORED, Notes
from whence_server.graph.facets.parent import Parent, read_parent
from whence_server.graph.facets.source_location import KEY as LOCATION
from whence_server.graph.facets.source_location import read_location
from whence_server.graph.facets.symlinks import KEY as SYMLINKS
from whence_server.graph.facets.symlinks import Symlink, read_symlinks
from whence_server.graph.sql_inference import KEY as SQL
from whence_server.graph.sql_inference import Listed, has_sql_alone, inferred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whence.model import Checked
    from whence_server.graph.facets.origins import Name, Origins

Facets = dict[str, Any]

INPUT: Final = 0
OUTPUT: Final = 1
DESCRIBED: Final = 2  # the dataset of a dataset event
KINDS: Final = {"run": 0, "job": 1, "dataset": 2}
RUN_EVENT, JOB_EVENT, DATASET_EVENT = 0, 1, 2
_NONE: Final[Facets] = {}


class DatasetSaid:
    """A dataset in an event. `direction` is INPUT, OUTPUT or DESCRIBED; `in_run` holds inputFacets or outputFacets."""

    __slots__ = ("column_lineage", "direction", "facets", "in_run", "inferred", "lineage", "name", "source", "symlinks")

    def __init__(self, name: Name, direction: int, facets: Facets, in_run: Facets) -> None:
        self.name = name
        self.direction = direction
        self.facets = facets
        self.in_run = in_run
        self.symlinks: list[Symlink] = []
        self.source: DataSource | None = None
        self.column_lineage: Origins | None = None
        self.lineage: Origins | None = None
        self.inferred: Origins | None = None  # what the job's SQL says, where nothing was told


class Said:
    """What one event says. `run` is its id as 16 bytes; `job` and `run` are None where the kind of event has none."""

    __slots__ = (
        "datasets", "entries", "has_sql_alone", "id", "job", "job_facets", "kind", "location", "notes", "parent", "run",
        "run_facets", "time", "type",
    )  # fmt: skip

    def __init__(self, identifier: bytes, checked: Checked) -> None:
        self.id = identifier
        self.time = checked.event_time
        self.kind = KINDS[checked.kind]
        self.type = checked.event_type
        self.job: Name | None = None
        self.run: bytes | None = None
        self.job_facets = _NONE
        self.run_facets = _NONE
        self.datasets: list[DatasetSaid] = []
        self.parent: Parent | None = None
        self.location: str | None = None
        self.entries: list[Entry] = []
        self.notes = Notes()
        self.has_sql_alone = False

    def dataset_names(self) -> Iterator[Name]:
        """Yield the names of all datasets the event mentions in any place, with repetitions."""
        for said in self.datasets:
            yield said.name
            for link in said.symlinks:
                yield link.name
            if said.column_lineage is not None:
                yield from said.column_lineage.datasets
            if said.lineage is not None:
                yield from said.lineage.datasets
        for entry in self.entries:
            if not entry.target_is_job and entry.target is not None:
                yield entry.target
            yield from entry.origins.datasets

    def job_names(self) -> Iterator[Name]:
        """Yield the names of all jobs the event mentions in any place, with repetitions."""
        if self.job is not None:
            yield self.job
        if self.parent is not None and self.parent.job is not None:
            yield self.parent.job
        for said in self.datasets:
            if said.lineage is not None:
                yield from said.lineage.jobs
        for entry in self.entries:
            if entry.target_is_job and entry.target is not None:
                yield entry.target
            yield from entry.origins.jobs


def read_event(identifier: bytes, event: dict[str, Any], checked: Checked) -> Said:
    """Read an event that passed whence.model.check_event."""
    said = Said(identifier, checked)
    if said.kind == DATASET_EVENT:
        _read_dataset(said, event["dataset"], DESCRIBED, "$.dataset")
        return said
    job = event["job"]
    said.job = (job["namespace"], job["name"])
    said.job_facets = _facets(job)
    said.location = read_location(said.job_facets.get(LOCATION))
    if LINEAGE in said.job_facets:
        said.entries = _job_lineage(said, "$.job.facets.lineage")
    if said.kind == RUN_EVENT:
        said.run = UUID(cast("str", checked.run_id)).bytes
        said.run_facets = _facets(event["run"])
        if "parent" in said.run_facets or "parentRun" in said.run_facets:
            said.parent = read_parent(said.run_facets, "$.run.facets", said.notes)
    # Outputs first: of two facets with one key in one event, the output's stays.
    for index, dataset in enumerate(event.get("outputs") or ()):
        _read_dataset(said, dataset, OUTPUT, f"$.outputs[{index}]")
    for index, dataset in enumerate(event.get("inputs") or ()):
        _read_dataset(said, dataset, INPUT, f"$.inputs[{index}]")
    if SQL in said.job_facets:
        _read_sql(said)
    return said


def _read_sql(said: Said) -> None:
    """Work out from the job's SQL where the outputs' columns come from, if nothing tells it.

    Not for a START: producers that know columns tell them at the end, and those that do not send the text again.
    """
    if said.type == "START":
        return
    outputs = [each for each in said.datasets if each.direction == OUTPUT]
    said.has_sql_alone = has_sql_alone(said.job_facets, (each.facets for each in outputs))
    if said.has_sql_alone:
        inputs = [Listed(each.name, each.facets) for each in said.datasets if each.direction == INPUT]
        found = inferred(said.job_facets[SQL], inputs, [Listed(each.name, each.facets) for each in outputs])
        for each in outputs:
            each.inferred = found.get(each.name)


def _facets(owner: dict[str, Any]) -> Facets:
    return owner.get("facets") or _NONE


def is_deleted(facet: Any) -> bool:
    """Tell whether a facet is a tombstone."""
    return isinstance(facet, dict) and cast("dict[str, Any]", facet).get("_deleted") is True


def _job_lineage(said: Said, path: str) -> list[Entry]:
    facet = said.job_facets[LINEAGE]
    return [] if is_deleted(facet) or facet is None else read_job_lineage(facet, path, said.notes)


def _read_dataset(said: Said, dataset: dict[str, Any], direction: int, path: str) -> None:
    facets = _facets(dataset)
    in_run = dataset.get("outputFacets" if direction == OUTPUT else "inputFacets") or _NONE
    name = (dataset["namespace"], dataset["name"])
    found = DatasetSaid(name, direction, facets, in_run)
    said.datasets.append(found)
    if DATA_SOURCE in facets:
        found.source = read_data_source(facets[DATA_SOURCE])
    if SYMLINKS in facets:
        found.symlinks = read_symlinks(facets[SYMLINKS], name, f"{path}.facets.symlinks", said.notes)
    if COLUMN_LINEAGE in facets and _is_about_target(said, found, COLUMN_LINEAGE, path):
        here = f"{path}.facets.columnLineage"
        found.column_lineage = read_column_lineage(facets[COLUMN_LINEAGE], here, said.notes)
    if LINEAGE in facets and _is_about_target(said, found, LINEAGE, path):
        found.lineage = read_dataset_lineage(facets[LINEAGE], f"{path}.facets.lineage", said.notes)


def _is_about_target(said: Said, found: DatasetSaid, key: str, path: str) -> bool:
    if found.direction == INPUT:
        message = f"{key} on an input is kept and left out of the graph; send it on an output or in a dataset event"
        said.notes.add(IGNORED, f"{path}.facets.{key}", message)
        return False
    return not is_deleted(found.facets[key])
