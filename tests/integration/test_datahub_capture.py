"""From a program to DataHub's catalogue: real hooks, the real spool, HTTP, and a catalogue that applies what comes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import whence as command
from datahub_catalog import Catalog
from servers import free_port
from sqlalchemy import create_engine, text

import whence
from whence.emit import drain, settings_from, spool_state
from whence.emit.sinks import Refused, open_sink

pytestmark = pytest.mark.integration

FLOW = "urn:li:dataFlow:(pythonSdk,daily,PROD)"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "openlineage" / "events.jsonl"


def table(name):
    return f"urn:li:dataset:(urn:li:dataPlatform:sqlite,shop.main.{name},PROD)"


def job(name):
    return f"urn:li:dataJob:({FLOW},{name})"


@contextmanager
def collecting(catalog, folder, **settings):
    """Collect into the catalogue, all hooks installed, and leave the process as it was."""
    spool = str(folder / "spool")
    whence.configure(sinks=catalog.url, spool_dir=spool, namespace="test", poll_s=0.02, sync_s=0.02, **settings)
    whence.install("sqlalchemy")
    try:
        yield
        assert whence.flush(20).is_complete
    finally:
        whence.uninstall()
        whence.shutdown()


@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/shop.db")
    with engine.begin() as connection:
        for name in ("orders", "items", "totals"):
            connection.execute(text(f"CREATE TABLE {name} (id INT, amount INT)"))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("queries", [1, 100, 1000])
def test_a_run_takes_two_requests_however_many_queries_it_makes(tmp_path, engine, queries):
    with Catalog() as catalog:
        with collecting(catalog, tmp_path), whence.job("load", flow="daily") as run:
            whence.flush(10)  # START is out before the work begins, as in any run of a second
            with engine.begin() as connection:
                for number in range(queries):
                    connection.execute(
                        text(f"INSERT INTO totals (id, amount) SELECT id, amount + {number} FROM orders")
                    )
        assert [len(catalog.requests), catalog.connections] == [2, 1]
        assert [each["status"] for each in catalog.events_of(run.run_id)] == ["STARTED", "COMPLETE"]
        assert catalog.upstreams(table("totals")) == {table("orders")}
        column = f"urn:li:schemaField:({table('totals')},amount)"
        assert {each[0] for each in catalog.fields(table("totals"))[column]} == {"TRANSFORMATION"}


def test_a_pipeline_stands_in_the_catalogue_as_the_seed_draws_it(tmp_path, engine):
    with Catalog() as catalog:
        with collecting(catalog, tmp_path):

            @whence.job("extract", flow="daily")
            def extract():
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO items SELECT id, amount FROM orders"))

            @whence.job("load", flow="daily", upstream_jobs=["extract", "other.job"], flow_description="Nightly.")
            def load():
                """Load the totals."""
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO totals SELECT id, amount FROM items"))
                whence.add_input("s3://raw-data/events/", description="Raw events.")
                whence.add_input("urn:li:dataset:(urn:li:dataPlatform:snowflake,Prod.sales.orders,STG)")

            extract()
            load()
        assert catalog.urns("dataJob") == [job("extract"), job("load")]
        assert catalog.aspect(FLOW, "dataFlowInfo")["name"] == "daily"
        assert catalog.aspect(job("load"), "dataJobInfo")["description"] == "Load the totals."
        edges = {
            key: {each["destinationUrn"] for each in value}
            for key, value in catalog.aspect(job("load"), "dataJobInputOutput").items()
            if key.endswith("Edges")
        }
        assert edges["inputDatajobEdges"] == {
            job("extract"),
            "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,other,PROD),job)",
        }
        events = "urn:li:dataset:(urn:li:dataPlatform:s3,raw-data/events,PROD)"
        by_hand = "urn:li:dataset:(urn:li:dataPlatform:snowflake,Prod.sales.orders,STG)"
        assert edges["inputDatasetEdges"] == {table("items"), events, by_hand}
        assert edges["outputDatasetEdges"] == {table("totals")}
        assert catalog.aspect(events, "datasetProperties")["description"] == "Raw events."
        assert catalog.upstreams(table("items")) == {table("orders")}


def test_a_failed_run_says_so_and_what_was_rolled_back_is_no_lineage(tmp_path, engine):
    with Catalog() as catalog:
        with collecting(catalog, tmp_path):

            @whence.job("risky", flow="daily")
            def risky():
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO totals SELECT id, amount FROM items"))
                    raise ValueError("something went wrong")

            with pytest.raises(ValueError, match="wrong"):
                risky()
        (process,) = catalog.urns("dataProcessInstance")
        assert catalog.events_of(process.rpartition(":")[2])[-1]["result"] == {
            "type": "FAILURE",
            "nativeResultType": "whence",
        }
        properties = catalog.aspect(process, "dataProcessInstanceProperties")
        assert "ValueError" in properties["customProperties"]["error"]
        assert catalog.upstreams(table("totals")) == set()


def test_a_run_inside_another_is_its_child(tmp_path):
    with Catalog() as catalog:
        with collecting(catalog, tmp_path), whence.job("outer", flow="daily") as outer, whence.job("inner") as inner:
            pass
        relations = catalog.aspect(f"urn:li:dataProcessInstance:{inner.run_id}", "dataProcessInstanceRelationships")
        assert relations["parentInstance"] == f"urn:li:dataProcessInstance:{outer.run_id}"
        assert relations["parentTemplate"] == "urn:li:dataJob:(urn:li:dataFlow:(pythonSdk,test,PROD),inner)"


PROGRAM = """
import os, whence
with whence.job("load", flow="daily"):
    whence.add_input("s3://lake/in"); whence.add_output("s3://lake/out")
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_told_while_datahub_was_down_arrives_later(tmp_path):
    port = free_port()
    spool = {"WHENCE_SPOOL_DIR": str(tmp_path), "PATH": "/usr/bin", "DATAHUB_GMS_URL": f"http://127.0.0.1:{port}"}
    subprocess.run([sys.executable, "-c", PROGRAM], env=spool, check=False, timeout=60)
    with Catalog() as catalog:
        settings = settings_from({"sinks": f"{catalog.url}", "spool_dir": tmp_path})
        assert drain(settings, timeout_s=20).is_complete
        out = "urn:li:dataset:(urn:li:dataPlatform:s3,lake/{},PROD)"
        assert catalog.upstreams(out.format("out")) == {out.format("in")}
        (process,) = catalog.urns("dataProcessInstance")
        assert len(catalog.events_of(process.rpartition(":")[2])) == 2


