"""What a run told of its files, for tests: short names, rows and columns of inputs and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from collected import Collected


class Told:
    """The datasets of one run. A local file is called by its path below the folder, all else by its full name."""

    def __init__(self, collected: Collected, job: str, folder: Path) -> None:
        event = collected.end(job)
        self._folder = f"{folder.resolve()}/"
        self.inputs = {self._short(each): each for each in event["inputs"]}
        self.outputs = {self._short(each): each for each in event["outputs"]}
        assert len(self.inputs) == len(event["inputs"]), "an input is told twice"
        assert len(self.outputs) == len(event["outputs"]), "an output is told twice"

    def _short(self, dataset: dict[str, Any]) -> str:
        name = dataset["name"].removeprefix("file::").partition("@sha256:")[0]
        if dataset["namespace"] == "file" and name.startswith(self._folder):
            return name.removeprefix(self._folder)
        return f"{dataset['namespace']} {dataset['name']}"

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """Inputs and outputs, sorted."""
        return sorted(self.inputs), sorted(self.outputs)

    def rows(self, name: str) -> int | None:
        """Return the rows of an output, else of an input."""
        dataset = self.outputs.get(name) or self.inputs[name]
        for facets, key in (("outputFacets", "outputStatistics"), ("inputFacets", "inputStatistics")):
            if key in dataset.get(facets, {}):
                return dataset[facets][key].get("rowCount")
        return None

    def fields(self, name: str) -> dict[str, str | None]:
        """Return the columns and types of an input, else of an output."""
        dataset = self.inputs.get(name) or self.outputs[name]
        found = dataset["facets"].get("schema", {"fields": []})["fields"]
        return {field["name"]: field.get("type") for field in found}
