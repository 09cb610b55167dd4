from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from whence.emit import SinkSettings, _values
from whence.errors import ConfigError


@pytest.mark.parametrize(("given", "read"), [(True, True), ("Yes", True), ("on", True), ("0", False), ("off ", False)])
def test_a_switch(given, read):
    assert _values.switch_of("gzip", given) is read


@pytest.mark.parametrize(
    ("given", "read"),
    [(1, 1), ("65536", 65536), ("64 KiB", 65536), ("256MiB", 256 << 20), ("1GB", 10**9), ("2 gib", 2 << 30), ("5b", 5)],
)
def test_a_size(given, read):
    assert _values.size_of("spool_max_bytes", given) == read


@pytest.mark.parametrize(("given", "read"), [(1, 1.0), ("2.5", 2.5), (0.1, 0.1)])
def test_seconds(given, read):
    assert _values.seconds_of("timeout_s", given) == read


def test_a_count_and_a_text():
    assert _values.count_of("event_tries", " 5 ") == 5
    assert _values.text_of("namespace", " shop ") == "shop"


def test_what_is_said_of_statements():
    assert _values.sql_text_of("sql_text", " Fingerprint ") == "fingerprint"


def test_a_folder_is_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert _values.folder_of("spool_dir", "spool") == str(tmp_path / "spool")
    assert _values.folder_of("spool_dir", Path("~/spool")) == str(tmp_path / "home/spool")


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (_values.switch_of, "maybe"),
        (_values.switch_of, 2),
        (_values.size_of, "12 parsecs"),
        (_values.size_of, "0"),
        (_values.size_of, True),
        (_values.size_of, -1),
        (_values.count_of, "1.5"),
        (_values.count_of, None),
        (_values.seconds_of, "soon"),
        (_values.seconds_of, 0),
        (_values.seconds_of, "inf"),
        (_values.seconds_of, True),
        (_values.text_of, " "),
        (_values.text_of, 5),
        (_values.sql_text_of, "everything"),
        (_values.sql_text_of, False),
        (_values.folder_of, ""),
        (_values.sink_texts_of, 5),
        (_values.sink_texts_of, [5]),
    ],
)
def test_a_wrong_value_is_refused_by_name(read, given):
    with pytest.raises(ConfigError) as caught:
        read("some_setting", given)
    assert caught.value.setting == "some_setting"
    assert "some_setting" in str(caught.value)


def test_a_secret():
    assert _values.secret_of("api_key", None) is None
    assert _values.secret_of("api_key", "") is None
    assert _values.secret_of("api_key", " key ") == "key"
    with pytest.raises(ConfigError) as caught:
        _values.secret_of("api_key", "line\nbreak")
    assert "line" not in str(caught.value)
    assert caught.value.value is None


def test_lists_of_sinks():
    sink = SinkSettings(url="console:stdout", kind="console")
    assert _values.sink_texts_of("sinks", sink) == [sink]
    assert _values.sink_texts_of("sinks", "a, b,,") == ["a", "b"]
    assert _values.sink_texts_of("sinks", ("a", sink)) == ["a", sink]


@pytest.mark.parametrize(
    ("given", "url", "kind"),
    [
        ("http://localhost:8300", "http://localhost:8300", "http"),
        ("https://host/base/", "https://host/base", "https"),
        ("http://[::1]:8300", "http://[::1]:8300", "http"),
        ("HTTP://Host", "http://host", "http"),
        ("file:/x/events.jsonl", "file:/x/events.jsonl", "file"),
        ("file:///x/a%20b.jsonl", "file:/x/a b.jsonl", "file"),
        ("file://localhost/x.jsonl", "file:/x.jsonl", "file"),
        ("console:", "console:stdout", "console"),
        ("console", "console:stdout", "console"),
        ("console://stderr", "console:stderr", "console"),
        ("datahub+http://gms:8080/x", "datahub+http://gms:8080/x", "datahub+http"),
    ],
)
def test_a_sink_url(given, url, kind):
    sink = _values.sink_of("sinks", given)
    assert (sink.url, sink.kind, sink.authorization) == (url, kind, None)


def test_a_relative_file_counts_from_the_working_directory_of_now(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _values.sink_of("sinks", "file:events%231.jsonl").url == f"file:{tmp_path}/events#1.jsonl"


@pytest.mark.parametrize("scheme", ["http", "acme+https"])
def test_credentials_leave_the_url(scheme):
    sink = _values.sink_of("sinks", f"{scheme}://me%40x:p%3Aw@host:1/base")
    assert sink.url == f"{scheme}://host:1/base"
    assert sink.authorization == "Basic " + b64encode(b"me@x:p:w").decode()
    assert _values.sink_of("sinks", f"{scheme}://token@host").authorization == "Basic " + b64encode(b"token:").decode()
    assert _values.sink_of("sinks", f"{scheme}://:pw@host").authorization == "Basic " + b64encode(b":pw").decode()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://host:port", "port cannot be read"),
        ("http://", "names no host"),
        ("http://host?x=1", "query"),
        ("http://host#x", "fragment"),
        ("file:", "names no file"),
        ("file://events.jsonl", "write file:events.jsonl"),
        ("console:nowhere", "stdout or stderr"),
        ("localhost:8300", "names no sink"),
        ("events.jsonl", "names no sink"),
        ("http://me:hidden@host:port", "port cannot be read"),
    ],
)
def test_a_wrong_sink_url_says_what_is_allowed(url, said):
    with pytest.raises(ConfigError, match=said) as caught:
        _values.sink_of("WHENCE_SINKS", url)
    assert "http://host:8300" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_path_rules_are_a_list_or_a_text_with_commas():
    rules = ("s3://lake/{table}/**", "/mnt/lake -> s3://lake", "/data/{table}/**", "folder")
    assert _values.path_rules_of("path_rules", ", ".join(rules)) == rules
    assert _values.path_rules_of("path_rules", list(rules)) == rules
    for bad in ("tables", "", ["folder", 3], 7, None, "lake/{table}/**", "lake -> s3://lake"):
        with pytest.raises(ConfigError, match="path_rules"):
            _values.path_rules_of("path_rules", bad)
