"""acryl-datahub itself reads what the sink sends, and sends what the test's catalogue takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from datahub_catalog import Catalog
from datahub_schemas import faults_of_proposal

from whence.emit.sinks.datahub._events import Translator
from whence.emit.sinks.datahub._names import Names, job_urn
from whence.emit.sinks.datahub._proposals import pointer
from whence.model import ENVS, DatasetUrn, field_urn

pytestmark = pytest.mark.integration

TESTS = Path(__file__).parents[1]


def oracle(*words: object):
    """Ask acryl-datahub, in a process of its own."""
    program = [sys.executable, str(TESTS / "datahub_oracle.py"), *map(str, words)]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


def events():
    """Give one event of each kind with everything that the sink reads."""
    lake = [{"namespace": "s3://lake", "name": name} for name in ("a/b~c", "d")]
    table = {"namespace": "postgres://h:5432", "name": "d.s.t"}
    inferred = [{"type": "DIRECT", "subtype": "INFERRED"}]
    fields = {
        "x": {"inputFields": [{**table, "field": "x", "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]},
        "y": {"inputFields": [{**table, "field": "y", "transformations": inferred}, {**lake[1], "field": "y"}]},
    }
    documentation = {"documentation": {"description": "주문"}}
    described = {**lake[0], "facets": {"columnLineage": {"fields": fields}, **documentation}}
    job = {
        **documentation,
        "whence_flow": {"name": "daily", "description": "Nightly."},
        "ownership": {"owners": [{"name": "team:data"}]},
    }
    run = {
        "parent": {"run": {"runId": "019300aa-0000-7000-8000-000000000001"}, "job": {"namespace": "n", "name": "p"}},
        "jobDependencies": {"upstream": [{"job": {"namespace": "shop", "name": "extract"}}]},
        "whence_attempt": {"attempt": 2},
        "errorMessage": {"message": "ValueError"},
        "nominalTime": {"nominalStartTime": "2026-11-21T00:00:00Z"},
    }
    base = {"eventTime": "2026-11-21T10:00:01.5Z", "producer": "https://pypi.org/project/whence/1"}
    whole = {**base, "job": {"namespace": "shop", "name": "load (1, 2)", "facets": job}}
    whole |= {"inputs": [table, {**lake[1], "facets": documentation}], "outputs": [described, table]}
    running = {**whole, "run": {"runId": "019300aa-0000-7000-8000-000000000000", "facets": run}}
    yield from ({**running, "eventType": kind} for kind in ("START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"))
    yield whole
    yield {**base, "dataset": {**table, "facets": {"lineage": {"inputs": [{**lake[0], "type": "DATASET"}]}}}}


def test_what_we_send_is_read_back_whole_by_datahubs_own_classes(tmp_path):
    translator = Translator(Names("DEV", {"postgres": "core"}))
    sent = [json.loads(each.body) for event in events() for each in translator.proposals(json.dumps(event).encode())]
    assert {each["changeType"] for each in sent} == {"CREATE", "UPSERT", "PATCH"}
    assert [fault for each in sent for fault in faults_of_proposal(each)] == []
    (tmp_path / "proposals.json").write_text(json.dumps(sent))
    read = oracle("read", tmp_path / "proposals.json")
    assert len(read) == len(sent)
    for mine, theirs in zip(sent, read, strict=True):
        assert theirs["valid"], mine
        assert (theirs["urn"], theirs["aspect"], theirs["change"]) == (
            mine["entityUrn"],
            mine["aspectName"],
            mine["changeType"],
        )
        assert theirs["headers"] == mine.get("headers")
        if mine["changeType"] != "PATCH":
            value = json.loads(mine["aspect"]["value"])
            # What they write anew holds every field of ours unchanged, and beside it only defaults.
            assert within(value, theirs["value"]), (value, theirs["value"])


def within(mine, theirs) -> bool:
    """Say whether everything in one value is in the other."""
    if isinstance(mine, dict):
        return isinstance(theirs, dict) and all(key in theirs and within(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, list):
        return len(mine) == len(theirs) and all(map(within, mine, theirs))
    return mine == theirs


def test_our_paths_and_urns_are_those_of_datahubs_own_builders():
    own = oracle("own")
    lineage, work = own["patches"]
    place, source = (str(DatasetUrn(*each)) for each in (("s3", "lake/a~b"), ("postgres", "d.s.t")))
    job = job_urn(Names().flow("pythonSdk", "daily"), "load")
    field = ("fineGrainedLineages", "IDENTITY", field_urn(source, "y"), "NONE", field_urn(source, "x"))
    assert {each["path"] for each in lineage} == {pointer(("upstreams", source)), pointer(field)}
    assert {each["path"] for each in work} == {
        pointer(("inputDatasetEdges", place)),
        pointer(("outputDatasetEdges", source)),
        pointer(("inputDatajobEdges", job)),
    }
    assert next(each["value"] for each in lineage if "fine" in each["path"]) == {"confidenceScore": 0.5}
    flow = Names().flow("pythonSdk", "a,b (c)")
    odd = str(DatasetUrn("postgres", "d.s.t,(1)", "DEV"))
    assert set(own["envs"]) == ENVS
    assert own["urns"] == [flow, job_urn(flow, "f(x, y)"), odd, field_urn(odd, "a,b")]


def test_the_catalogue_of_the_tests_takes_what_the_official_emitter_sends():
    with Catalog() as catalog:
        urn, job = oracle("emit", catalog.url.removeprefix("datahub+"))
        assert catalog.upstreams(urn) == {urn}
        assert catalog.aspect(job, "dataJobInfo")["type"] == {"string": "PYTHON"}
        assert catalog.aspect(urn, "status") == {"removed": False}
