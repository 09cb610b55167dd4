from __future__ import annotations

from whence.emit import SettingRow, SinkSettings, settings_from

SECRET = "s3cr3t-value"


def rows(settings):
    return {row.name: row for row in settings.rows()}


def test_each_row_has_its_value_and_origin():
    settings = settings_from({"namespace": "shop"}, {"WHENCE_TIMEOUT_S": "3", "HOME": "/home/me"}, {"gzip": False})
    shown = rows(settings)
    assert shown["namespace"] == SettingRow("namespace", "shop", "argument")
    assert shown["timeout_s"] == SettingRow("timeout_s", "3.0", "environment WHENCE_TIMEOUT_S")
    assert shown["gzip"] == SettingRow("gzip", "false", "file whence.toml")
    assert shown["event_tries"] == SettingRow("event_tries", "8", "default")
    assert shown["api_key"].value == "none"
    assert shown["sinks"] == SettingRow("sinks", "http://127.0.0.1:8300", "default")


def test_no_sinks_are_shown_as_none():
    assert rows(settings_from({"sinks": []}))["sinks"].value == "none"


def test_a_secret_is_never_shown():
    settings = settings_from({"api_key": SECRET, "sinks": f"https://me:{SECRET}@host/x,http://other:8300"})
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.rows())
    assert rows(settings)["api_key"].value == "(set, not shown)"
    assert all(SECRET not in sink.url for sink in settings.sinks)


def test_only_the_console_belongs_to_the_process():
    assert SinkSettings(url="console:stdout", kind="console").is_local
    assert not SinkSettings(url="file:/x", kind="file").is_local
