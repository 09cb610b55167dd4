from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

import whence
from whence.hooks.airflow import AirflowHook
from whence.integrations import airflow
from whence.integrations.airflow import Listener, asset_uri


@pytest.fixture
def events(tmp_path):
    """Collect while the test runs; gives what was told so far."""
    path = tmp_path / "events.jsonl"
    whence.configure(sinks=f"file:{path}", spool_dir=tmp_path / "spool")

    def read():
        assert whence.flush(10).is_complete
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    yield read
    whence.shutdown()


@pytest.fixture
def collector(monkeypatch):
    """Stand in for Airflow 3's lineage collector."""
    told = []
    fake = SimpleNamespace(
        add_input_asset=lambda uri, **_: told.append(("input", uri)),
        add_output_asset=lambda uri, **_: told.append(("output", uri)),
    )
    module = ModuleType("airflow.sdk.lineage")
    module.get_hook_lineage_collector = lambda: fake
    for name in ("airflow", "airflow.sdk"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "airflow.sdk.lineage", module)
    return told


def task(name="load"):
    return SimpleNamespace(dag_id="shop", task_id=name, run_id="r", map_index=-1, try_number=1)


def test_what_a_task_moves_belongs_to_its_run_and_airflow_is_told(events, collector):
    listener = Listener()
    listener.on_task_instance_running(task())
    whence.current_run().touch("output", "s3://lake", "orders/a.parquet")
    whence.current_run().touch("input", "gs://raw", "dump/b c.csv")
    listener.on_task_instance_success(task())
    assert whence.current_run() is None
    started, ended = events()
    assert (started["job"]["name"], ended["eventType"]) == ("shop.load", "COMPLETE")
    assert [each["name"] for each in ended["outputs"]] == ["orders/a.parquet"]
    assert collector == [("input", "gs://raw/dump/b%20c.csv"), ("output", "s3://lake/orders/a.parquet")]


def test_what_a_job_inside_the_task_moves_is_told_to_airflow_once(events, collector):
    listener = Listener()
    listener.on_task_instance_running(task())
    whence.current_run().touch("input", "s3://lake", "orders.parquet")
    for _ in range(2):
        with whence.job("inside"), whence.job("deeper"):
            whence.current_run().touch("input", "s3://lake", "orders.parquet")
            whence.current_run().touch("output", "s3://lake", "report.parquet")
    with whence.job("elsewhere", parent="n/other/0197d3c6-0000-7000-8000-000000000001"):
        pass
    listener.on_task_instance_success(task())
    assert collector == [("input", "s3://lake/orders.parquet"), ("output", "s3://lake/report.parquet")]
    ended = [event for event in events() if event["job"]["name"] == "shop.load"][-1]
    assert ended["outputs"] == []  # the inner run's own event has them
    assert listener._nested == {}


def test_a_failed_task_tells_its_error_and_not_airflow(events, collector):
    listener = Listener()
    listener.on_task_instance_running(task())
    whence.current_run().touch("output", "s3://lake", "x")
    listener.on_task_instance_failed(task(), "it was too much")
    assert events()[-1]["eventType"] == "FAIL"
    assert "too much" in events()[-1]["run"]["facets"]["errorMessage"]["message"]
    assert collector == []


def test_an_end_without_a_beginning_is_passed_over(events):
    Listener().on_task_instance_success(task())
    Listener().on_task_instance_failed(task(), None)
    assert events() == []


def test_with_collection_off_nothing_happens(monkeypatch):
    monkeypatch.setattr(airflow, "active", lambda: None)
    listener = Listener()
    listener.on_task_instance_running(task())
    assert whence.current_run() is None
    listener.on_task_instance_success(task())


def test_trouble_stays_out_of_the_task(events, monkeypatch):
    listener = Listener()
    listener.on_task_instance_running(object())  # no task at all
    listener.on_task_instance_running(task())
    monkeypatch.setattr(airflow, "_collect", lambda *_: 1 / 0)
    airflow.active().watchers.insert(0, lambda *_: 1 / 0)
    whence.current_run().touch("output", "s3://lake", "x")
    listener.on_task_instance_success(task())
    assert events()[-1]["eventType"] == "COMPLETE"


def test_the_metadata_database_is_left_out(events, monkeypatch):
    options = {}
    engine = SimpleNamespace(update_execution_options=lambda **given: options.update(given))
    settings = ModuleType("airflow.settings")
    settings.engine = None
    settings.async_engine = SimpleNamespace(sync_engine=engine)
    monkeypatch.setitem(sys.modules, "airflow.settings", settings)
    listener = Listener()
    listener.on_task_instance_running(task())
    listener.before_stopping()
    assert options == {"whence": False}
    assert events()[-1]["eventType"] == "COMPLETE"
    assert whence.current_run() is None


@pytest.mark.parametrize(
    ("namespace", "name", "uri"),
    [
        ("s3://lake", "orders/2024", "s3://lake/orders/2024"),
        ("postgres://db:5432", "shop.public.orders", "postgres://db:5432/shop/public/orders"),
        ("mysql://db:3306", "shop.or/ders", "mysql://db:3306/shop/or%2Fders"),
        ("bigquery", "project.set.orders", "bigquery:///project/set/orders"),
        ("file", "/data/orders.csv", "file:///data/orders.csv"),
        ("s3://lake", "naïve", "s3://lake/na%C3%AFve"),
        ("airflow://x", "y", None),
        ("inmemory", "frame", None),
        ("s3://läke", "x", None),
        ("s3://lake", "x" * 2000, None),
    ],
)
def test_a_dataset_as_a_uri(namespace, name, uri):
    assert asset_uri(namespace, name) == uri


