"""Airflow (2.10 and later): each task is a run, and what it moved is told to Airflow itself.

`whence.install()` anywhere that a task's process passes (a plugin, `airflow_local_settings`, the file of the DAG) puts
a listener in place. A task becomes a run of the job `<dag>.<task>` in the flow `<dag>`. Where Airflow's OpenLineage
provider is installed the run is a child of the task's own, under the name `<dag>.<task>.python`: the provider's run
keeps its name.

At the end of a task what the hooks saw goes to the provider's `emit_dataset_lineage` where there is one and it is
active, with our exact names; else to Airflow's `HookLineageCollector`, as the URIs of AIP-60, for whoever reads it.

Must not: import Airflow before the host does, raise into a task, or hold its end longer than `exit_timeout_s`.
Source: Airflow 3.3 `airflow/sdk/lineage.py`, `_shared/listeners`; provider openlineage 2.20 `api/datasets.py`,
`plugins/macros.py`.
"""

from __future__ import annotations

import sys
from importlib import import_module

from whence._capture.active import active
from whence.job import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from whence.context import Run
    from whence.job import JobOptions

    Dataset = Mapping[str, Any]
    _Moved = tuple[dict[tuple[str, str], Dataset], dict[tuple[str, str], Dataset]]

_MACROS = "airflow.providers.openlineage.plugins.macros"
_CONF = "airflow.providers.openlineage.conf"
_API = "airflow.providers.openlineage.api"
_COLLECTORS = ("airflow.sdk.lineage", "airflow.lineage.hook")
_TABLE_STORES = ("postgres", "mysql", "trino", "snowflake", "redshift", "mssql", "oracle", "sqlite", "bigquery", "hive")
_URI_MAX_CHARS = 1500
_MAX_DATASETS = 1000
_said: set[str] = set()


class Listener:
    """What Airflow calls around a task, in the task's own process and thread."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Job, Run]] = {}
        self._nested: dict[str, _Moved] = {}

    def on_task_instance_running(self, task_instance: Any) -> None:
        """Begin the run of a task."""
        try:
            collector = active()
            if collector is None:
                return
            _leave_out_metadata()
            if self._watch not in collector.watchers:
                collector.watchers.append(self._watch)
            job = Job(*job_of(task_instance))
            run = job.__enter__()
            self._open[_key(task_instance)] = job, run
            self._nested[run.run_id] = {}, {}
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the task
            _say("begin", f"the run of an Airflow task could not begin: {type(failure).__name__}: {failure}")

    def on_task_instance_success(self, task_instance: Any) -> None:
        """End the run of a task that succeeded; tell Airflow what it moved."""
        self._end(task_instance, None)

    def on_task_instance_skipped(self, task_instance: Any) -> None:
        """End the run of a task that skipped itself."""
        self._end(task_instance, None)

    def on_task_instance_failed(self, task_instance: Any, error: Any) -> None:
        """End the run of a task that failed; `error` may be an exception or a text."""
        from whence.job import RunFailedError  # noqa: PLC0415  only failures need it

        self._end(task_instance, error if isinstance(error, BaseException) else RunFailedError(str(error or "")))

    def before_stopping(self) -> None:
        """End what is still open when the process goes, such as the run of a task that waits for a trigger."""
        for key in list(self._open):
            self._close(key, None)

    def _end(self, task_instance: Any, error: BaseException | None) -> None:
        try:
            key = _key(task_instance)
            if key in self._open:
                self._close(key, task_instance if error is None else None, error)
        except Exception as failure:  # noqa: BLE001  border, as above
            _say("end", f"the run of an Airflow task could not be ended: {type(failure).__name__}: {failure}")

    def _close(self, key: str, task_instance: Any, error: BaseException | None = None) -> None:
        job, run = self._open.pop(key)
        nested = self._nested.get(run.run_id, ({}, {}))
        collector = active()
        timeout_s = collector.settings.exit_timeout_s if collector is not None else 0.0
        try:
            if task_instance is not None and collector is not None:
                own = collector.so_far(run, timeout_s)  # waits for the background, which tells of the nested ones too
                inputs, outputs = (_by_name(some, more) for some, more in zip(own, nested, strict=True))
                tell(inputs, outputs, task_instance)
        finally:
            self._nested.pop(run.run_id, None)
            job.__exit__(type(error) if error is not None else None, error, None)
            if collector is not None:
                collector.flush(timeout_s)  # Airflow ends the process with `os._exit`

    def _watch(self, run: Run, event: dict[str, Any]) -> None:
        """Remember what a job inside a task moved: it is the task's as well."""
        outer = run.outer
        while outer is not None and outer.run_id not in self._nested:
            outer = outer.outer
        if outer is not None:
            for side, held in zip(("inputs", "outputs"), self._nested[outer.run_id], strict=True):
                for each in event.get(side, ()):
                    if len(held) < _MAX_DATASETS:
                        held[each["namespace"], each["name"]] = each


LISTENER = Listener()


def _leave_out_metadata() -> None:
    """Keep Airflow's own tables out of the lineage: Airflow 2 and `dag.test` ask them in the task's process."""
    settings = sys.modules.get("airflow.settings")
    for name in ("engine", "async_engine"):
        engine = getattr(settings, name, None)
        if engine is not None:
            getattr(engine, "sync_engine", engine).update_execution_options(whence=False)


