"""Datasets that somebody named by hand: understood, and added to the run that they belong to, each once.

On the host's thread, because a file is named by the content that it has when it is named; large ones are left to the
background. What is not understood is left out and said. It must not decide what events say of a dataset.
"""

from __future__ import annotations

from whence._datasets.columns import read_columns, sources_of
from whence._datasets.given import FileHashes, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence._capture.troubles import Troubles
    from whence._capture.worker import Worker
    from whence._datasets.given import Given
    from whence.context import Run

_OPTIONS = {
    "input": ("namespace", "fields", "description", "rows", "facets"),
    "output": ("namespace", "fields", "description", "rows", "facets", "columns"),
}
_MAX_NAMED = 10_000  # datasets that a run may name


class NamedDatasets:
    """Takes the datasets that runs name. Never raises."""

    def __init__(self, worker: Worker, troubles: Troubles) -> None:
        self.hashes = FileHashes()
        self._worker = worker
        self._troubles = troubles

    def add(self, run: Run, direction: str, given: Any, options: dict[str, Any]) -> None:
        """Add a dataset, and those that its columns come from, to a run."""
        try:
            dataset = understand(given, direction, options, run.job_namespace)
            named = [dataset]
            if direction == "output" and options.get("columns"):
                dataset.columns = read_columns(options["columns"], options.get("namespace") or run.job_namespace)
                named += sources_of(dataset.columns)
            for each in named:
                if each.direction == "input":
                    self._read(each)
        except Exception as failure:  # noqa: BLE001  border
            text = f"a dataset was not understood and is left out: {failure}"
            self._troubles.say(f"dataset {type(given).__name__}", text)
            return
        known = _OPTIONS[direction]
        for name in options.keys() - known:
            text = f"add_{direction} has no option {name!r}, which has no effect; known are: {', '.join(known)}"
            self._troubles.say(f"option {name}", text)
        if len(run.datasets) + len(named) > _MAX_NAMED:
            self._troubles.say("named", f"a run named more than {_MAX_NAMED} datasets: the rest is left out")
        elif dataset.columns:
            run.datasets += named
        else:
            _keep(run, dataset)

    def _read(self, dataset: Given) -> None:
        """Name an input that is a file by the content it has now."""
        self.hashes.settle_now(dataset)
        if dataset.path is not None:
            self._worker.put(self.hashes.settle, dataset)


def _keep(run: Run, dataset: Given) -> None:
    """Add a dataset to its run; one that was named before, with the content that it has now, stays one."""
    key = dataset.direction, dataset.namespace, dataset.name, dataset.stamp
    known = run.named.setdefault(key, dataset)
    if known is dataset:
        run.datasets.append(dataset)
    else:
        known.facets.update(dataset.facets)
        known.io_facets.update(dataset.io_facets)
