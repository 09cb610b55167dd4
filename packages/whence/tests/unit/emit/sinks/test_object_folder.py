from __future__ import annotations

import gzip
import json
import os
import sys

import pytest

from whence.emit import settings_from
from whence.emit.sinks import Fault, Retry, Taken, open_sink
from whence.emit.sinks._object_folder import event_time, packed, storage_options
from whence.errors import ConfigError, MissingExtraError


def event(name, time="2026-11-21T10:00:00.5Z"):
    return json.dumps({"eventTime": time, "job": {"name": name}}).encode()


def sink_of(url, **more):
    return open_sink(settings_from({"sinks": url, **more}).sinks[0])


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_batch_is_one_file_of_lines(tmp_path):
    batch = [event("b", "2026-11-21T10:00:01+09:00"), event("a")]
    assert sink_of(f"folder+file://{tmp_path}/lineage").send(batch) == [Taken(), Taken()]
    (name,) = files(tmp_path)
    assert name.startswith("lineage/dt=2026-11-21/20261121T010001.000000Z-")
    assert name.endswith(".jsonl.gz")
    assert gzip.decompress((tmp_path / name).read_bytes()) == batch[0] + b"\n" + batch[1] + b"\n"


def test_compression_is_a_choice(tmp_path):
    sink_of(f"folder+file://{tmp_path}", gzip=False).send([event("a")])
    (name,) = files(tmp_path)
    assert name.endswith(".jsonl")
    assert (tmp_path / name).read_bytes() == event("a") + b"\n"


def test_a_batch_that_is_sent_again_replaces_itself(tmp_path):
    batch = [event("a"), event("b")]
    for _ in range(2):
        sink_of(f"folder+file://{tmp_path}").send(batch)
    sink_of(f"folder+file://{tmp_path}").send(batch[:1])
    assert len(files(tmp_path)) == 2


def test_each_day_has_its_own_file_and_names_sort_by_time(tmp_path):
    times = ["2026-11-22T00:00:00Z", "2026-11-21T23:59:59Z", "2026-11-22T08:00:00+09:00", "nonsense"]
    batch = [event(str(number), time) for number, time in enumerate(times)]
    assert sink_of(f"folder+file://{tmp_path}", gzip=False).send(batch) == [Taken()] * 4
    names = files(tmp_path)
    assert [name[:29] for name in names] == [
        "dt=2026-11-21/20261121T230000",
        "dt=2026-11-22/20261122T000000",
        "dt=undated/undated-" + names[2][19:29],
    ]
    assert [len((tmp_path / name).read_bytes().splitlines()) for name in names] == [2, 1, 1]


def test_the_same_events_have_the_same_bytes():
    assert packed([event("a")], gzip=True) == packed([event("a")], gzip=True)
    assert packed([event("a")], gzip=True)[0] != packed([event("b")], gzip=True)[0]


@pytest.mark.parametrize(
    "body", [b"x", b"[]", b"{}", b'{"eventTime": 5}', b'{"eventTime": "0001-01-01T00:00:00+10:00"}']
)
def test_a_time_that_cannot_be_read_is_none(body):
    assert event_time(body) is None


def test_a_time_without_a_zone_is_utc():
    assert event_time(event("a", "2026-11-21T10:00:00")) == event_time(event("a", "2026-11-21T19:00:00+09:00"))


def test_a_folder_that_cannot_be_made_waits_for_a_person(tmp_path):
    (tmp_path / "file").write_text("")
    (outcome,) = sink_of(f"folder+file://{tmp_path}/file/below").send([event("a")])
    assert isinstance(outcome, Retry)
    assert outcome.fault is Fault.SETTINGS


def test_one_day_that_fails_does_not_fail_another(tmp_path):
    (tmp_path / "dt=2026-11-21").write_text("")
    first, second = sink_of(f"folder+file://{tmp_path}").send([event("a"), event("b", "2026-11-22T10:00:00Z")])
    assert isinstance(first, Retry)
    assert second == Taken()


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path, full_disk):
    sink = sink_of(f"folder+file://{tmp_path}", gzip=False)
    with full_disk(10):
        (outcome,) = sink.send([event("a")])
    assert outcome == Retry(f"folder+file://{tmp_path} cannot be written: OSError: File too large")
    assert files(tmp_path) == []
    assert sink.send([event("a")]) == [Taken()]


def test_parameters_go_down_into_tables():
    (sink,) = settings_from({"sinks": "gs://b?token=anon&a.b.c=1&a.b.d=true"}).sinks
    assert storage_options(sink) == {"token": "anon", "a": {"b": {"c": "1", "d": True}}}


def test_a_local_folder_needs_no_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert sink_of(f"folder+file://{tmp_path}").send([event("a")]) == [Taken()]
    assert os.listdir(tmp_path) == ["dt=2026-11-21"]


def test_how_long_events_gather_is_a_choice(tmp_path):
    assert sink_of(f"folder+file://{tmp_path}").gather_s == 5.0
    assert sink_of(f"folder+file://{tmp_path}?every_s=0.5").gather_s == 0.5
    with pytest.raises(ConfigError, match="every_s"):
        sink_of(f"folder+file://{tmp_path}?every_s=soon")


@pytest.mark.parametrize(
    ("url", "library", "extra"), [("s3://b", "botocore", "s3"), ("folder+memory://x", "fsspec", "fsspec")]
)
def test_a_missing_library_names_its_extra(url, library, extra, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(MissingExtraError) as caught:
        sink_of(url)
    assert caught.value.extra == extra


def test_a_library_that_lacks_a_part_is_broken_and_not_missing(monkeypatch):
    def fail(name):
        raise ModuleNotFoundError(name=f"{name}.part_of_it")

    monkeypatch.setattr("whence.emit.sinks._object_folder.import_module", fail)
    with pytest.raises(ModuleNotFoundError):
        sink_of("s3://b")


def test_a_look_at_a_folder_makes_nothing(tmp_path):
    assert sink_of(f"folder+file://{tmp_path}").look() == "can be written"
    assert sink_of(f"folder+file://{tmp_path}/a/b").look() == "will be created"
    (tmp_path / "file").touch()
    with pytest.raises(PermissionError):
        sink_of(f"folder+file://{tmp_path}/file/x").look()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
