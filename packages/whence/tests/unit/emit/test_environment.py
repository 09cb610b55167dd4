from __future__ import annotations

import dataclasses

import pytest

from whence.emit import SETTING_NAMES, Settings, SinkSettings, load_settings, settings_from
from whence.errors import ConfigError


def urls(settings):
    return [sink.url for sink in settings.sinks]


def test_every_setting_can_be_given_and_nothing_else():
    made = {field.name for field in dataclasses.fields(Settings)} - {"warnings", "origins"}
    assert set(SETTING_NAMES) == made


def test_arguments_beat_environment_beats_file_beats_default():
    environ = {"WHENCE_NAMESPACE": "environment", "WHENCE_TIMEOUT_S": "2"}
    file = {"namespace": "file", "timeout_s": 3, "gzip": False}
    settings = settings_from({"namespace": "argument", "timeout_s": None}, environ, file, file_name="whence.toml")
    assert (settings.namespace, settings.timeout_s, settings.gzip, settings.poll_s) == ("argument", 2.0, False, 0.25)
    assert settings.origins["gzip"] == "file whence.toml"


def test_an_empty_variable_is_not_given():
    assert settings_from({}, {"WHENCE_NAMESPACE": " ", "OL_NAMESPACE": "old"}).namespace == "old"


def test_environment_is_read_and_never_written():
    environ = {"WHENCE_SINKS": "console:", "OPENLINEAGE_URL": "http://other"}
    before = dict(environ)
    settings_from({}, environ)
    assert environ == before


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WHENCE_SINKS": "http://a:1, console:"}, ["http://a:1", "console:stdout"]),
        ({"OPENLINEAGE_URL": "http://a:1"}, ["http://a:1"]),
        ({"OPENLINEAGE_URL": "http://a:1", "OPENLINEAGE_ENDPOINT": "/api/v2/x"}, ["http://a:1/api/v2/x"]),
        ({"MARQUEZ_ENDPOINT": "http://m:5000/api/v1/lineage"}, ["http://m:5000/api/v1/lineage"]),
        ({"WHENCE_SINKS": "http://a:1", "OPENLINEAGE_URL": "http://b"}, ["http://a:1"]),
        ({"OPENLINEAGE_URL": "http://b", "MARQUEZ_ENDPOINT": "http://m:5000"}, ["http://b"]),
        ({}, ["http://127.0.0.1:8300"]),
    ],
)
def test_the_names_that_users_have(environ, expected):
    assert urls(settings_from({}, environ)) == expected


@pytest.mark.parametrize("name", ["WHENCE_NAMESPACE", "OPENLINEAGE_NAMESPACE", "OL_NAMESPACE"])
def test_the_names_of_the_namespace(name):
    settings = settings_from({}, {name: "shop"})
    assert settings.namespace == "shop"
    assert settings.origins["namespace"] == f"environment {name}"


def test_a_sink_named_twice_is_one():
    assert len(settings_from({"sinks": ["http://a", "http://a/"]}).sinks) == 1


def test_a_sink_of_its_own_settings_stays_as_it_is():
    own = SinkSettings(url="http://a", kind="http", timeout_s=77.0)
    assert settings_from({"sinks": [own], "timeout_s": 1, "api_key": "k"}).sinks == (own,)


def test_http_sinks_share_time_out_compression_and_key():
    first, second, third = settings_from(
        {"sinks": "http://a,https://me:pw@b,console:", "timeout_s": 4, "gzip": False, "api_key": "k"}
    ).sinks
    assert (first.timeout_s, first.gzip, first.authorization) == (4.0, False, "Bearer k")
    assert second.authorization is not None
    assert second.authorization.startswith("Basic ")
    assert third.authorization is None


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({"WHENCE_SINKS": "http://a", "WHENCE_API_KEY": "k"}, True),
        ({"OPENLINEAGE_URL": "http://a", "OPENLINEAGE_API_KEY": "k"}, True),
        ({"WHENCE_SINKS": "http://a", "OPENLINEAGE_API_KEY": "k"}, True),
        ({"WHENCE_SINKS": "http://a", "OPENLINEAGE_URL": "http://vendor", "OPENLINEAGE_API_KEY": "k"}, False),
        ({"WHENCE_SINKS": "http://a"}, False),
    ],
)
def test_a_key_goes_only_where_it_belongs(environ, sent):
    (sink,) = settings_from({}, environ).sinks
    assert sink.authorization == ("Bearer k" if sent else None)


