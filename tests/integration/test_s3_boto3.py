"""S3 through boto3 and a real (moto) server: each way in, the right datasets under the right run, nothing false."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from collected import collecting

import whence

pytestmark = pytest.mark.integration
MIB = 1 << 20


@pytest.fixture
def lake(aws, collected):
    aws.bucket("lake", "other")
    for key in ("a.csv", "t/dt=1/part-0.parquet", "t/dt=2/part-0.parquet", "doomed.csv"):
        aws.put("lake", key, b"12345")
    return collected


@pytest.fixture
def s3(lake):
    return boto3.client("s3")


def lineage(event, name):
    (dataset,) = (each for each in event["outputs"] if each["name"] == name)
    facet = dataset["facets"].get("lineage")
    return None if facet is None else [each["name"] for each in facet["inputs"]]


# --- ways in


def test_client_of_the_default_session(lake):
    with whence.job("j"):
        client = boto3.client("s3")
        client.get_object(Bucket="lake", Key="a.csv")["Body"].read()
        client.put_object(Bucket="lake", Key="b.csv", Body=b"123")
    assert lake.places("j") == ({"s3://lake/a.csv"}, {"s3://lake/b.csv"})
    assert lake.statistics("j", "a.csv") == {"size": 5, "fileCount": 1}
    assert lake.statistics("j", "b.csv") == {"size": 3, "fileCount": 1}
    assert "whence-secret" not in lake.text()
    assert "12345" not in lake.text()


def test_session_of_its_own(lake):
    with whence.job("j"):
        boto3.Session().client("s3").get_object(Bucket="lake", Key="a.csv")
    assert lake.places("j") == ({"s3://lake/a.csv"}, set())


def test_client_that_was_made_before_the_hooks(aws, tmp_path):
    client = boto3.client("s3")
    aws.bucket("lake")
    with collecting(tmp_path) as collected:
        with whence.job("j"):
            client.put_object(Bucket="lake", Key="a.csv", Body=b"1")
        assert collected.places("j") == (set(), {"s3://lake/a.csv"})
    with whence.job("j"):
        client.put_object(Bucket="lake", Key="b.csv", Body=b"1")  # uninstalled: as if we had never been


def test_resource(lake):
    with whence.job("j"):
        resource = boto3.resource("s3")
        resource.Object("lake", "a.csv").get()
        resource.Bucket("lake").put_object(Key="b.csv", Body=b"1")
        resource.Object("lake", "c.csv").copy_from(CopySource="lake/a.csv")
        resource.Object("lake", "doomed.csv").delete()
    reads, writes = lake.places("j")
    assert reads == {"s3://lake/a.csv"}
    assert writes == {"s3://lake/b.csv", "s3://lake/c.csv", "s3://lake/doomed.csv"}


def test_addressing_and_threads_change_no_name(lake, aws):
    client = boto3.client("s3", config=boto3.session.Config(s3={"addressing_style": "path"}))
    with whence.job("j"), ThreadPoolExecutor(3) as pool:
        keys = [f"t/dt={number}/part-0.parquet" for number in (1, 2)]
        list(pool.map(lambda key: client.get_object(Bucket="lake", Key=key)["Body"].read(), keys))
    assert lake.places("j") == ({"s3://lake/t"}, set())
    assert lake.statistics("j", "t") == {"size": 10, "fileCount": 2}


def test_runs_at_once_do_not_mix(lake, s3):
    def work(number):
        with whence.job(f"j{number}"):
            for _ in range(3):
                s3.put_object(Bucket="lake", Key=f"out{number}.csv", Body=b"1")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert lake.places(f"j{number}") == (set(), {f"s3://lake/out{number}.csv"})


def test_outside_of_runs_nothing_is_told(lake, s3):
    s3.get_object(Bucket="lake", Key="a.csv")
    s3.upload_file(__file__, "lake", "x")
    assert lake.events() == []


# --- operations


def test_ranges_of_one_object_add_up(lake, s3):
    with whence.job("j"):
        for start in (0, 2):
            s3.get_object(Bucket="lake", Key="a.csv", Range=f"bytes={start}-{start + 1}")["Body"].read()
    assert lake.statistics("j", "a.csv") == {"size": 4, "fileCount": 1}


@pytest.mark.parametrize(
    "call",
    [
        lambda s3: s3.get_object(Bucket="lake", Key="nope"),
        lambda s3: s3.get_object(Bucket="lake", Key="a.csv", IfNoneMatch='"827ccb0eea8a706c4c34a16891f84e7b"'),
        lambda s3: s3.get_object(Bucket="lake", Key="a.csv", Range="bytes=100-200"),
        lambda s3: s3.head_object(Bucket="lake", Key="nope"),
        lambda s3: s3.put_object(Bucket="nope", Key="x", Body=b"1"),
        lambda s3: s3.copy_object(Bucket="lake", Key="x", CopySource="lake/nope"),
        lambda s3: s3.put_object(Bucket="lake", Key="x", Body=b"1", Nonsense=1),
        lambda s3: s3.upload_fileobj(io.BytesIO(b"1"), "nope", "x"),
        lambda s3: s3.download_fileobj("lake", "nope", io.BytesIO()),
        lambda s3: s3.copy({"Bucket": "lake", "Key": "nope"}, "lake", "x"),
    ],
)
def test_what_failed_is_no_lineage(lake, s3, call):
    with whence.job("j"), pytest.raises((ClientError, BotoCoreError, boto3.exceptions.Boto3Error)):
        call(s3)
    assert lake.places("j") == (set(), set())


def test_looking_and_presigning_are_no_lineage(lake, s3):
    with whence.job("j"):
        s3.head_object(Bucket="lake", Key="a.csv")
        s3.list_objects_v2(Bucket="lake", Prefix="t/")
        s3.list_objects(Bucket="lake")
        list(s3.get_paginator("list_objects_v2").paginate(Bucket="lake"))
        s3.generate_presigned_url("get_object", {"Bucket": "lake", "Key": "a.csv"})
        s3.generate_presigned_post("lake", "x")
        s3.put_object(Bucket="lake", Key="folder/", Body=b"")
        s3.get_object_tagging(Bucket="lake", Key="a.csv")
    assert lake.places("j") == (set(), set())


def test_looking_counts_when_asked_for(aws, tmp_path):
    aws.bucket("lake")
    aws.put("lake", "a.csv", b"1")
    with collecting(tmp_path, weak_reads=True) as collected:
        with whence.job("j"):
            client = boto3.client("s3")
            client.head_object(Bucket="lake", Key="a.csv")
            client.list_objects_v2(Bucket="lake", Prefix="t/dt=")
        assert collected.places("j") == ({"s3://lake/a.csv", "s3://lake/t"}, set())


def test_copy_of_an_object_comes_from_its_source(lake, s3):
    with whence.job("j"):
        s3.get_object(Bucket="lake", Key="t/dt=1/part-0.parquet")
        s3.copy_object(Bucket="other", Key="b c.csv", CopySource={"Bucket": "lake", "Key": "a.csv"})
        s3.copy_object(Bucket="other", Key="d.csv", CopySource="other/b c.csv")
    assert lake.places("j") == (
        {"s3://lake/a.csv", "s3://lake/t", "s3://other/b c.csv"},
        {"s3://other/b c.csv", "s3://other/d.csv"},
    )
    event = lake.end("j")
    assert (lineage(event, "b c.csv"), lineage(event, "d.csv")) == (["a.csv"], ["b c.csv"])


def test_deleted_objects_are_dropped_datasets(lake, s3):
    with whence.job("j"):
        keys = ["doomed.csv", "t/dt=1/part-0.parquet"]
        s3.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
        s3.delete_object(Bucket="lake", Key="a.csv")
        s3.delete_object(Bucket="lake", Key="t/dt=2/part-0.parquet", VersionId="null")
        s3.delete_object(Bucket="other", Key="versioned.csv", VersionId="null")
    found = {
        each["name"]: each["facets"]["lifecycleStateChange"]["lifecycleStateChange"]
        for each in lake.end("j")["outputs"]
    }
    assert found == {"doomed.csv": "DROP", "a.csv": "DROP", "t": "ALTER"}
    assert lineage(lake.end("j"), "doomed.csv") == []


def test_deletion_that_the_answer_denies_is_none(lake, s3):
    def deny(parsed, **_):
        parsed["Errors"] = [{"Key": "a.csv", "Code": "AccessDenied"}]

    s3.meta.events.register("after-call.s3.DeleteObjects", deny)
    with whence.job("j"):
        s3.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": "a.csv"}, {"Key": "doomed.csv"}]})
    assert lake.places("j") == (set(), {"s3://lake/doomed.csv"})


# --- uploads in parts, by hand


def begin(s3, key="whole.bin"):
    return {
        "Bucket": "lake",
        "Key": key,
        "UploadId": s3.create_multipart_upload(Bucket="lake", Key=key)["UploadId"],
    }


def test_upload_in_parts_counts_when_it_is_completed(lake, s3):
    with whence.job("j"):
        upload = begin(s3)
        parts = [
            {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=b"x" * size)["ETag"]}
            for n, size in ((1, 5 * MIB), (2, 10))
        ]
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert lake.places("j") == (set(), {"s3://lake/whole.bin"})
    assert lake.statistics("j", "whole.bin") == {"size": 5 * MIB + 10, "fileCount": 1}


def test_upload_that_is_aborted_or_left_is_no_lineage(lake, s3):
    with whence.job("j"):
        upload = begin(s3)
        s3.upload_part(**upload, PartNumber=1, Body=b"1")
        s3.upload_part_copy(**upload, PartNumber=2, CopySource="lake/a.csv")
        s3.abort_multipart_upload(**upload)
        s3.upload_part(**begin(s3, "left.bin"), PartNumber=1, Body=b"1")
    assert lake.places("j") == (set(), set())


def test_copied_parts_are_sources_once_the_upload_is_completed(lake, s3):
    with whence.job("j"):
        upload = begin(s3)
        answer = s3.upload_part_copy(**upload, PartNumber=1, CopySource="lake/a.csv")
        part = {"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    assert lake.places("j") == ({"s3://lake/a.csv"}, {"s3://lake/whole.bin"})
    assert lineage(lake.end("j"), "whole.bin") == ["a.csv"]
