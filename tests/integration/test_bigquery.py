"""The BigQuery hook with the real client against a fake of its REST protocol: no query is really run.

The fake answers as the documentation of jobs.insert, jobs.get, jobs.query and getQueryResults says; what a real server
would say of a statement is told to it by the test.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from google.api_core.exceptions import BadRequest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

import whence

pytestmark = pytest.mark.integration


class ProtocolFake:
    """Speaks BigQuery's REST protocol: a job is RUNNING when inserted, DONE when asked for."""

    def __init__(self):
        self.jobs = {}
        self.failing = ""
        self.rows = None
        self.calls = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self._answer({})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._answer(json.loads(body) if body else {})

            def _answer(self, body):
                fake.calls.append((self.command, self.path.partition("?")[0].removeprefix("/bigquery/v2/projects/p/")))
                status, answer = fake.answer(self.command, self.path.partition("?")[0], body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method, path, body):  # noqa: PLR0911  one return for each answer
        if path.endswith("/insertAll"):
            return 200, {}
        if method == "POST" and path.endswith("/jobs"):
            number = body.setdefault("jobReference", {}).get("jobId", "j")
            body["jobReference"] |= {"projectId": "p", "jobId": number, "location": "US"}
            kind = next(iter(body["configuration"]))
            body["configuration"]["jobType"] = kind.upper()
            self.jobs[number] = body
            return 200, {**body, "status": {"state": "RUNNING"}}
        if method == "POST" and path.endswith("/queries"):
            return 200, {"jobComplete": True, "totalRows": "0", "rows": [], "schema": {"fields": []},
                         "jobReference": {"projectId": "p", "jobId": "q", "location": "US"},
                         **({} if self.rows is None else {"numDmlAffectedRows": str(self.rows)})}  # fmt: skip
        job = self.jobs[path.rpartition("/")[2]]
        text = json.dumps(job["configuration"])
        if self.failing and self.failing in text:
            error = {"reason": "invalidQuery", "message": "no such table"}
            if "/queries/" in path:
                return 400, {"error": {"code": 400, "message": "no such table", "errors": [error]}}
            return 200, {**job, "status": {"state": "DONE", "errorResult": error, "errors": [error]}}
        if "/queries/" in path:
            return 200, {"jobComplete": True, "totalRows": "0", "jobReference": job["jobReference"],
                         "schema": {"fields": []}}  # fmt: skip
        statistics = {"query": {"numDmlAffectedRows": str(self.rows)} if self.rows is not None else {},
                      "load": {"outputRows": "12"}}  # fmt: skip
        return 200, {**job, "status": {"state": "DONE"}, "statistics": statistics}


@pytest.fixture
def fake():
    made = ProtocolFake()
    yield made
    made.close()


@pytest.fixture
def client(fake, collected):
    options = {"api_endpoint": fake.url}
    with bigquery.Client("p", AnonymousCredentials(), client_options=options) as made:
        yield made


def test_query_is_told_once_it_is_done(client, fake, collected):
    fake.rows = 3
    with whence.job("j"):
        job = client.query("insert into d.totals select email from other.raw.customers where email <> 'secret'")
        job.result()
        job.reload()
    assert collected.names("j") == ({"other.raw.customers"}, {"p.d.totals"})
    assert collected.rows("j", "p.d.totals") == 3
    assert collected.end("j")["outputs"][0]["namespace"] == "bigquery"
    assert "secret" not in collected.text()


def test_nothing_is_asked_by_us(client, fake, collected):
    def calls(*hooks):
        fake.calls.clear()
        whence.uninstall()
        whence.install(*hooks)
        with whence.job("j" + str(hooks)):
            client.query("select 1 from d.a", job_id=f"id{len(hooks)}", job_retry=None).result()
        return [(method, path.replace("id2", "id1")) for method, path in fake.calls]

    assert calls("threads") == calls("threads", "bigquery")
    assert collected.names("j('threads', 'bigquery')") == ({"p.d.a"}, set())


def test_failed_unfinished_and_dry_jobs_are_nothing(client, fake, collected):
    fake.failing = "bad"
    with whence.job("j"):
        with pytest.raises(BadRequest):
            client.query("insert into d.bad select 1 from d.a").result(retry=None, job_retry=None)
        client.query("insert into d.never_waited_for select 1 from d.a")
        client.query("select 1 from d.a", job_config=bigquery.QueryJobConfig(dry_run=True))
    assert collected.names("j") == (set(), set())


def test_default_dataset_and_destination(client, collected):
    config = bigquery.QueryJobConfig(default_dataset="q.d2", destination="p.marts.totals")
    with whence.job("j"):
        client.query("with c as (select a from b) select a from c", job_config=config).result()
    assert collected.names("j") == ({"q.d2.b"}, {"p.marts.totals"})
    assert collected.fields("j", "p.marts.totals") == {"a": {"q.d2.b.a"}}
    config.write_disposition = "WRITE_APPEND"
    with whence.job("k"):
        client.query("select a from b", job_config=config).result()
    assert collected.names("k") == ({"q.d2.b"}, {"p.marts.totals"})


def test_query_and_wait(client, fake, collected):
    fake.rows = 2
    with whence.job("j"):
        client.query_and_wait("update d.t set a = 1 where true")
    assert collected.names("j") == (set(), {"p.d.t"})
    assert collected.rows("j", "p.d.t") == 2


def test_loads_copies_extracts_and_streamed_rows(client, collected):
    with whence.job("j"):
        client.load_table_from_uri("gs://lake/raw/x.parquet", "p.d.loaded").result()
        client.copy_table("p.d.one", "p.d.two").result()
        client.extract_table("p.d.three", "gs://lake/out/y.csv").result()
        assert client.insert_rows_json("p.d.streamed", [{"a": "secret"}]) == []
    assert collected.names("j") == (
        {"raw/x.parquet", "p.d.one", "p.d.three"},
        {"p.d.loaded", "p.d.two", "out/y.csv", "p.d.streamed"},
    )
    assert collected.rows("j", "p.d.loaded") == 12
    assert "secret" not in collected.text()


def test_job_that_ends_after_its_run_is_told_later(client, collected):
    with whence.job("j"):
        job = client.query("insert into d.t select a from d.s")
    assert collected.names("j") == (set(), set())
    job.result()
    (late,) = (event for event in collected.events("j") if event["eventType"] == "OTHER")
    assert [each["name"] for each in late["outputs"]] == ["p.d.t"]


def test_uninstall_restores(collected):
    assert "whence" in bigquery.Client.query.__code__.co_filename
    whence.uninstall()
    assert "whence" not in bigquery.Client.query.__code__.co_filename
    assert "whence" not in bigquery.QueryJob.result.__code__.co_filename
    assert collected.events() == []
