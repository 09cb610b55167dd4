"""POST /sql/lineage and POST /tasks/sql/inline: the seed's forms and names, and what is refused."""

from __future__ import annotations

import gzip
import threading
import time
from urllib.parse import urlencode

import pytest

from whence_server.api.answers.problem import Problem
from whence_server.api.answers.sql import InlineTask, SqlLineage
from whence_server.api.sql import MAX_BYTES

LINEAGE, INLINE = "/sql/lineage", "/tasks/sql/inline"
SEED = "CREATE TABLE a AS SELECT x, y FROM b"
SCRIPT = "CREATE TABLE a AS SELECT x, y + 1 AS y FROM b WHERE z = 1; INSERT INTO c (q) SELECT y FROM a; SELEC ("


def asked(api, url=LINEAGE, **body):
    answer = api.post(url, json=body)
    assert answer.status_code == 200, answer.text
    model = SqlLineage if url == LINEAGE else InlineTask
    model.model_validate_json(answer.content, strict=True, extra="forbid")
    return answer.json()


def refused(answer, code: int, path: str | None = None):
    assert answer.status_code == code, answer.text
    problem = Problem.model_validate_json(answer.content, strict=True, extra="forbid")
    assert path is None or problem.path == path
    return problem


def test_the_seeds_request_is_answered_with_its_names(shared_api):
    told = asked(shared_api, sql=SEED)
    assert (told["sqlDst"], told["sqlSources"], told["state"]) == ("a", ["b"], "PARSED")
    assert [(field["table"], field["name"]) for field in told["fields"]] == [("a", "x"), ("a", "y")]


def test_the_seeds_curl_needs_no_content_type(shared_api):
    answer = shared_api.post(LINEAGE, content=b'{"sql": "SELECT x FROM b"}')
    assert answer.json()["sqlSources"] == ["b"]


@pytest.mark.parametrize("url", [LINEAGE, INLINE])
def test_query_parameters_do_as_well(shared_api, url):
    query = urlencode({"sql": SEED, "dialect": "postgres", "defaultSchema": "s"})
    told = shared_api.post(f"{url}?{query}").json()
    assert (told.get("sql") or told)["sqlSources"] == ["s.b"]


def test_the_body_wins_over_parameters(shared_api):
    answer = shared_api.post(f"{LINEAGE}?sql=SELECT+1&defaultSchema=s", json={"sql": "SELECT x FROM b"})
    assert answer.json()["sqlSources"] == ["s.b"]


def test_a_script_is_told_statement_by_statement(shared_api):
    told = asked(shared_api, sql=SCRIPT, dialect="postgres")
    assert [statement["kind"] for statement in told["statements"]][:2] == ["CREATE_TABLE_AS", "INSERT"]
    assert told["state"] == "PARTLY"
    assert told["notes"]
    assert told["statements"][0]["indirect"][0]["subtype"] == "FILTER"


@pytest.mark.parametrize("schema", [{"b": ["x", "y"]}, {"b": {"x": "int", "y": None}}])
def test_a_schema_opens_stars(shared_api, schema):
    told = asked(shared_api, sql="CREATE TABLE a AS SELECT * FROM b", schema=schema)
    assert [field["name"] for field in told["fields"]] == ["x", "y"]


def test_inline_shows_a_step_for_each_statement(shared_api):
    told = asked(shared_api, INLINE, pipeline="demo", sql=SCRIPT)
    assert told["summary"]["pipeline"] == "demo"
    first, second = told["summary"]["steps"][:2]
    assert first["sqlDst"] == second["sqlSources"][0] == "a"
    assert first["inputs"] == [{"uri": "b"}]
    assert {"source": "data:b", "target": "process:statement-1", "kind": "read"} in told["graphPipeline"]["edges"]
    assert {"source": "process:statement-1", "target": "data:a", "kind": "write"} in told["graphPipeline"]["edges"]
    assert {"source": "data:a", "target": "data:c", "kind": "flow"} in told["graphData"]["edges"]
    assert {"id": "data:b", "kind": "data", "label": "b"} in told["graphPipeline"]["nodes"]


@pytest.mark.parametrize("sql", ["", " ", ";", "-- nothing", "\x00", "SELECT '\ud7ff", "((((", "$$", "/*", "é" * 100])
def test_no_text_breaks_it(shared_api, sql):
    asked(shared_api, sql=sql)
    asked(shared_api, INLINE, sql=sql)


@pytest.mark.parametrize("url", [LINEAGE, INLINE])
@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "$.sql"),
        (b"{broken", "$"),
        (b"[]", "$"),
        (b"{}", "$.sql"),
        (b'{"sql": 5}', "$.sql"),
        (b'{"sql": "SELECT 1", "dialect": "klingon"}', "$.dialect"),
        (b'{"sql": "SELECT 1", "profile": "nobody"}', "$.profile"),
        (b'{"sql": "SELECT 1", "defaultDb": []}', "$.defaultDb"),
        (b'{"sql": "SELECT 1", "schema": [1]}', "$.schema"),
        (b'{"sql": "\\ud800"}', "$"),
    ],
)
def test_bodies_that_do_not_fit_are_refused(shared_api, url, body, path):
    refused(shared_api.post(url, content=body), 400, path)


def test_a_body_that_is_too_large_is_refused(shared_api):
    refused(shared_api.post(LINEAGE, json={"sql": "x" * MAX_BYTES}), 413)
    packed = gzip.compress(b'{"sql": "' + b" " * MAX_BYTES + b'"}')
    refused(shared_api.post(LINEAGE, content=packed, headers={"Content-Encoding": "gzip"}), 413)
    refused(shared_api.post(LINEAGE, content=b"{}", headers={"Content-Encoding": "br"}), 415)


def test_others_are_answered_while_a_long_text_is_read(shared_api):
    asked(shared_api, sql=SEED)
    long = "SELECT a FROM t WHERE " + " OR ".join(f"b = {n} AND c < d" for n in range(8_000))
    thread = threading.Thread(target=asked, args=(shared_api,), kwargs={"sql": long})
    thread.start()
    waits: list[float] = []
    while thread.is_alive():
        began = time.perf_counter()
        shared_api.get("/health")
        waits.append(time.perf_counter() - began)
    thread.join()
    assert len(waits) > 1
    assert sorted(waits)[len(waits) // 2] < 0.5


@pytest.mark.parametrize("url", [LINEAGE, INLINE])
def test_a_mistyped_field_is_refused(shared_api, url):
    problem = refused(shared_api.post(url, json={"sql": "SELECT 1", "dialekt": "snowflake"}), 400, "$.dialekt")
    assert "there is no such field" in problem.message


def test_a_null_is_called_null(shared_api):
    assert refused(shared_api.post(LINEAGE, json={"sql": None}), 400, "$.sql").message.endswith("not null")


@pytest.mark.parametrize("body", [b"sql=SELECT+1", b"SELECT x FROM b", b"[1]"])
def test_a_body_of_another_form_is_told_what_to_send(shared_api, body):
    assert '{"sql": "SELECT ..."}' in refused(shared_api.post(LINEAGE, content=body), 400, "$").message
