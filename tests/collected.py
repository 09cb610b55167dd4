"""Collecting in tests: the real collector and spool, a file as the sink, and questions to the events in it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import whence
from whence import context
from whence.model import check_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DIRECTIONS = ("inputs", "outputs")
TERMINAL = ("COMPLETE", "FAIL", "ABORT")


class Collected:
    """The events that this process told, read back from the sink's file; each one is checked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def events(self, job: str | None = None) -> list[dict[str, Any]]:
        """Wait until everything has arrived; return the events, of one job if it is named."""
        flushed = whence.flush(20)
        assert flushed is not None
        assert flushed.is_complete, flushed
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        events = [json.loads(line) for line in lines]
        for event in events:
            assert not check_event(event).warnings
        return [event for event in events if job is None or event.get("job", {}).get("name") == job]

    def end(self, job: str) -> dict[str, Any]:
        """Return the one event that ended the job's only run."""
        (event,) = (event for event in self.events(job) if event["eventType"] in TERMINAL)
        return event

    def names(self, job: str) -> tuple[set[str], set[str]]:
        """Return the names of the datasets that the run read and wrote."""
        event = self.end(job)
        return {each["name"] for each in event["inputs"]}, {each["name"] for each in event["outputs"]}

    def places(self, job: str) -> tuple[set[str], set[str]]:
        """Return namespace and name, joined by a slash, of the datasets that the run read and wrote."""
        event = self.end(job)
        inputs, outputs = ({f"{each['namespace']}/{each['name']}" for each in event[key]} for key in _DIRECTIONS)
        return inputs, outputs

    def statistics(self, job: str, name: str) -> dict[str, int]:
        """Return the input or output statistics of the one dataset of the run that has this name."""
        event = self.end(job)
        (dataset,) = (each for key in _DIRECTIONS for each in event[key] if each["name"] == name)
        kinds = [("inputFacets", "inputStatistics"), ("outputFacets", "outputStatistics")]
        found = [dataset[kind][key] for kind, key in kinds if key in dataset.get(kind, {})]
        return {key: value for facet in found for key, value in facet.items() if not key.startswith("_")}

    def output(self, job: str, name: str) -> dict[str, Any]:
        """Return one output dataset of the run."""
        (dataset,) = (each for each in self.end(job)["outputs"] if each["name"] == name)
        return dataset

    def rows(self, job: str, name: str) -> int | None:
        """Return how many rows the run wrote to a dataset."""
        return self.output(job, name).get("outputFacets", {}).get("outputStatistics", {}).get("rowCount")

    def fields(self, job: str, name: str) -> dict[str, set[str]]:
        """Return output field -> "table.field" of its sources."""
        facet = self.output(job, name)["facets"].get("columnLineage", {"fields": {}})
        return {
            field: {f"{source['name']}.{source['field']}" for source in lineage["inputFields"]}
            for field, lineage in facet["fields"].items()
        }

    def text(self) -> str:
        """Return everything that left the process."""
        self.events()
        return self._path.read_text()


@contextmanager
def collecting(folder: Path, **settings: Any) -> Iterator[Collected]:
    """Collect into a folder, with every hook installed, and leave the process as it was."""
    path = folder / "events.jsonl"
    context.take_up(None, None)  # a run that another test left open is not this one's
    whence.configure(sinks=f"file:{path}", spool_dir=str(folder / "spool"), namespace="test", poll_s=0.02, **settings)
    whence.install()
    try:
        yield Collected(path)
    finally:
        whence.uninstall()
        whence.shutdown()
