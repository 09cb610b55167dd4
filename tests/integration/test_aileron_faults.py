"""What goes wrong under aileron-meta-collector 0.1.36, as it was measured, goes right under ours."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import boto3
import botocore.exceptions
import pytest
from aileron_service import service
from gms_server import GmsServer
from sqlalchemy import create_engine, pool, text

from whence.aileron import add_input, datahub_job, datahub_job_fn, install_all_hooks

pytestmark = pytest.mark.integration


def urns(*tables):
    return {f"urn:li:dataset:(urn:li:dataPlatform:sqlite,memory.main.{table},PROD)" for table in tables}


@pytest.fixture
def datahub(tmp_path, monkeypatch):
    with service(tmp_path, monkeypatch) as gms:
        install_all_hooks()
        install_all_hooks(env="PROD")
        yield gms


@pytest.fixture
def engine(datahub, tmp_path):
    made = create_engine(f"sqlite:///{tmp_path}/memory.db", poolclass=pool.NullPool)
    with made.begin() as connection:
        for table in "abc":
            connection.execute(text(f"create table {table} (id integer, n integer)"))
    yield made
    made.dispose()


def run(engine, *statements):
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_run_is_two_requests_however_many_queries(datahub, engine):
    before = datahub.requests
    with datahub_job("reads"):
        for _ in range(200):
            run(engine, "select * from a")
    assert datahub.arrived().run("reads").inputs == urns("a")
    assert datahub.requests - before <= 2


def test_reads_erase_no_description(datahub, engine):
    (urn,) = urns("a")
    datahub.has(urn, "datasetProperties", {"description": "Written by a person."})
    with datahub_job("reads"):
        run(engine, "select * from a")
    assert datahub.arrived().description(urn) == "Written by a person."


def test_two_inserts_into_one_table_keep_both_origins(datahub, engine):
    with datahub_job("fills"):
        run(engine, "insert into c select * from a", "insert into c select * from b")
    assert datahub.arrived().upstreams(*urns("c")) == urns("a", "b")


def test_patching_gives_what_a_server_takes(datahub, engine):
    @datahub_job_fn("patched", patch=True)
    def job():
        run(engine, "insert into c select * from a")

    job()
    job()
    catalogue = datahub.arrived()
    (one, _) = catalogue.runs()
    assert catalogue.edges(one.job)[:2] == (urns("a"), urns("c"))


def test_rolled_back_writes_and_the_databases_own_tables_are_nothing(datahub, engine):
    with datahub_job("undone"), engine.connect() as connection:
        connection.execute(text("insert into c select * from a"))
        connection.execute(text("select * from sqlite_master"))
        connection.execute(text("pragma table_info('a')"))
        connection.rollback()
    assert datahub.arrived().run("undone").outputs == set()
    assert datahub.arrived().run("undone").inputs <= urns("a")


def test_a_large_insert_of_values_is_told(datahub, engine):
    rows = ", ".join(f"({n}, {n})" for n in range(3000))
    with datahub_job("large"):
        run(engine, f"insert into c (id, n) values {rows}")
    assert datahub.arrived().run("large").outputs == urns("c")
    assert not any("2999" in each["aspect"]["value"] for each in datahub.proposals)


def test_installed_twice_each_thing_is_told_once(datahub, engine):
    with datahub_job("once"):
        run(engine, "insert into c select * from a")
    datahub.arrived()
    points = [each for each in datahub.proposals if each["aspectName"] == "dataProcessInstanceRunEvent"]
    assert len(points) == 2


def test_one_environment_for_jobs_and_datasets(datahub, tmp_path):
    install_all_hooks(env="STAGING")
    with datahub_job("j", flow="f"):
        add_input("t", platform="glue")
        made = create_engine(f"sqlite:///{tmp_path}/memory.db", poolclass=pool.NullPool)
        run(made, "create table a (id integer)", "select * from a")
    (told,) = datahub.arrived().runs()
    assert told.job == "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,f,STG),j)"
    assert [urn.rpartition(",")[2] for urn in told.inputs] == ["STG)", "STG)"]


def test_characters_of_urns_are_escaped(datahub, engine):
    with datahub_job("a,b(c)"):
        add_input("x,y(z)", platform="hive")
    (told,) = datahub.arrived().runs()
    assert told.inputs == {"urn:li:dataset:(urn:li:dataPlatform:hive,x%2Cy%28z%29,PROD)"}
    assert "a%2Cb%28c%29" in told.job


def test_s3_that_did_not_happen_is_nothing(datahub, aws):
    aws.bucket("lake")
    s3 = boto3.client("s3")
    with datahub_job("nothing"):
        with pytest.raises(botocore.exceptions.ClientError):
            s3.get_object(Bucket="lake", Key="in/missing.csv")
        with pytest.raises(botocore.exceptions.ClientError):
            s3.put_object(Bucket="no-such-bucket", Key="out/x.csv", Body=b"")
        s3.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "in/x.csv"})
        upload = s3.create_multipart_upload(Bucket="lake", Key="out/x.bin")
        s3.abort_multipart_upload(Bucket="lake", Key="out/x.bin", UploadId=upload["UploadId"])
    assert datahub.arrived().run("nothing")[1:3] == (set(), set())


# --- processes: ends, outages

PROGRAM = """
import os, signal, sys, time
from whence.aileron import *
install_all_hooks()
@datahub_job_fn("j", flow="f")
def job():
    add_input("t", platform="glue")
    {body}
