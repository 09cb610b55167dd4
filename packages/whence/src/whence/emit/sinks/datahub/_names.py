"""What things are called in DataHub: the URNs of datasets, fields, jobs, flows and runs.

Names of datasets come from the naming table of `whence.model`. Here stands only what DataHub's users expect beyond it:
a table of Athena is Glue's table, a file is its path and not its content, a table told as symlink beats the place where
its files lie, and a URN that somebody gave by hand stays as it is.

Must not: guess a platform instance or change a URN that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whence.errors import NamingError
from whence.model import (
    DatasetId,
    DatasetUrn,
    dataset_urn,
    parse_dataset_urn,
    parse_file_id,
    platform_for_namespace,
)
from whence.model._json import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ORCHESTRATOR = "pythonSdk"
_DATASET = "urn:li:dataset:("
_JOB = "urn:li:dataJob:("
_PLATFORM = "urn:li:dataPlatform:"
_HIVE_CATALOG = "awsdatacatalog"  # Athena's name of Glue's catalogue
_FILES = frozenset({"s3", "gcs", "abfss", "wasbs", "hdfs", "dbfs", "file", "remote_file"})
_ORCHESTRATORS = {
    each.upper(): each for each in ("airflow", "azkaban", "dagster", "dbt", "fivetran", "flink", "nifi", "prefect")
} | {"SPARK": "spark"}
_ESCAPES = {",": "%2C", "(": "%28", ")": "%29", "␟": "%E2%90%9F"}
Key = tuple[str, str]


class Names:
    """Makes the names of one catalogue: its environment, and its platform instances by platform ("" for all)."""

    def __init__(self, env: str = "PROD", instances: Mapping[str, str] | None = None) -> None:
        self.env = env
        self._instances = instances or {}

    def known(self, datasets: Iterable[Mapping[str, Any]]) -> dict[Key, str]:
        """Return (namespace, name) -> URN of an event's datasets; those without a possible name are left out."""
        found: dict[Key, str] = {}
        for dataset in datasets:
            key = key_of(dataset)
            urn = self._told(dataset) or (self.dataset(*key) if key else None)
            if key and urn:
                found[key] = urn
        return found

    def dataset(self, namespace: str, name: str) -> str | None:
        """Return the URN of a dataset, None when it can have none."""
        try:
            if name.startswith(_DATASET):
                return _checked(name)
            if namespace.startswith(_PLATFORM):
                return _checked(str(DatasetUrn(namespace.removeprefix(_PLATFORM), name, self.env)))
            return self._named(DatasetId(namespace, name))
        except NamingError:
            return None

    def _named(self, dataset: DatasetId) -> str:
        row = platform_for_namespace(dataset.namespace)
        platform = None
        if row is not None and row.name in _FILES:
            dataset = DatasetId(dataset.namespace, _path_of(dataset.name))
        elif row is not None and row.name == "athena":
            catalog = row.parts_of(dataset.namespace, dataset.name).get("database", _HIVE_CATALOG)
            platform = "glue" if catalog.lower() == _HIVE_CATALOG else None
        urn_platform = platform or (row.urn_platform if row else dataset.namespace.partition("://")[0])
        instance = self._instances.get(urn_platform, self._instances.get(""))
        urn = parse_dataset_urn(
            dataset_urn(dataset, env=self.env, platform_instance=instance or None, platform=platform)
        )
        if row is not None and row.name in _FILES - {"file", "remote_file"}:
            return str(DatasetUrn(urn.platform, urn.name.rstrip("/") or urn.name, urn.env))
        return str(urn)

    def _told(self, dataset: Mapping[str, Any]) -> str | None:
        """Return the URN that the dataset's own facets tell: one given by hand, else the table that lies in a place."""
        facets = dataset.get("facets")
        if not is_object(facets):
            return None
        if urn := urn_by_hand(facets):
            return urn
        row = platform_for_namespace(str(dataset.get("namespace")))
        symlinks = facets.get("symlinks")
        listed = symlinks.get("identifiers") if is_object(symlinks) else None
        if row is None or row.name not in _FILES or not is_array(listed):
            return None
        for each in listed:
            key = key_of(each) if is_object(each) and each.get("type") == "TABLE" else None
            if key and (table := platform_for_namespace(key[0])) is not None and table.name not in _FILES:
                return self.dataset(*key)
        return None

    def flow(self, orchestrator: str, flow: str) -> str:
        """Return the URN of a flow."""
        return f"urn:li:dataFlow:({escaped(orchestrator)},{escaped(flow)},{self.env})"

    def upstream_job(self, flow_urn: str, orchestrator: str, flow: object, name: str) -> str:
        """Return the URN of a job that another waits for: in this flow, in another, or as it was given."""
        if name.startswith(_JOB):
            return name
        return job_urn(self.flow(orchestrator, str(flow)) if flow else flow_urn, name)


def key_of(dataset: Mapping[str, Any]) -> Key | None:
    """Return (namespace, name), None when it has no such texts."""
    namespace, name = dataset.get("namespace"), dataset.get("name")
    return (namespace, name) if isinstance(namespace, str) and isinstance(name, str) and namespace and name else None


def urn_by_hand(facets: Mapping[str, Any]) -> str | None:
    """Return the URN that somebody gave for a dataset, as it was given."""
    told = facets.get("whence_datahub")
    urn = told.get("urn") if is_object(told) else None
    try:
        return _checked(urn) if isinstance(urn, str) else None
    except NamingError:
        return None


def _checked(urn: str) -> str:
    """Return a dataset's URN as it is. Raises NamingError when it is none."""
    parse_dataset_urn(urn)
    return urn


def job_urn(flow_urn: str, job_id: str) -> str:
    """Return the URN of a job of this flow."""
    return f"urn:li:dataJob:({flow_urn},{escaped(job_id)})"


def run_urn(run_id: str) -> str:
    """Return the URN of a run."""
    return f"urn:li:dataProcessInstance:{run_id}"


def orchestrator_of(integration: object) -> str:
    """Return what DataHub calls the program that runs jobs of this integration."""
    return _ORCHESTRATORS.get(str(integration).upper(), ORCHESTRATOR)


def escaped(part: str) -> str:
    """Write a part of a URN as DataHub's UrnEncoder does."""
    for char, escape in _ESCAPES.items():
        part = part.replace(char, escape)
    return part


def _path_of(name: str) -> str:
    """Return the path of a file that is named by its content; any other name without the slash at its end."""
    try:
        return parse_file_id(name)[0]
    except NamingError:
        return name.rstrip("/") or name
