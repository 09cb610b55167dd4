"""The BigQuery client's hook: queries, loads, copies, extracts, streamed rows.

A job is told when the client itself learns that it is done and has succeeded; nothing is asked for it, so what nobody
waits for is not told. Queries go through the SQL engine with the client's project and the job's default dataset, which
gives columns; a query with a destination table is read as one that fills it. Loads, copies and extracts are told by the
job. It must not import the client before the host does. Source: google-cloud-bigquery 3.47 `client.py`, `job/`.
"""

# The library's objects are taken as they come.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from sys import _getframe  # pyright: ignore[reportPrivateUsage]

from whence.context import current_run
from whence.hooks._database.following import ENGINES, DriverHook, Sources, is_engines
from whence.hooks._patches import Patches
from whence.model import DatasetId, dataset_for_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run

_RUN = "_whence_run"
_CLIENT = "google.cloud.bigquery"
_MAX_FRAMES = 12
_SUBMITTING = (
    "query", "load_table_from_uri", "load_table_from_file", "load_table_from_dataframe", "load_table_from_json",
    "copy_table", "extract_table",
)  # fmt: skip


class BigQueryHook(DriverHook):
    """Wraps the client and its jobs."""

    requires = "google.cloud.bigquery"
    name = "BigQuery"

    def __init__(self) -> None:
        super().__init__()
        self._patches = Patches("bigquery")
        self._sources = Sources("bigquery")

    def install(self) -> None:
        """Wrap the client and its jobs. Repeating it has no effect."""
        from google.cloud.bigquery.client import Client  # noqa: PLC0415  the instrumented library
        from google.cloud.bigquery.job import QueryJob  # noqa: PLC0415
        from google.cloud.bigquery.job.base import _AsyncJob  # noqa: PLC0415  # pyright: ignore[reportPrivateUsage]

        self.is_off = False
        self._patches.switch_on()
        for name in _SUBMITTING:
            self._patches.put(Client, name, self._submit)
        self._patches.put(Client, "query_and_wait", self._query_and_wait)
        self._patches.put(Client, "insert_rows_json", self._insert_rows)
        self._patches.put(_AsyncJob, "_set_properties", self._news)
        self._patches.put(QueryJob, "result", self._result)

    def uninstall(self) -> None:
        """Put the methods back. Repeating it has no effect."""
        self.failures = 0
        self._patches.take_out()
        self.is_off = True

    # --- what the client is asked

    def _submit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def submit(client: Any, *args: Any, **kwargs: Any) -> Any:
            job = original(client, *args, **kwargs)
            try:
                run = self._run()
                if run is not None and getattr(job, _RUN, None) is None:
                    setattr(job, _RUN, run)
                    self._look(job)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            return job

        return submit

    def _query_and_wait(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def query_and_wait(client: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            rows = original(client, query, *args, **kwargs)
            try:
                run = self._run()
                config = kwargs.get("job_config")
                if run is not None and not getattr(config, "dry_run", None):
                    changed = getattr(rows, "num_dml_affected_rows", None)
                    self._tell(run, client, str(query), (config, client.default_query_job_config), changed)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            return rows

        return query_and_wait

    def _insert_rows(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def insert_rows_json(client: Any, table: Any, json_rows: Any, *args: Any, **kwargs: Any) -> Any:
            errors = original(client, table, json_rows, *args, **kwargs)
            try:
                run = self._run()
                if run is not None and not errors:
                    rows = len(json_rows) if hasattr(json_rows, "__len__") else None
                    run.add_output(_name(table, client.project), rows=rows)
            except Exception as failure:  # noqa: BLE001  border
                self.failed(failure)
            return errors

        return insert_rows_json

    def _run(self) -> Run | None:
        """Return the run that asks; None when SQLAlchemy asks, because its own hook knows more."""
        if self.is_off:
            return None
        run = current_run()
        if run is not None and ENGINES.are_heard:
            frame: Any = _getframe(2)
            for _ in range(_MAX_FRAMES):
                if frame is None or not frame.f_globals.get("__name__", "").startswith(_CLIENT):
                    break
                frame = frame.f_back
            if is_engines(frame):
                return None
        return run

    # --- what jobs say

    def _news(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _set_properties(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if getattr(self, _RUN, None) is not None:
                HOOK.guarded(self, is_done=False)
            return result

        return _set_properties

    def _result(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def result(self: Any, *args: Any, **kwargs: Any) -> Any:
            rows = original(self, *args, **kwargs)
            if getattr(self, _RUN, None) is not None:
                HOOK.guarded(self, is_done=True)
            return rows

        return result

    def guarded(self, job: Any, *, is_done: bool) -> None:
        """Look at a job; nothing of ours reaches the host."""
        try:
            self._look(job, is_done=is_done)
        except Exception as failure:  # noqa: BLE001  border
            self.failed(failure)

    def _look(self, job: Any, *, is_done: bool = False) -> None:
        """Tell a job once it is known to be done; one that failed is forgotten. No property here asks the server."""
        if not is_done and job.state != "DONE":
            return
        run: Run = getattr(job, _RUN)
        setattr(job, _RUN, None)
        if job.error_result or getattr(job, "dry_run", None):
            return
        if job.job_type == "query":
            self._tell(run, job._client, job.query, (job.configuration,), job.num_dml_affected_rows)  # noqa: SLF001
        elif job.job_type == "load":
            for uri in job.source_uris or ():
                run.add_input(dataset_for_path(uri))
            run.add_output(_name(job.destination), rows=job.output_rows)
        elif job.job_type == "copy":
            for table in job.sources:
                run.add_input(_name(table))
            run.add_output(_name(job.destination))
        elif job.job_type == "extract":
            run.add_input(_name(job.source))
            for uri in job.destination_uris or ():
                run.add_output(dataset_for_path(uri))

    def _tell(self, run: Run, client: Any, query: str, configs: tuple[Any, ...], changed: int | None) -> None:
        default = next((c.default_dataset for c in configs if c is not None and c.default_dataset is not None), None)
        config = next((c for c in configs if c is not None and c.destination is not None), None)
        project = default.project if default is not None else client.project
        source = self._sources.at(project, None, default.dataset_id if default is not None else None)
        text = query
        if config is not None and not config.destination.dataset_id.startswith("_"):  # results lie in hidden datasets
            appends = config.write_disposition == "WRITE_APPEND"
            target = _name(config.destination).name
            text = f"INSERT INTO `{target}` {query}" if appends else f"CREATE OR REPLACE TABLE `{target}` AS {query}"
        run.hand_over(source, {text: [1, changed or 0, None, int(changed is None)]})


def _name(table: Any, project: str = "") -> DatasetId:
    """Return the name of a table that was given as an object or as text."""
    reference = getattr(table, "reference", table)
    if isinstance(reference, str):
        parts = reference.split(".")
        return DatasetId("bigquery", reference if len(parts) > 2 else f"{project}.{reference}")  # noqa: PLR2004
    return DatasetId("bigquery", f"{reference.project}.{reference.dataset_id}.{reference.table_id}")


HOOK = BigQueryHook()
