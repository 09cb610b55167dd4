"""The sink for folders against real stores: S3 as moto serves it, and what fsspec opens."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys

import fsspec
import pytest

import whence
from whence.emit import settings_from
from whence.emit.sinks import Fault, Retry, Taken, open_sink
from whence.errors import SinkError

pytestmark = pytest.mark.integration

EVENT = {"eventTime": "2026-11-21T10:00:00Z", "eventType": "COMPLETE", "job": {"namespace": "n", "name": "j"}}
BODY = json.dumps(EVENT).encode()


def sink_of(url, **more):
    return open_sink(settings_from({"sinks": url, **more}).sinks[0])


def objects(aws, bucket):
    """Give key -> the events that lie in it."""
    client = aws.client("s3")
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    bodies = {each["Key"]: client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed}
    return {key: [json.loads(line) for line in gzip.decompress(body).splitlines()] for key, body in bodies.items()}


def test_batches_become_objects_and_a_repeated_one_replaces_itself(aws):
    aws.bucket("archive")
    for _ in range(2):
        assert sink_of("s3://archive/lineage/").send([BODY, BODY]) == [Taken(), Taken()]
    ((key, events),) = objects(aws, "archive").items()
    assert key.startswith("lineage/dt=2026-11-21/20261121T100000.000000Z-")
    assert events == [EVENT, EVENT]


def test_what_put_object_takes_can_be_said(aws):
    aws.bucket("archive")
    sink_of("s3://archive?StorageClass=STANDARD_IA&region_name=eu-west-1").send([BODY])
    (listed,) = aws.client("s3").list_objects_v2(Bucket="archive")["Contents"]
    assert listed["StorageClass"] == "STANDARD_IA"


def test_a_parameter_that_nobody_knows_is_refused(aws):
    with pytest.raises(SinkError, match="colour"):
        sink_of("s3://archive?colour=x")


def test_a_bucket_that_is_not_there_is_a_persons_to_mend(aws):
    (outcome,) = sink_of("s3://nobody-made-this/x").send([BODY])
    assert isinstance(outcome, Retry)
    assert outcome.fault is Fault.SETTINGS


def test_a_store_that_is_down_is_tried_again(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (outcome,) = sink_of("s3://archive/x").send([BODY])
    assert isinstance(outcome, Retry)
    assert outcome.fault is Fault.DOWN
    assert "whence-secret" not in outcome.reason


def test_missing_credentials_are_a_persons_to_mend(aws, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (outcome,) = sink_of("s3://archive/x").send([BODY])
    assert outcome.fault is Fault.SETTINGS


@pytest.mark.parametrize("url", ["memory://lineage/x", "folder+memory://lineage/y", "folder+file://{folder}/z"])
def test_what_fsspec_opens(tmp_path, url):
    url = url.format(folder=tmp_path)
    assert sink_of(url).send([BODY, BODY]) == [Taken(), Taken()]
    system, root = fsspec.core.url_to_fs(url.removeprefix("folder+"))
    (name,) = system.glob(f"{root}/dt=*/*.jsonl.gz")
    assert gzip.decompress(system.cat_file(name)) == BODY + b"\n" + BODY + b"\n"


def test_an_asynchronous_file_system_does_too(aws):
    aws.bucket("archive")
    assert sink_of("folder+s3://archive/x").send([BODY]) == [Taken()]
    assert len(objects(aws, "archive")) == 1


def test_a_store_that_fsspec_does_not_know_is_said():
    with pytest.raises(SinkError, match="nowhere"):
        sink_of("folder+nowhere://x")


def test_the_sinks_own_traffic_is_no_lineage(aws, tmp_path):
    """With every hook installed and a run open, what the sink's thread writes is nobody's."""
    aws.bucket("archive", "lake")
    whence.configure(sinks=["s3://archive/lineage", "folder+s3://archive/again"], spool_dir=tmp_path, poll_s=0.05)
    try:
        whence.install()
        with whence.job("outer"):
            for number in range(3):
                with whence.job(f"inner-{number}"):
                    pass
                assert whence.flush(20).is_complete  # the sinks' clients are made and used while `outer` runs
            aws.client("s3").put_object(Bucket="lake", Key="own.bin", Body=b"x")
        assert whence.flush(20).is_complete
    finally:
        whence.shutdown()
        whence.uninstall()
    events = [event for key, some in objects(aws, "archive").items() if key.startswith("lineage/") for event in some]
    named = {each["namespace"] for event in events for side in ("inputs", "outputs") for each in event.get(side, ())}
    assert named == {"s3://lake"}  # the hook for botocore is in place: it saw the run's own object and nothing else
    assert len(events) == 8


SCRIPT = """
import whence
whence.configure(sinks={sinks!r}, spool_dir={spool!r})
with whence.job("short"):
    pass
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_program_that_ends_at_once_has_told(aws, tmp_path, host):
    """Names are looked up at the end of a process too, when Python's thread pools are closed."""
    aws.bucket("archive")
    url = f"s3://archive/short?endpoint_url=http://{host}:{aws.port}"
    script = SCRIPT.format(sinks=url, spool=str(tmp_path))
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"WHENCE_EXIT_TIMEOUT_S": "20"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert sum(map(len, objects(aws, "archive").values())) == 2


def test_a_look_says_whether_the_bucket_is_there(aws):
    aws.bucket("archive")
    assert sink_of("s3://archive/x").look() == "the bucket archive is there"
    with pytest.raises(Exception, match="404"):
        sink_of("s3://nobody-made-this/x").look()
    assert "library" in sink_of("memory://x").look()