def test_a_service_that_stumbles_gets_every_run_once_and_in_order(tmp_path):
    dice = random.Random(7)
    weather = [503, 429, 500]

    def refuse(_):
        return dice.choice(weather) if dice.random() < 0.02 else None  # of each proposal: of a request, every third

    with Catalog(refuse=refuse) as catalog:
        with collecting(catalog, tmp_path, backoff_min_s=0.01, backoff_max_s=0.05, batch_max_events=20):
            for number in range(60):
                with whence.job(f"job-{number % 7}", flow="daily", description="Loads."):
                    whence.add_input(f"s3://lake/in-{number}")
                    whence.add_output(f"s3://lake/out-{number % 5}")
        runs = catalog.urns("dataProcessInstance")
        assert len(runs) == 60
        for urn in runs:
            points = sorted(catalog.events_of(urn.rpartition(":")[2]), key=lambda each: each["timestampMillis"])
            assert [each["status"] for each in points] == ["STARTED", "COMPLETE"]
        place = "urn:li:dataset:(urn:li:dataPlatform:s3,lake/{},PROD)"
        for out in range(5):
            origins = {place.format(f"in-{number}") for number in range(60) if number % 5 == out}
            assert catalog.upstreams(place.format(f"out-{out}")) == origins
        state = spool_state(tmp_path / "spool")
        assert sum(state.refused_events.values()) == 0


def test_two_catalogues_with_their_own_environments_both_get_everything(tmp_path):
    with Catalog() as first, Catalog(token="s3cret") as second:
        sinks = [first.url, second.url.replace("//", "//s3cret@") + "?env=DEV&platform_instance.s3=eu"]
        whence.configure(sinks=sinks, spool_dir=str(tmp_path), poll_s=0.02)
        with whence.job("load", flow="daily"):
            whence.add_output("s3://lake/out", description="Out.")
        assert whence.flush(20).is_complete
        whence.shutdown()
        assert first.urns("dataset") == ["urn:li:dataset:(urn:li:dataPlatform:s3,lake/out,PROD)"]
        assert second.urns("dataset") == ["urn:li:dataset:(urn:li:dataPlatform:s3,eu.lake/out,DEV)"]


def test_the_command_shows_the_sink_and_no_token(tmp_path, monkeypatch):
    with Catalog(token="s3cret") as catalog:
        monkeypatch.setenv("WHENCE_SPOOL_DIR", str(tmp_path))
        monkeypatch.setenv("DATAHUB_GMS_URL", catalog.url.removeprefix("datahub+"))
        monkeypatch.setenv("DATAHUB_GMS_TOKEN", "s3cret")
        for words in (["doctor"], ["doctor", "--json"], ["config", "show"]):
            ran = command(*words)
            assert catalog.url in ran.stdout
            assert "s3cret" not in ran.stdout + ran.stderr
        assert "DataHub v1.4.0; with the token given" in command("doctor").stdout
        monkeypatch.setenv("DATAHUB_GMS_TOKEN", "wrong")
        assert "takes no events now: " in command("doctor").stdout


@pytest.mark.skipif(not CORPUS.exists(), reason=f"the corpus is not at {CORPUS}")
def test_events_of_every_producer_become_proposals_that_a_catalogue_takes(tmp_path):
    lines = [json.loads(line) for line in CORPUS.read_text().splitlines()]
    with Catalog() as catalog:
        (settings,) = settings_from({"sinks": catalog.url, "spool_dir": tmp_path}).sinks
        sink = open_sink(settings)
        outcomes = sink.send([json.dumps(line["event"]).encode() for line in lines])
        sink.close()
        wrong = [
            line
            for line, outcome in zip(lines, outcomes, strict=True)
            if line["valid"] and isinstance(outcome, Refused)
        ]
        assert wrong == []
        assert len(catalog.urns("dataset")) > 50
        assert not catalog.faults