job()
"""


def environment(url, folder):
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATAHUB_GMS_URL": url,
        "WHENCE_POLL_S": "0.05",
        "WHENCE_BACKOFF_MIN_S": "0.05",
    }


def program(body, url, folder):
    (folder / "program.py").write_text(PROGRAM.format(body=body))
    return subprocess.run(
        [sys.executable, "program.py"],
        env=environment(url, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("body", "code", "state"),
    [
        ("pass", 0, "SUCCESS"),
        ("sys.exit(0)", 0, "SUCCESS"),
        ("sys.exit(3)", 3, "FAILURE"),
        ("raise ValueError('x')", 1, "FAILURE"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", -signal.SIGINT, "FAILURE"),
    ],
)
def test_exit_codes_stay_and_the_run_ends(tmp_path, body, code, state):
    with GmsServer() as gms:
        done = program(body, gms.url, tmp_path)
        told = gms.catalogue().run("j")
    assert done.returncode == code, done.stderr
    assert told.states[0] == "STARTED"
    assert told.states[-1] in {state, "SKIPPED"}
    assert len(told.inputs) == 1


def test_a_killed_process_loses_nothing_it_has_told(tmp_path):
    with GmsServer() as gms:
        killed = program("clear_job(); os.kill(os.getpid(), signal.SIGKILL)", "http://127.0.0.1:9", tmp_path)
        assert killed.returncode == -signal.SIGKILL
        assert gms.catalogue().runs() == []
        # the same queue: it belongs to the sinks' names, so the next process has the same name for its DataHub
        spool = {**environment(gms.url, tmp_path), "WHENCE_SPOOL_DIR": next(iter(spools(tmp_path)))}
        subprocess.run([sys.executable, "-c", PROGRAM.format(body="pass")], env=spool, cwd=tmp_path, check=True)
        deadline = time.monotonic() + 10
        while len(gms.catalogue().runs()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(gms.catalogue().runs()) == 2


def spools(folder):
    return [str(path) for path in (folder / ".local/state/whence/spool").iterdir()]


def test_a_hanging_datahub_does_not_hold_the_end(tmp_path):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        started = time.monotonic()
        done = program("pass", f"http://127.0.0.1:{deaf.getsockname()[1]}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 20  # 2 s of waiting; the rest is starting Python on a busy machine


def test_one_bad_answer_does_not_stop_the_rest(tmp_path, monkeypatch):
    class Moody(GmsServer):
        def _take(self, body):
            taken = body["proposals"] if "proposals" in body else [body["proposal"]]
            bad = any("bad" in each["entityUrn"] for each in taken)
            return "no" if bad else super()._take(body)

    body = """
    for n in range(30):
        with datahub_job("bad" if n == 3 else f"good{n}", flow="f"):
            pass
"""
    with Moody() as gms:
        done = program(body, gms.url, tmp_path)
        assert done.returncode == 0, done.stderr
        deadline = time.monotonic() + 10
        while len(good(gms)) < 29 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(good(gms)) == 29


def good(gms):
    return [each for each in gms.catalogue().runs() if ",good" in each.job and each.states[-1] == "SUCCESS"]


def test_the_token_goes_along(tmp_path, monkeypatch):
    seen = []
    with GmsServer() as gms:
        handler = gms._server.RequestHandlerClass
        post = handler.do_POST

        def do_post(self):
            seen.append(self.headers.get("Authorization"))
            post(self)

        monkeypatch.setattr(handler, "do_POST", do_post)
        environ = {**environment(gms.url, tmp_path), "DATAHUB_GMS_TOKEN": "secret-token"}
        command = [sys.executable, "-c", PROGRAM.format(body="pass")]
        done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert set(seen) == {"Bearer secret-token"}
    assert "secret" not in done.stderr
    assert "secret" not in json.dumps(gms.proposals)
