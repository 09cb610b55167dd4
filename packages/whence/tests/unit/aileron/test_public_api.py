"""Everything that the two published versions export is there, under the same name, with the same arguments.

`PUBLISHED` was read with `inspect.signature` from aileron-meta-collector 0.1.4 and 0.1.36.
"""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys

import pytest

from whence import aileron

JOB = "job_id, flow='default', platform='pythonSdk', upstream_jobs=None, description=None, flow_description=None"
DATASET = "table=None, *, platform=None, urn=None, env=None, description=None"
PUBLISHED = {
    "install_all_hooks": "env='PROD'",
    "install_sqlalchemy_hooks": "env='PROD'",
    "install_boto3_hooks": "env='PROD'",
    "install_s3fs_hooks": "env='PROD'",
    "set_job": JOB,
    "get_job": "",
    "clear_job": "",
    "datahub_job": f"{JOB}, patch=False, airflow_context=None",
    "datahub_job_fn": f"{JOB}, patch=False, airflow_context_kwarg=None",
    "propagate_job": "fn",
    "add_input": DATASET,
    "add_output": DATASET,
    "emit_lineage": "inputs, outputs, platform=None, env=None, descriptions=None",
    "build_dataset_urn": "table, platform, env=None",
    "inject_to_airflow": "job, airflow_context",
    "flush_emit": "timeout=30.0",
}
MODULES = {
    "airflow_inject": ["inject_to_airflow"],
    "config": [
        "is_datahub_enabled", "get_gms_url", "get_env", "is_silent_fail", "get_connect_timeout_sec",
        "get_retry_max_times", "get_cooldown_sec", "DATAHUB_GMS_URL", "DATAHUB_ENV", "DATAHUB_SILENT_FAIL",
    ],
    "context": ["JobContext", "set_job", "get_job", "clear_job", "datahub_job", "datahub_job_fn", "propagate_job"],
    "datahub_schema": ["ET_DATASET", "AS_UPSTREAM_LINEAGE", "CT_UPSERT", "CT_PATCH"],
    "emitter": ["flush_emit", "emit_lineage_async", "emit_dataset_description_async"],
    "hooks.boto3": ["install_boto3_hooks"],
    "hooks.s3fs": ["install_s3fs_hooks"],
    "hooks.sqlalchemy": ["install_sqlalchemy_hooks"],
    "lineage": ["add_input", "add_output", "emit_lineage", "build_dataset_urn"],
    "parsers.sql_parser": ["extract_tables"],
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_arguments_are_the_published_ones(name):
    plain = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(getattr(aileron, name)).parameters.values()
    ]
    ours = str(inspect.Signature(plain))[1:-1]
    # the original's "PROD" hides what DATAHUB_ENV says; ours asks the setting, which is PROD where nobody says more
    assert ours == PUBLISHED[name].replace("env='PROD'", "env=None")


def test_the_package_exports_them_sorted():
    assert set(aileron.__all__) == set(PUBLISHED)
    assert aileron.__all__ == sorted(aileron.__all__)


@pytest.mark.parametrize("module", MODULES)
def test_modules_lie_where_they_lay(module):
    made = importlib.import_module(f"whence.aileron.{module}")
    assert all(hasattr(made, name) for name in MODULES[module])


def test_unknown_constants_are_attribute_errors():
    with pytest.raises(AttributeError, match="DATAHUB_NONSENSE"):
        _ = importlib.import_module("whence.aileron.config").DATAHUB_NONSENSE


def test_job_context_takes_the_published_arguments():
    made = aileron.context.JobContext("j", "f", "p", ["u"], "d", "fd")
    assert (made.job_id, made.flow, made.platform, made.upstream_job_ids) == ("j", "f", "p", ["u"])
    assert (made.description, made.flow_description, made.inputs, made.outputs) == ("d", "fd", [], [])
    assert made.run_id
    assert made.start_time_ms > 1_700_000_000_000


def test_import_loads_only_the_standard_library_and_whence():
    code = "import sys, json; old = {*sys.modules}; import whence.aileron; print(json.dumps([*{*sys.modules} - old]))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
    assert {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) == {"whence"}
    assert {"asyncio", "http", "logging", "inspect", "threading"}.isdisjoint(loaded)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM a JOIN b ON a.x = b.x", (["a", "b"], [])),
        ("INSERT INTO out SELECT * FROM s.src", (["s.src"], ["out"])),
        ("UNLOAD (SELECT * FROM o) TO 's3://lake/x/' WITH (format = 'ORC')", (["o"], ["__s3__lake/x"])),
        ("SELECT * FROM a, dblink('host=far dbname=d', 'select x from t') AS t(x int)", (["a"], [])),
    ],
)  # fmt: skip
def test_sql_parser(sql, expected):
    inputs, outputs = importlib.import_module("whence.aileron.parsers.sql_parser").extract_tables(sql)
    assert (sorted(inputs), outputs) == expected
