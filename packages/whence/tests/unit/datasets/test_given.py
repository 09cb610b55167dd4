"""What people name as inputs and outputs, and how files get their names."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

import whence
from whence._datasets import given
from whence._datasets.given import INLINE_BYTES, FileHashes, understand
from whence.model import Dataset, DatasetId, InputDataset


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        ("orders", {}, ("here", "orders")),
        ("db/orders", {"namespace": "postgres://h:5432"}, ("postgres://h:5432", "db/orders")),
        ("s3://lake/raw/orders/", {}, ("s3://lake", "raw/orders")),
        ("s3a://lake/x.parquet?X-Amz-Signature=secret", {}, ("s3://lake", "x.parquet?X-Amz-Signature=secret")),
        ("postgresql+psycopg://me:pw@h:5432/shop.public.orders", {}, ("postgres://h:5432", "shop.public.orders")),
        ("https://me:pw@h/data.csv?token=secret", {}, ("https://h", "data.csv")),
        ("file:///data/missing.csv", {}, ("file", "/data/missing.csv")),
        ("/data/missing.csv", {}, ("file", "/data/missing.csv")),
        ("./missing.csv", {}, ("file", f"{Path.cwd()}/missing.csv")),
        ("out/missing.csv", {}, ("file", f"{Path.cwd()}/out/missing.csv")),
        (Path("/data/missing.csv"), {}, ("file", "/data/missing.csv")),
        ("model:fraud/1.0.0", {}, ("ml-registry", "model:fraud/1.0.0")),
        ("model:fraud/1.0.0", {"namespace": "mlflow"}, ("mlflow", "model:fraud/1.0.0")),
        ("file::/a/b.csv@sha256:" + "0" * 64, {}, ("file", "file::/a/b.csv@sha256:" + "0" * 64)),
        ("urn:li:dataset:(urn:li:dataPlatform:s3,lake/raw,PROD)", {}, ("s3://lake", "raw")),
        (
            "urn:li:dataset:(urn:li:dataPlatform:postgres,public.orders,PROD)",
            {},
            ("urn:li:dataPlatform:postgres", "public.orders"),
        ),
        ("urn:li:dataset:(urn:li:dataPlatform:s3,lake,DEV)", {}, ("urn:li:dataPlatform:s3", "lake")),
        ("urn:li:dataset:(urn:li:dataPlatform:mine,a%2Cb,PROD)", {}, ("urn:li:dataPlatform:mine", "a,b")),
        (DatasetId("n", "d"), {}, ("n", "d")),
        (Dataset("n", "d"), {}, ("n", "d")),
        ({"namespace": "n", "name": "d"}, {}, ("n", "d")),
    ],
)
def test_names(given, options, expected):
    dataset = understand(given, "input", options, "here")
    assert (dataset.namespace, dataset.name) == expected


def test_facets_are_kept_and_added():
    given = InputDataset("n", "d", {"own": {"x": 1}}, input_facets={"inputStatistics": {"rowCount": 3}})
    dataset = understand(given, "input", {"fields": {"a": "INT", "b": None}, "description": "rows"}, "here")
    assert dataset.facets["own"] == {"x": 1}
    assert dataset.facets["schema"]["fields"] == [{"name": "a", "type": "INT"}, {"name": "b"}]
    assert dataset.facets["documentation"]["description"] == "rows"
    assert dataset.io_facets["inputStatistics"]["rowCount"] == 3


def test_what_cannot_be_understood_is_said_once_and_left_out(collected, caplog):
    with whence.job("j"):
        whence.add_input(object())
        whence.add_input(object())
        whence.add_output("")
        whence.add_output("good", namespace="n", rows="not a number")
        whence.add_output("good", namespace="n", fields=["a"], rows=3)
    assert collected.names("j") == (set(), {"good"})
    assert collected.rows("j", "good") == 3
    assert caplog.text.count("dataset object") + caplog.text.count("a dataset was not understood") == 2


def test_why_a_dataset_is_left_out_is_said_in_words(collected, caplog):
    with whence.job("j"):
        whence.add_input(3)
        whence.add_output({"name": "n"})
    assert collected.names("j") == (set(), set())
    assert "int is no kind of dataset" in caplog.text
    assert "needs namespace and name" in caplog.text


def test_an_option_that_there_is_not_is_said(collected, caplog):
    with whence.job("j"):
        whence.add_input("d", name_space="n")  # pyright: ignore[reportCallIssue]
        whence.add_output("e", columns={}, namespace="n")
    assert collected.names("j") == ({"d"}, {"e"})
    assert "add_input has no option 'name_space'" in caplog.text
    assert caplog.text.count("has no option") == 1


def test_named_twice_is_one(collected):
    with whence.job("j"):
        whence.add_input("d", namespace="n", fields=["a"])
        whence.add_input("d", namespace="n", description="more")
    (dataset,) = collected.end("j")["inputs"]
    assert sorted(dataset["facets"]) == ["documentation", "schema"]


class TestFiles:
    def test_input_is_named_as_it_was_when_it_was_named(self, collected, tmp_path):
        file = tmp_path / "in.csv"
        file.write_bytes(b"before")
        with whence.job("j"):
            whence.add_input(file)
            file.write_bytes(b"after")
            whence.add_output(str(file))
        end = collected.end("j")
        for dataset, content in ((end["inputs"][0], b"before"), (end["outputs"][0], b"after")):
            digest = hashlib.sha256(content).hexdigest()
            assert dataset["name"] == f"file::{file}@sha256:{digest}"
            assert dataset["facets"]["version"]["datasetVersion"] == digest
            assert "symlinks" not in dataset["facets"]  # two contents of one path are two datasets

    def test_large_files_are_read_by_the_background(self, collected, tmp_path):
        large = tmp_path / "large.bin"
        large.write_bytes(b"x" * (INLINE_BYTES + 1))
        with whence.job("j"):
            whence.add_input(large)
            whence.add_output(large)
        digest = hashlib.sha256(large.read_bytes()).hexdigest()
        assert collected.names("j") == ({f"file::{large}@sha256:{digest}"}, {f"file::{large}@sha256:{digest}"})

    def test_run_that_ends_while_its_input_is_read_waits_for_the_name(self, collected, tmp_path, monkeypatch):
        large = tmp_path / "large.bin"
        large.write_bytes(b"x" * (INLINE_BYTES + 1))
        reading, ended, digest = threading.Event(), threading.Event(), given._digest

        def slowly(path):
            reading.set()
            assert ended.wait(10)
            return digest(path)

        monkeypatch.setattr(given, "_digest", slowly)
        with whence.job("j"):
            whence.add_input(large)
            assert reading.wait(10)
        ended.set()
        assert collected.names("j") == (
            {f"file::{large}@sha256:{hashlib.sha256(large.read_bytes()).hexdigest()}"},
            set(),
        )

    def test_start_of_a_run_by_hand_waits_for_the_hash(self, collected, tmp_path):
        large = tmp_path / "large.bin"
        large.write_bytes(b"x" * (INLINE_BYTES + 1))
        whence.complete_run(whence.start_run("j", inputs=[large]))
        start, _ = collected.events("j")
        assert "@sha256:" in start["inputs"][0]["name"]

    def test_file_that_changes_or_is_gone_keeps_its_path(self, tmp_path):
        file = tmp_path / "f"
        file.write_bytes(b"x" * (INLINE_BYTES + 1))
        hashes = FileHashes()
        dataset = understand(file, "input", {}, "here")
        hashes.settle_now(dataset)
        file.write_bytes(b"y" * (INLINE_BYTES + 2))
        hashes.settle(dataset)
        assert (dataset.name, dataset.path) == (str(file), None)
        file.unlink()
        dataset = understand(file, "input", {}, "here")
        hashes.settle_now(dataset)
        assert (dataset.name, dataset.path) == (str(file), None)
        folder = understand(tmp_path, "input", {}, "here")
        hashes.settle_now(folder)
        assert folder.name == str(tmp_path)

    def test_unchanged_file_is_not_read_again(self, tmp_path):
        file = tmp_path / "f"
        file.write_text("content")
        hashes = FileHashes()
        names = set()
        for _ in range(2):
            dataset = understand(file, "input", {}, "here")
            hashes.settle_now(dataset)
            names.add(dataset.name)
            file.chmod(0)  # root reads it all the same; the memory of it is what counts
        assert len(names) == 1
        assert len(hashes._known) == 1


@pytest.mark.parametrize("named", ["postgres,public.orders,PROD", "s3,lake/raw,DEV", "mine,a%2Cb,QA"])
def test_a_urn_goes_on_as_it_was_given(named):
    urn = f"urn:li:dataset:(urn:li:dataPlatform:{named})"
    assert understand(urn, "output", {}, "here").facets["whence_datahub"]["urn"] == urn
