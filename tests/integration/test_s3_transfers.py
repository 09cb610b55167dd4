"""Transfers of boto3's manager and of AWS's common runtime: whole objects under the caller's run, only when done."""

from __future__ import annotations

import io
import threading
from concurrent.futures import CancelledError
from wsgiref.util import setup_testing_defaults

import boto3
import botocore.session
import pytest
from awscrt.exceptions import AwsCrtError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from s3transfer import crt as common_runtime
from s3transfer.manager import TransferConfig as ManagerConfig
from s3transfer.manager import TransferManager

import whence
from whence.integrations.wsgi import WhenceMiddleware

pytestmark = pytest.mark.integration
MIB = 1 << 20
SIZE = 2 * MIB
SMALL_PARTS = TransferConfig(multipart_threshold=MIB, multipart_chunksize=MIB, max_concurrency=2)


@pytest.fixture
def lake(aws, collected):
    aws.bucket("lake", "other")
    aws.put("lake", "a.csv", b"12345")
    aws.put("lake", "doomed.csv", b"12345")
    aws.put("lake", "big.bin", b"x" * SIZE)
    return collected


@pytest.fixture
def s3(lake):
    return boto3.client("s3")


def origins(event, name):
    (dataset,) = (each for each in event["outputs"] if each["name"] == name)
    return [each["name"] for each in dataset["facets"]["lineage"]["inputs"]]


def test_upload_and_download_of_files(lake, s3, tmp_path):
    source = tmp_path / "source.bin"
    source.write_bytes(b"x" * (6 * MIB))
    with whence.job("j"):
        s3.upload_file(str(source), "lake", "uploaded.bin", Config=SMALL_PARTS)
        s3.upload_fileobj(io.BytesIO(b"123"), "lake", "small.bin")
        s3.download_file("lake", "big.bin", str(tmp_path / "target.bin"), Config=SMALL_PARTS)
        s3.download_fileobj("lake", "a.csv", io.BytesIO())
    assert lake.places("j") == (
        {"s3://lake/big.bin", "s3://lake/a.csv"},
        {"s3://lake/uploaded.bin", "s3://lake/small.bin"},
    )
    for name, size in {"uploaded.bin": 6 * MIB, "big.bin": SIZE, "small.bin": 3, "a.csv": 5}.items():
        assert lake.statistics("j", name) == {"size": size, "fileCount": 1}


def test_transfer_without_threads_is_one_operation_too(lake, s3):
    config = TransferConfig(multipart_threshold=MIB, multipart_chunksize=MIB, use_threads=False)
    with whence.job("j"):
        s3.download_fileobj("lake", "big.bin", io.BytesIO(), Config=config)
        s3.upload_fileobj(io.BytesIO(b"123"), "lake", "small.bin", Config=config)
        with pytest.raises(ClientError):
            s3.download_fileobj("lake", "nope", io.BytesIO(), Config=config)
    assert lake.places("j") == ({"s3://lake/big.bin"}, {"s3://lake/small.bin"})
    assert lake.statistics("j", "big.bin") == {"size": SIZE, "fileCount": 1}


def test_managed_copy_comes_from_its_source(lake, s3):
    with whence.job("j"):
        s3.copy({"Bucket": "lake", "Key": "big.bin"}, "other", "copied.bin", Config=SMALL_PARTS)
        boto3.resource("s3").Bucket("other").copy({"Bucket": "lake", "Key": "a.csv"}, "copied.csv")
    assert lake.places("j") == (
        {"s3://lake/big.bin", "s3://lake/a.csv"},
        {"s3://other/copied.bin", "s3://other/copied.csv"},
    )
    assert origins(lake.end("j"), "copied.bin") == ["big.bin"]
    assert origins(lake.end("j"), "copied.csv") == ["a.csv"]


def test_download_that_fails_half_way_is_no_origins(lake, s3):
    def fail(params, **_):
        if params.get("headers", {}).get("Range", "").startswith("bytes=1048576"):
            raise ClientError({"Error": {"Code": "Broken"}}, "GetObject")

    s3.meta.events.register("before-call.s3.GetObject", fail)
    with whence.job("j"), pytest.raises(ClientError, match="Broken"):
        s3.download_fileobj("lake", "big.bin", io.BytesIO(), Config=SMALL_PARTS)
    assert lake.places("j") == (set(), set())


