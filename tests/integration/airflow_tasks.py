"""Plays what Airflow does around tasks, with Airflow's own listener manager, macros and lineage collector.

Run by a Python that has Airflow (2.10 or later), not by pytest: `airflow_tasks.py DATABASE`. Prints JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
from types import SimpleNamespace

import whence

whence.install("airflow", "airflow.core", "sqlite3")

try:  # Airflow 3
    from airflow.sdk import lineage, plugins_manager
    from airflow.sdk.listener import get_listener_manager

    plugins_manager.get_hook_lineage_readers_plugins = lambda: ["a reader, else nothing is collected"]
    collected = "collected_assets"
except ImportError:
    from airflow import plugins_manager
    from airflow.lineage import hook as lineage
    from airflow.listeners.listener import get_listener_manager

    plugins_manager.initialize_hook_lineage_readers_plugins = lambda: None
    plugins_manager.hook_lineage_reader_classes = ["as above"]
    collected = "collected_datasets"

from airflow.providers.openlineage.plugins.adapter import OpenLineageAdapter  # noqa: E402

try:  # so that the collector is told, not the provider: that one asks a task instance for more than there is here
    from airflow.providers.openlineage.api import core

    core.is_openlineage_active = lambda: False
except ImportError:
    pass
for plugin in list(get_listener_manager().pm.get_plugins()):
    if "openlineage" in type(plugin).__module__:
        get_listener_manager().pm.unregister(plugin)

NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)


def task(name: str) -> SimpleNamespace:
    """Make as much of a task instance as a listener and the provider's macros ask for."""
    run = SimpleNamespace(logical_date=NOW, run_after=NOW, conf={}, clear_number=0)
    own = {"dag_id": "shop", "task_id": name, "run_id": "manual", "map_index": -1, "try_number": 2}
    return SimpleNamespace(
        **own, dag_run=run, logical_date=NOW, execution_date=NOW, get_template_context=lambda: {"dag_run": run}
    )


def tell(name: str, told: SimpleNamespace, **more: object) -> None:
    """Call what Airflow calls; Airflow 2 hands a session on as well."""
    manager = get_listener_manager()
    if hasattr(plugins_manager, "hook_lineage_reader_classes"):
        more["session"] = None
    getattr(manager.hook, name)(previous_state=None, task_instance=told, **more)


database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER)")
database.commit()

load, fail, wait = task("load"), task("fail"), task("wait")
tell("on_task_instance_running", load)
database.execute("INSERT INTO orders VALUES (1)")
database.execute("CREATE TABLE IF NOT EXISTS report AS SELECT id FROM orders")
database.commit()
tell("on_task_instance_success", load)
tell("on_task_instance_running", fail)
database.execute("SELECT * FROM orders").fetchall()
tell("on_task_instance_failed", fail, error=ValueError("no"))
tell("on_task_instance_running", wait)
get_listener_manager().hook.before_stopping(component=None)

found = getattr(lineage.get_hook_lineage_collector(), collected)
uri_of = lambda info: getattr(info, "asset", None) or info.dataset  # noqa: E731
whence.uninstall("airflow", "airflow.core")
print(
    json.dumps(
        {
            "inputs": sorted(uri_of(each).uri for each in found.inputs),
            "outputs": sorted(uri_of(each).uri for each in found.outputs),
            "run_id": OpenLineageAdapter.build_task_instance_run_id("shop", "load", 2, NOW, -1),
            "listeners": len(get_listener_manager().pm.get_plugins()),
        }
    )
)
