from __future__ import annotations

import json

import pytest
from datahub_catalog import patched
from datahub_schemas import faults_of_aspect

from whence.emit.sinks.datahub._lineage import Lineage
from whence.emit.sinks.datahub._names import Names
from whence.emit.sinks.datahub._proposals import Origin
from whence.model import field_urn

pytestmark = pytest.mark.integration

NAMES = Names()
ORIGIN = Origin(1_700_000_000_000, "run-1")
A, B, OUT = (NAMES.dataset("postgres://h:5432", f"d.s.{each}") for each in ("a", "b", "out"))
INFERRED = {"type": "DIRECT", "subtype": "INFERRED"}


def source(table, field=None, *steps, **more):
    named = {"namespace": "postgres://h:5432", "name": f"d.s.{table}", **more}
    named |= {"field": field} if field else {}
    return named | ({"transformations": list(steps)} if steps else {})


def read(facets, *, stated=None, inputs=(A, B), urn=OUT, teller="load"):
    lineage = Lineage(urn, NAMES.dataset, teller)
    lineage.read(facets, stated, inputs)
    return lineage


def columns(fields, dataset=()):
    return {"columnLineage": {"fields": {k: {"inputFields": v} for k, v in fields.items()}, "dataset": list(dataset)}}


def test_with_nothing_said_an_output_comes_from_every_input_but_itself():
    assert read({}, inputs=(A, OUT, B)).tables == {A: False, B: False}


def test_columns_say_it_better_and_lineage_best():
    told = columns({"x": [source("a", "y")]})
    assert read(told).tables == {A: False}
    assert read({**told, "lineage": {"inputs": [source("b")]}}).tables == {B: False}
    assert read({**told, "lineage": {"inputs": []}}).tables == {}


def test_what_only_decides_about_rows_is_a_table_and_no_field():
    lineage = read(columns({"x": [source("a", "y")]}, [source("b", "filter")]))
    assert lineage.tables == {A: False, B: False}
    assert [(each.downstream, each.upstream) for each in lineage.fields] == [(field_urn(OUT, "x"), field_urn(A, "y"))]


def test_a_job_may_state_the_lineage_of_an_output():
    stated = {"inputs": [source("b")]}
    assert read({}, stated=stated).tables == {B: False}
    assert read({"lineage": {"inputs": [source("a")]}}, stated=stated).tables == {A: False}


def test_jobs_are_no_tables():
    assert read({"lineage": {"inputs": [source("a", type="JOB")]}}).tables == {}


def test_a_guess_is_marked_unless_something_surer_says_the_same():
    sources = [source("a", None, INFERRED), source("b", None, INFERRED), source("b"), source("b", None, INFERRED)]
    guessed = {"lineage": {"inputs": sources}}
    lineage = read(guessed)
    assert lineage.tables == {A: True, B: False}
    whole = lineage.proposal(ORIGIN).whole
    assert ["properties" in each for each in whole["upstreams"]] == [True, False]
    fields = read({"lineage": {"fields": {"x": {"inputs": [source("a", "y", INFERRED)]}}}}).fields
    assert [each.confidence for each in fields] == [0.5]


def test_an_operation_is_the_direct_one():
    steps = {"type": "INDIRECT", "subtype": "JOIN"}, {"type": "DIRECT", "subtype": "AGGREGATION"}
    (field,) = read(columns({"x": [source("a", "y", *steps)]})).fields
    assert field.operation == "AGGREGATION"
    (field,) = read(columns({"x": [source("a", "y", {"type": "DIRECT"})]})).fields
    assert field.operation == "DIRECT"
    (field,) = read(columns({"x": [source("a", "y")]})).fields
    assert field.operation == "NONE"


def test_a_field_that_comes_from_itself_is_left_out():
    assert not read(columns({"x": [source("out", "x")]})).fields
    assert len(read(columns({"x": [source("out", "y")]})).fields) == 1


def test_a_urn_given_with_a_source_is_taken():
    given = "urn:li:dataset:(urn:li:dataPlatform:postgres,d.s.a,DEV)"
    assert read({"lineage": {"inputs": [source("a", whence_datahub={"urn": given})]}}).tables == {given: False}


@pytest.mark.parametrize(
    "odd", [None, 3, [], "x", {"inputs": 3}, {"inputs": [3]}, {"inputs": [{}]}, {"fields": {"x": 3}}]
)
def test_odd_facets_count_for_nothing(odd):
    assert not read({"lineage": odd, "columnLineage": odd}, inputs=()).tables


def applied(proposal):
    """Return what a catalogue has after this proposal, by way of the whole aspect and by way of the patch."""
    operations = json.loads(json.loads(proposal.body)["aspect"]["value"])
    return json.loads(json.dumps(proposal.whole)), patched("upstreamLineage", None, operations)


def pairs(aspect):
    return {
        (each.get("transformOperation", "NONE"), each["downstreams"][0], upstream, each["confidenceScore"])
        for each in aspect["fineGrainedLineages"]
        for upstream in each["upstreams"]
    }


@pytest.mark.parametrize("urn", [OUT, NAMES.dataset("s3://lake", "a/b~c")])
def test_creating_and_patching_say_the_same(urn):
    told = columns({"x": [source("a", "y"), source("b", "y")], "z/~": [source("a", "v", {"type": "DIRECT"})]})
    created, by_patch = applied(read(told, urn=urn).proposal(ORIGIN))
    assert faults_of_aspect("dataset", "upstreamLineage", created) == []
    assert faults_of_aspect("dataset", "upstreamLineage", by_patch) == []
    assert (
        {each["dataset"] for each in created["upstreams"]}
        == {each["dataset"] for each in by_patch["upstreams"]}
        == {A, B}
    )
    assert pairs(created) == pairs(by_patch)
    assert len(pairs(created)) == 3


def test_jobs_that_write_one_column_of_an_object_keep_each_others_fields():
    out = NAMES.dataset("s3://lake", "out")
    value = None
    for teller, table in (("load/one", "a"), ("load/two", "b")):
        change = read(columns({"x": [source(table, "y")]}), urn=out, teller=teller).proposal(ORIGIN)
        value = patched("upstreamLineage", value, json.loads(json.loads(change.body)["aspect"]["value"]))
    assert {(operation, upstream) for operation, _, upstream, _ in pairs(value)} == {
        ("NONE (load one)", field_urn(A, "y")),
        ("NONE (load two)", field_urn(B, "y")),
    }