class Manager:
    def __init__(self):
        self.plugins = []
        self.pm = SimpleNamespace(is_registered=self.plugins.__contains__, unregister=self.plugins.remove)

    def add_listener(self, listener):
        self.plugins.append(listener)


@pytest.fixture
def library(monkeypatch):
    """Stand in for the module of Airflow that makes the manager, once."""
    module = ModuleType("airflow_like.listener")
    manager = Manager()
    made = []
    module.get_listener_manager = lambda: made.append(1) or manager
    pluggy = ModuleType("pluggy")
    pluggy.HookimplMarker = lambda _: lambda **_: lambda function: setattr(function, "airflow_impl", {}) or function
    monkeypatch.setitem(sys.modules, "pluggy", pluggy)
    monkeypatch.setitem(sys.modules, "airflow_like.listener", module)
    return module, manager, made


def test_the_hook_waits_until_the_manager_is_asked_for(library):
    module, manager, made = library
    hook = AirflowHook("airflow_like.listener", ("airflow_like.tasks",))
    for _ in range(2):
        hook.install()
    assert made == []
    assert module.get_listener_manager() is manager
    assert module.get_listener_manager() is manager
    assert manager.plugins == [airflow.LISTENER]
    hook.uninstall()
    assert module.get_listener_manager().plugins == []
    hook.install()
    assert module.get_listener_manager().plugins == [airflow.LISTENER]


def test_the_hook_comes_late_and_registers_at_once(library, monkeypatch):
    module, manager, _ = library
    user = ModuleType("airflow_like.tasks")
    user.get_listener_manager = module.get_listener_manager
    monkeypatch.setitem(sys.modules, "airflow_like.tasks", user)
    AirflowHook("airflow_like.listener", ("airflow_like.tasks",)).install()
    assert manager.plugins == [airflow.LISTENER]


@pytest.fixture
def provider(monkeypatch):
    """Stand in for Airflow's OpenLineage provider; gives what was emitted, and its switch."""
    told = SimpleNamespace(emitted=[], is_active=True, is_disabled=False)

    class Dataset:
        def __init__(self, namespace, name):
            self.name = f"{namespace} {name}"

    parts = {
        "openlineage.client.event_v2": {"Dataset": Dataset},
        "airflow.providers.openlineage.api": {"emit_dataset_lineage": lambda **told_by: told.emitted.append(told_by)},
        "airflow.providers.openlineage.api.core": {"is_openlineage_active": lambda: told.is_active},
        "airflow.providers.openlineage.conf": {"is_disabled": lambda: told.is_disabled},
        "airflow.providers.openlineage.plugins.macros": {
            "lineage_parent_id": lambda ti: f"default/shop.{ti.task_id}/0197d3c6-0000-7000-8000-000000000001",
            "lineage_root_parent_id": lambda ti: f"default/{ti.dag_id}/0197d3c6-0000-7000-8000-000000000002",
        },
    }
    for name, attributes in parts.items():
        path = name.split(".")
        for depth in range(1, len(path)):
            package = ".".join(path[:depth])
            if package not in sys.modules:
                monkeypatch.setitem(sys.modules, package, ModuleType(package))
        module = ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
    return told


def test_with_the_provider_the_run_is_a_child_and_the_provider_tells(events, collector, provider):
    listener, told = Listener(), task()
    listener.on_task_instance_running(told)
    whence.current_run().touch("output", "s3://lake", "orders.parquet")
    listener.on_task_instance_success(told)
    ended = events()[-1]
    assert ended["job"]["name"] == "shop.load.python"
    parent = ended["run"]["facets"]["parent"]
    assert (parent["job"]["name"], parent["root"]["job"]["name"]) == ("shop.load", "shop")
    (emitted,) = provider.emitted
    assert [each.name for each in emitted["outputs"]] == ["s3://lake orders.parquet"]
    assert emitted["task_instance"] is told
    assert collector == []


def test_a_provider_that_is_switched_off_is_no_parent(events, collector, provider):
    provider.is_active, provider.is_disabled = False, True
    listener = Listener()
    listener.on_task_instance_running(task())
    whence.current_run().touch("output", "s3://lake", "orders.parquet")
    listener.on_task_instance_success(task())
    assert events()[-1]["job"]["name"] == "shop.load"
    assert "parent" not in events()[-1]["run"]["facets"]
    assert provider.emitted == []
    assert collector == [("output", "s3://lake/orders.parquet")]


def test_a_provider_in_trouble_costs_the_parent_and_nothing_else(events, provider, monkeypatch):
    macros = sys.modules["airflow.providers.openlineage.plugins.macros"]
    monkeypatch.setattr(macros, "lineage_parent_id", lambda _: 1 / 0)
    listener = Listener()
    listener.on_task_instance_running(task())
    listener.on_task_instance_skipped(task())
    assert [event["job"]["name"] for event in events()] == ["shop.load", "shop.load"]
