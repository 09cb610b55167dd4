"""The settings under their old names, and that Whence's own names stand above them."""

from __future__ import annotations

import sys
import types

import pytest

from whence.aileron import config
from whence.emit import settings_from


@pytest.fixture
def variables(monkeypatch):
    """Pretend that Airflow is loaded, with these Variables; count the reads."""
    held, reads = {}, []

    class Variable:
        @staticmethod
        def get(key):
            reads.append(key)
            return held[key]

    models = types.ModuleType("airflow.models")
    models.Variable = Variable
    monkeypatch.setitem(sys.modules, "airflow.models", models)
    held["reads"] = reads
    return held


def test_defaults_are_those_of_the_document():
    assert (config.get_gms_url(), config.get_env(), config.is_silent_fail()) == ("http://localhost:8080", "PROD", True)
    assert config.is_datahub_enabled()
    assert (config.DATAHUB_GMS_URL, config.DATAHUB_ENV, config.DATAHUB_SILENT_FAIL) == (
        "http://localhost:8080", "PROD", True,
    )  # fmt: skip


def test_newer_names_stand_above_the_older_and_variables_above_both(monkeypatch, variables):
    monkeypatch.setenv("DATAHUB_GMS_URL", "http://old:8080")
    assert config.get_gms_url() == "http://old:8080"
    monkeypatch.setenv("AIL_DATAHUB_GMS_URL", "http://new:8080")
    monkeypatch.setattr(config, "_variables", {})
    assert config.get_gms_url() == "http://new:8080"
    variables["ail_datahub_gms_url"] = "http://variable:8080"
    monkeypatch.setattr(config, "_variables", {})
    assert config.get_gms_url() == "http://variable:8080"


def test_a_variable_is_asked_once_a_minute(variables):
    variables["ail_datahub_env"] = "DEV"
    assert [config.get_env() for _ in range(50)] == ["DEV"] * 50
    assert variables["reads"] == ["ail_datahub_env"]


def test_airflow_is_never_imported():
    config.get_env()
    assert "airflow" not in sys.modules


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"DATAHUB_GMS_URL": "http://h"}, True),
        ({"AIL_DATAHUB_GMS_URL": "http://h"}, False),  # the default of 0.1.36, which has these names
        ({"AIL_DATAHUB_GMS_URL": "http://h", "AIL_DATAHUB_ENABLED": "True"}, True),
        ({"AIL_DATAHUB_ENABLED": "false"}, False),
        ({"AIL_DATAHUB_ENABLED": "nonsense"}, False),
    ],
)
def test_enabled(monkeypatch, environ, expected):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert config.is_datahub_enabled() is expected
    assert config.settings().get("disabled", False) is not expected


def test_staging_is_stg_and_said_once(monkeypatch, caplog):
    monkeypatch.setenv("DATAHUB_ENV", "STAGING")
    assert [config.get_env() for _ in range(3)] == ["STG"] * 3
    assert len(caplog.messages) == 1


def test_an_environment_that_datahub_has_not_is_prod_and_said(caplog):
    assert config.fabric("moon") == "PROD"
    assert "moon" in caplog.text


def test_the_hooks_environment_stands_above_the_setting(monkeypatch):
    monkeypatch.setenv("DATAHUB_ENV", "DEV")
    assert config.get_env() == "DEV"
    config.use_env(None)
    assert config.get_env() == "DEV"
    config.use_env("QA")
    assert config.get_env() == "QA"


def test_numbers_that_are_none_fall_back(monkeypatch, caplog):
    assert (config.get_connect_timeout_sec(), config.get_retry_max_times(), config.get_cooldown_sec()) == (3.0, 0, 60.0)
    monkeypatch.setenv("AIL_DATAHUB_COOLDOWN_SEC", "soon")
    monkeypatch.setenv("AIL_DATAHUB_CONNECT_TIMEOUT_SEC", "1.5")
    assert (config.get_cooldown_sec(), config.get_connect_timeout_sec()) == (60.0, 1.5)
    assert "COOLDOWN_SEC" in caplog.text


def test_settings_for_whence(monkeypatch):
    monkeypatch.setenv("DATAHUB_GMS_URL", "https://gms.internal:8080")
    monkeypatch.setenv("AIL_DATAHUB_COOLDOWN_SEC", "5")
    monkeypatch.setenv("AIL_DATAHUB_ENABLED", "true")
    said = config.settings()
    assert said["sinks"] == "datahub+https://gms.internal:8080"
    assert (said["path_rules"], said["backoff_max_s"]) == ("folder", 5.0)
    assert {"disabled", "timeout_s"}.isdisjoint(said)
    monkeypatch.setenv("AIL_DATAHUB_CONNECT_TIMEOUT_SEC", "1")
    monkeypatch.setenv("AIL_DATAHUB_COOLDOWN_SEC", "0")
    assert (config.settings()["timeout_s"], config.settings()["backoff_max_s"]) == (31.0, 0.5)
    assert settings_from(config.settings(), {}).sinks[0].kind == "datahub+https"


def test_whences_own_names_stand_above(monkeypatch):
    monkeypatch.setenv("DATAHUB_GMS_URL", "https://gms.internal:8080")
    monkeypatch.setenv("WHENCE_SINKS", "http://localhost:8300")
    monkeypatch.setenv("WHENCE_PATH_RULES", "object")
    monkeypatch.setenv("WHENCE_DISABLED", "false")
    monkeypatch.setenv("AIL_DATAHUB_ENABLED", "false")
    assert {"sinks", "path_rules", "disabled"}.isdisjoint(config.settings())