@pytest.mark.parametrize(
    ("environ", "start"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/me"}, "/state/whence/spool/"),
        ({"HOME": "/home/me"}, "/home/me/.local/state/whence/spool/"),
        ({"HOME": "/"}, "/tmp/whence-"),
        ({"TMPDIR": "/var/tmp"}, "/var/tmp/whence-"),
        ({"XDG_STATE_HOME": "relative"}, "/tmp/whence-"),
    ],
)
def test_the_spool_lies_in_the_users_state(environ, start):
    assert settings_from({}, environ).spool_dir.startswith(start)


def test_other_sinks_have_another_default_folder():
    def folder(sinks, **more):
        return settings_from({"sinks": sinks}, {"HOME": "/h"} | more).spool_dir

    assert folder("http://a,http://b") == folder("http://b,http://a")
    assert folder("http://a") != folder("http://b")
    assert folder("http://a", WHENCE_SPOOL_DIR="/s") == folder("http://b", WHENCE_SPOOL_DIR="/s") == "/s"


@pytest.mark.parametrize(
    ("given", "hint"), [({"sink": "x"}, "did you mean 'sinks'?"), ({"colour": "x"}, "known are: sinks")]
)
def test_an_unknown_key_is_refused_with_the_nearest(given, hint):
    for call in (lambda: settings_from(given), lambda: settings_from({}, {}, given)):
        with pytest.raises(ConfigError) as caught:
            call()
        assert hint in str(caught.value)
        assert caught.value.setting in given


def test_a_wrong_value_is_named_as_the_reader_wrote_it():
    with pytest.raises(ConfigError, match="WHENCE_TIMEOUT_S is 'soon'"):
        settings_from({}, {"WHENCE_TIMEOUT_S": "soon"})
    with pytest.raises(ConfigError, match="OPENLINEAGE_URL holds the sink"):
        settings_from({}, {"OPENLINEAGE_URL": "localhost:5000"})
    with pytest.raises(ConfigError, match="timeout_s is"):
        settings_from({"timeout_s": "soon"})


def test_a_misspelled_variable_earns_a_warning():
    settings = settings_from({}, {"WHENCE_SINK": "console:", "WHENCE_DATA": "/data", "WHENCE_CONFIG": "x", "PATH": "/"})
    assert settings.warnings == ("the variable WHENCE_SINK is not known and not read; did you mean WHENCE_SINKS?",)


def test_load_settings_reads_the_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WHENCE_NAMESPACE", "environment")
    monkeypatch.delenv("WHENCE_CONFIG", raising=False)
    assert load_settings().namespace == "environment"
    (tmp_path / "whence.toml").write_text('namespace = "file"\ntimeout_s = 3\nsinks = ["console:"]\n')
    settings = load_settings({"gzip": False})
    assert (settings.namespace, settings.timeout_s, settings.gzip) == ("environment", 3.0, False)
    assert settings.origins["timeout_s"] == "file whence.toml"
    (tmp_path / "other.toml").write_text("timeout_s = 4\n")
    monkeypatch.setenv("WHENCE_CONFIG", "other.toml")
    assert load_settings().timeout_s == 4.0
    assert load_settings(path=tmp_path / "whence.toml").timeout_s == 3.0


def test_a_configuration_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match="is not there"):
        load_settings(path=tmp_path / "absent.toml")
    (tmp_path / "bad.toml").write_text("= 5")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(path=tmp_path / "bad.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(path=tmp_path)