def test_transfer_belongs_to_the_run_that_began_it(lake, s3):
    with TransferManager(s3) as manager:
        with whence.job("a"):
            first = manager.upload(io.BytesIO(b"1"), "lake", "first")
            first.result()
        with whence.job("b"):
            manager.delete("lake", "doomed.csv").result()
            cancelled = manager.upload(io.BytesIO(b"1" * (20 * MIB)), "lake", "cancelled")
            cancelled.cancel()
            with pytest.raises(CancelledError):
                cancelled.result()
    assert lake.places("a") == (set(), {"s3://lake/first"})
    assert lake.places("b") == (set(), {"s3://lake/doomed.csv"})


def test_transfer_that_ends_after_its_run_is_told_later(lake, s3):
    gate = threading.Event()
    s3.meta.events.register("before-call.s3.PutObject", lambda **_: gate.wait(10) and None)
    with TransferManager(s3) as manager:
        with whence.job("j"):
            manager.upload(io.BytesIO(b"1"), "lake", "late")
        gate.set()
    (late,) = (event for event in lake.events("j") if event["eventType"] == "OTHER")
    assert [each["name"] for each in late["outputs"]] == ["late"]
    assert lake.places("j") == (set(), set())


def test_request_has_a_run_only_once_something_was_moved(lake, s3):
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/look":
            s3.head_object(Bucket="lake", Key="a.csv")
            with pytest.raises(ClientError):
                s3.download_fileobj("lake", "nope", io.BytesIO())
        else:
            s3.upload_fileobj(io.BytesIO(b"1"), "lake", "uploaded")
        start_response("200 OK", [])
        return [b""]

    service = WhenceMiddleware(app, template=lambda environ: environ["PATH_INFO"])
    for path in ("/look", "/load"):
        environ = {}
        setup_testing_defaults(environ)
        body = service({**environ, "PATH_INFO": path}, lambda *_: None)
        list(body)
        if hasattr(body, "close"):
            body.close()
    service.service.close()
    assert {event["job"]["name"] for event in lake.events()} == {"GET /load"}
    assert lake.places("GET /load") == (set(), {"s3://lake/uploaded"})


# --- AWS's common runtime


@pytest.fixture
def crt(lake, aws):
    """Give a transfer manager on the common runtime; boto3 would make one that speaks TLS only."""
    session = botocore.session.get_session()
    options = {"endpoint_url": aws.url, "region_name": "us-east-1"}
    credentials = common_runtime.BotocoreCRTCredentialsWrapper(session.get_credentials()).to_crt_credentials_provider()
    client = common_runtime.create_s3_crt_client("us-east-1", use_ssl=False, crt_credentials_provider=credentials)
    serializer = common_runtime.BotocoreCRTRequestSerializer(session, options)
    with common_runtime.CRTTransferManager(client, serializer, config=ManagerConfig()) as manager:
        yield manager


def test_transfers_of_the_common_runtime_are_told_by_their_own_end(lake, crt, tmp_path):
    (tmp_path / "x.bin").write_bytes(b"x" * 1000)
    with whence.job("j"):
        crt.upload(str(tmp_path / "x.bin"), "lake", "crt.bin").result()
        crt.download("lake", "a.csv", str(tmp_path / "a.csv")).result()
        crt.delete("lake", "doomed.csv").result()
    reads, writes = lake.places("j")
    assert reads == {"s3://lake/a.csv"}
    assert writes == {"s3://lake/crt.bin", "s3://lake/doomed.csv"}
    assert lake.statistics("j", "crt.bin") == {"size": 1000, "fileCount": 1}


def test_failed_transfers_of_the_common_runtime_are_no_origins(lake, crt, tmp_path):
    (tmp_path / "x.bin").write_bytes(b"x")
    with whence.job("j"):
        for start in (
            lambda: crt.upload(str(tmp_path / "x.bin"), "nope", "x"),
            lambda: crt.download("lake", "nope", str(tmp_path / "y")),
        ):
            with pytest.raises(ClientError):
                start().result()
    assert lake.places("j") == (set(), set())


def test_boto3_with_the_common_runtime_whose_transfer_fails_tells_nothing(lake, s3, tmp_path):
    """Its one botocore call succeeds, because it only writes the request down; the server speaks no TLS."""
    (tmp_path / "x.bin").write_bytes(b"x")
    with whence.job("j"), pytest.raises(AwsCrtError):
        s3.upload_file(str(tmp_path / "x.bin"), "lake", "x.bin", Config=TransferConfig(preferred_transfer_client="crt"))
    assert lake.places("j") == (set(), set())
