"""The rows behind names in a path, or the refusal that says what is unknown, in Marquez's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence_server.query.entities import near_names
from whence_server.query.errors import UnknownError
from whence_server.query.versions import uuid_bytes

if TYPE_CHECKING:
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetRow, JobRow, NamespaceRow, RunRow


def namespace_row(reader: Reader, name: str) -> NamespaceRow:
    """Return a namespace."""
    row = reader.namespace(name)
    if row is None:
        message = f"Namespace '{name}' not found."
        raise UnknownError(message, path="namespace")
    return row


def dataset_row(reader: Reader, namespace: str, name: str) -> DatasetRow:
    """Return the dataset that a name means: of an alias, the canonical one."""
    return named_rows(reader, namespace, name)[1]


def named_rows(reader: Reader, namespace: str, name: str) -> tuple[DatasetRow, DatasetRow]:
    """Return the dataset of exactly this name, and the canonical one that stands for it in the graph."""
    ids = reader.dataset_ids([(namespace, name)])
    named = next(iter(reader.datasets(list(ids.values())).values()), None)
    canonical = None if named is None else reader.datasets([named.canonical_id]).get(named.canonical_id)
    if named is None or canonical is None or canonical.hidden:
        message = f"Dataset '{name}' not found."
        raise UnknownError(message, path="dataset", details=_near(reader, name, "DATASET"))
    return named, canonical


def job_row(reader: Reader, namespace: str, name: str) -> JobRow:
    """Return a job."""
    ids = reader.job_ids([(namespace, name)])
    row = next(iter(reader.jobs(list(ids.values())).values()), None)
    if row is None or row.hidden:
        message = f"Job '{name}' not found."
        raise UnknownError(message, path="job", details=_near(reader, name, "JOB"))
    return row


def run_row(reader: Reader, run_id: str) -> RunRow:
    """Return a run; when two jobs used one run id, the run seen last."""
    uuid = uuid_bytes(run_id)
    rows = [] if uuid is None else reader.runs_with_uuid(uuid)
    if not rows:
        message = f"Run '{run_id}' not found."
        raise UnknownError(message, path="runId")
    return max(rows, key=lambda row: (row.last_seen, -row.job_id))


def _near(reader: Reader, name: str, kind: str) -> dict[str, Any]:
    return {"near": [each for each in near_names(reader, name) if each["type"] == kind]}
