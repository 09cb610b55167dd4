"""A book of the nodes that one answer speaks of: their rows, read in chunks and once, and their node ids.

A node is a dataset's id, or minus a job's id (see `stores.rows`). Must not decide what belongs into an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.model import dataset_node_id, job_node_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetRow, JobRow


class NodeBook:
    """Rows of datasets and jobs by node, filled by `load`."""

    __slots__ = ("_ids", "_names", "_reader", "_shown_names", "datasets", "jobs")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ids: dict[int, str] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._shown_names: dict[int, tuple[str, str, dict[str, str]]] = {}
        self.datasets: dict[int, DatasetRow] = {}
        self.jobs: dict[int, JobRow] = {}

    def load(self, nodes: Iterable[int]) -> None:
        """Read the rows of nodes that were not read yet."""
        wanted = {node for node in nodes if node}
        datasets = [node for node in wanted if node > 0 and node not in self.datasets]
        jobs = [-node for node in wanted if node < 0 and -node not in self.jobs]
        if datasets:
            self.datasets.update(self._reader.datasets(datasets))
        if jobs:
            self.jobs.update(self._reader.jobs(jobs))

    def load_names(self, datasets: Iterable[int]) -> None:
        """Read the names of datasets of which nothing else is needed."""
        wanted = {each for each in datasets if each not in self.datasets and each not in self._names}
        if wanted:
            self._names.update(self._reader.dataset_names(list(wanted)))

    def dataset_names(self, datasets: Iterable[int]) -> list[dict[str, str]]:
        """Return loaded datasets as {namespace, name}, sorted; those that are hidden or gone are left out."""
        shown = [name for name in map(self._shown_name, datasets) if name is not None]
        if len(shown) > 1:
            shown.sort()
        return [name[2] for name in shown]

    def _shown_name(self, dataset: int) -> tuple[str, str, dict[str, str]] | None:
        """Return what a dataset sorts by and how it is shown: made once, for all the jobs that name it."""
        known = self._shown_names.get(dataset)
        if known is not None:
            return known
        row = self.datasets.get(dataset)
        if row is not None and row.hidden:
            return None
        name = self._names.get(dataset) if row is None else (row.namespace, row.name)
        if name is None:
            return None
        known = self._shown_names[dataset] = (*name, {"namespace": name[0], "name": name[1]})
        return known

    def is_shown(self, node: int) -> bool:
        """Tell whether a loaded node exists and nobody hid it."""
        row = self.datasets.get(node) if node > 0 else self.jobs.get(-node)
        return row is not None and not row.hidden

    def node_id(self, node: int) -> str:
        """Return the node id of a loaded node."""
        known = self._ids.get(node)
        if known is None:
            if node > 0:
                dataset = self.datasets[node]
                known = dataset_node_id(dataset.namespace, dataset.name)
            else:
                job = self.jobs[-node]
                known = job_node_id(job.namespace, job.name)
            self._ids[node] = known
        return known
