"""The hooks of botocore, aiobotocore and s3transfer with clients answered from memory: edges, bounds, trouble."""

from __future__ import annotations

import asyncio
import io

import boto3
import botocore.client
import pytest
import s3transfer.futures
import s3transfer.manager
from aiobotocore.client import AioBaseClient
from aiobotocore.session import get_session

import whence
from whence.hooks._aws import s3 as hook
from whence.hooks._inside import inside

pytestmark = pytest.mark.integration
ATTRIBUTES = [
    (botocore.client.BaseClient, "_make_api_call"),
    (AioBaseClient, "_make_api_call"),
    (s3transfer.manager.TransferManager, "upload"),
    (s3transfer.manager.TransferManager, "download"),
    (s3transfer.manager.TransferManager, "copy"),
    (s3transfer.manager.TransferManager, "delete"),
    (s3transfer.futures.TransferCoordinator, "announce_done"),
]


def test_installing_twice_wraps_once_and_uninstalling_restores_the_originals():
    before = [vars(owner)[name] for owner, name in ATTRIBUTES]
    whence.install("botocore", "aiobotocore", "s3transfer")
    once = [vars(owner)[name] for owner, name in ATTRIBUTES]
    whence.install("botocore", "aiobotocore", "s3transfer")
    assert [vars(owner)[name] for owner, name in ATTRIBUTES] == once
    assert all(new is not old for new, old in zip(once, before, strict=True))
    whence.uninstall()
    whence.uninstall()
    assert [vars(owner)[name] for owner, name in ATTRIBUTES] == before


@pytest.fixture
def s3(collected):
    """Give a client whose calls are answered from memory."""
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.meta.events.register("before-call.s3", lambda **_: (_Ok(), {"ContentLength": 5, "UploadId": "u"}))
    return client


def test_rename_and_select(collected, s3):
    with whence.job("j"):
        s3.rename_object(Bucket="b", Key="new.csv", RenameSource="old%20one.csv")
        s3.select_object_content(
            Bucket="b",
            Key="a.csv",
            Expression="select 1",
            ExpressionType="SQL",
            InputSerialization={},
            OutputSerialization={},
        )
    assert collected.names("j") == ({"old one.csv", "a.csv"}, {"new.csv", "old one.csv"})


def test_uploads_under_way_are_bounded(s3):
    with whence.job("j"):
        for number in range(1000):
            s3.upload_part(Bucket="b", Key="k", UploadId=str(number), PartNumber=1, Body=b"1")
    assert len(hook._uploads) <= hook._MAX_UPLOADS
    assert "999" in hook._uploads


def test_size_of_an_upload_of_which_parts_were_not_seen_is_not_told(collected, s3):
    s3.upload_part(Bucket="b", Key="k", UploadId="x", PartNumber=1, Body=b"1")  # outside of the run
    with whence.job("j"):
        s3.upload_part(Bucket="b", Key="k", UploadId="x", PartNumber=2, Body=b"1")
        parts = [{"PartNumber": number, "ETag": "e"} for number in (1, 2, 3)]
        s3.complete_multipart_upload(Bucket="b", Key="k", UploadId="x", MultipartUpload={"Parts": parts})
    assert collected.statistics("j", "k") == {"fileCount": 1}


def test_outer_hook_that_names_the_place_gets_the_bytes(collected, s3):
    moved = [0, 0]
    with whence.job("j"):
        token = inside.set(moved)
        s3.get_object(Bucket="b", Key="k")
        s3.put_object(Bucket="b", Key="k", Body=b"123")
        s3.upload_fileobj(io.BytesIO(b"1234567"), "b", "k")
        s3.delete_object(Bucket="b", Key="k")
        inside.reset(token)
    assert moved == [5, 10]
    assert collected.names("j") == (set(), set())


def test_call_belongs_to_the_run_around_one_that_has_ended(collected, s3):
    with whence.job("outer"):
        inner = whence.start_run("inner")
        whence.context.enter(inner)
        whence.complete_run(inner)
        whence.context.enter(inner)
        s3.put_object(Bucket="b", Key="a.csv", Body=b"1")
        s3.upload_fileobj(io.BytesIO(b"1"), "b", "b.csv")
    assert collected.names("outer") == (set(), {"a.csv", "b.csv"})
    assert collected.names("inner") == (set(), set())


def test_asynchronous_clients_are_guarded_as_well(collected, monkeypatch, caplog):
    async def main():
        session = get_session()
        async with session.create_client(
            "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        ) as client:
            client.meta.events.register("before-call.s3", lambda **_: (_Ok(), {"ContentLength": 5}))
            with whence.job("j"):
                await client.get_object(Bucket="b", Key="a.csv")
                monkeypatch.setattr(hook, "current_run", None)
                assert await client.get_object(Bucket="b", Key="b.csv") == {"ContentLength": 5}

    asyncio.run(main())
    assert collected.names("j") == ({"a.csv"}, set())
    assert "the aiobotocore hook failed" in caplog.text


def test_trouble_in_a_hook_is_not_the_callers(collected, monkeypatch, caplog):
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    answer = {"ResponseMetadata": {}}
    client.meta.events.register("before-call.s3.PutObject", lambda **_: (_Ok(), answer))
    monkeypatch.setattr(whence.Run, "touch", None)
    with whence.job("j"):
        for _ in range(30):
            assert client.put_object(Bucket="b", Key="k", Body=b"x") == answer
    collected.events()
    assert [r.message for r in caplog.records if "botocore" in r.message] == [
        "the botocore hook failed and may miss data: TypeError"
    ]


class _Ok:
    status_code = 200