def job_of(task_instance: Any) -> tuple[str, JobOptions]:
    """Give the name and the options of a task's job."""
    name = f"{task_instance.dag_id}.{task_instance.task_id}"
    options: JobOptions = {"flow": task_instance.dag_id, "attempt": max(int(task_instance.try_number or 1), 1)}
    parent = parent_of_task(task_instance)
    if parent:
        options["parent"] = parent
        name = f"{name}.python"
    return name, options


def parent_of_task(task_instance: Any) -> dict[str, str]:
    """Give the run of a task as Airflow's OpenLineage provider names it, for `parent=`; empty without the provider.

    The provider derives its run ids from the task, so they are known before it has told anything.
    """
    try:
        macros = import_module(_MACROS)
    except ImportError:
        return {}
    try:
        if import_module(_CONF).is_disabled():
            return {}  # a run that nobody tells of is no parent
        found = {"OPENLINEAGE_PARENT_ID": str(macros.lineage_parent_id(task_instance))}
        if hasattr(macros, "lineage_root_parent_id"):
            found["OPENLINEAGE_ROOT_PARENT_ID"] = str(macros.lineage_root_parent_id(task_instance))
    except Exception as failure:  # noqa: BLE001  the provider's own trouble
        _say("parent", f"Airflow's OpenLineage run id of a task is not known: {type(failure).__name__}: {failure}")
        return {}
    return found


def tell(inputs: Iterable[Dataset], outputs: Iterable[Dataset], task_instance: Any = None) -> None:
    """Tell Airflow what a task read and wrote: OpenLineage datasets. Never raises."""
    inputs, outputs = list(inputs), list(outputs)
    if not inputs and not outputs:
        return
    try:
        if not _emit(inputs, outputs, task_instance):
            _collect(inputs, outputs)
    except Exception as failure:  # noqa: BLE001  border
        _say("tell", f"Airflow could not be told what a task moved: {type(failure).__name__}: {failure}")


def _emit(inputs: list[Dataset], outputs: list[Dataset], task_instance: Any) -> bool:
    """Hand the datasets to the provider; False when it has no such call or is switched off."""
    try:
        api, client = import_module(_API), import_module("openlineage.client.event_v2")
    except ImportError:
        return False
    emit = getattr(api, "emit_dataset_lineage", None)
    if emit is None or not import_module(f"{_API}.core").is_openlineage_active():
        return False
    read, written = (
        [client.Dataset(namespace=each["namespace"], name=each["name"]) for each in some] for some in (inputs, outputs)
    )
    emit(inputs=read, outputs=written, task_instance=task_instance)
    return True


def _collect(inputs: list[Dataset], outputs: list[Dataset]) -> None:
    """Add the datasets to the collector of Airflow; without a plugin that reads it, that one takes nothing."""
    module = next((found for name in _COLLECTORS if (found := _imported(name)) is not None), None)
    if module is None:
        return
    collector = module.get_hook_lineage_collector()
    for side, datasets in (("input", inputs), ("output", outputs)):
        # Airflow 3 has assets, Airflow 2 called them datasets.
        add = getattr(collector, f"add_{side}_asset", None) or getattr(collector, f"add_{side}_dataset")
        for uri in dict.fromkeys(asset_uri(each["namespace"], each["name"]) for each in datasets):
            if uri is not None:
                add(context=LISTENER, uri=uri)


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def asset_uri(namespace: str, name: str) -> str | None:
    """Give the URI of a dataset as Airflow's providers write it (AIP-60); None for what cannot be one.

    `postgres://host:5432` and `shop.public.orders` are `postgres://host:5432/shop/public/orders`.
    """
    from urllib.parse import quote  # noqa: PLC0415  not on the way of those without Airflow

    scheme, mark, place = namespace.partition("://")
    if not scheme or scheme == "airflow":
        return None
    if scheme in _TABLE_STORES:
        name = "/".join(quote(part, safe="") for part in name.split("."))
    else:
        name = quote(name, safe="/:=+@,;!$'()*~-._")
    if scheme == "file":
        place = ""
    uri = f"{scheme}://{place if mark else ''}/{name.lstrip('/')}"
    return uri if uri.isascii() and len(uri) <= _URI_MAX_CHARS and (place or scheme in {"file", "bigquery"}) else None


def register(manager: Any) -> None:
    """Put the listener into one of Airflow's managers; it is called before others, so that they see what it told."""
    impl = import_module("pluggy").HookimplMarker("airflow")(tryfirst=True)
    for name in dir(Listener):
        if name.startswith("on_task_instance_") or name == "before_stopping":
            function = getattr(Listener, name)
            if not hasattr(function, "airflow_impl"):
                impl(function)
    if not manager.pm.is_registered(LISTENER):
        manager.add_listener(LISTENER)


def unregister(manager: Any) -> None:
    """Take the listener out again."""
    if manager.pm.is_registered(LISTENER):
        manager.pm.unregister(LISTENER)


def _by_name(datasets: Iterable[Dataset], more: Mapping[tuple[str, str], Dataset]) -> list[Dataset]:
    return list({**more, **{(each["namespace"], each["name"]): each for each in datasets}}.values())


def _key(task_instance: Any) -> str:
    names = ("dag_id", "task_id", "run_id", "map_index", "try_number")
    return "/".join(str(getattr(task_instance, name, "")) for name in names)


def _say(cause: str, text: str) -> None:
    if cause not in _said:
        _said.add(cause)
        import logging  # noqa: PLC0415  only trouble pays for it

        logging.getLogger("whence").warning(text)
