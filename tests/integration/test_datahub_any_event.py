"""Whatever an event says, DataHub's sink makes proposals that the schemas allow, or says why it makes none."""

from __future__ import annotations

import json

import pytest
from datahub_catalog import Catalog
from datahub_schemas import faults_of_proposal
from hypothesis import given, settings
from hypothesis import strategies as st

from whence.emit.sinks.datahub._events import Translator
from whence.emit.sinks.datahub._names import Names
from whence.emit.sinks.datahub._proposals import united
from whence.emit.sinks.datahub._requests import Unit, packed
from whence.emit.sinks.datahub._told import UnreadableError

pytestmark = pytest.mark.integration

NAMES = st.text("ab.,()/~%␟ 주é'\"\\", min_size=1, max_size=12).filter(lambda text: text == text.strip())
SPACES = st.sampled_from(["s3://lake", "postgres://h:5432", "file", "default", "urn:li:dataPlatform:glue", "x://y"])
STEPS = st.lists(st.fixed_dictionaries({"type": st.sampled_from(["DIRECT", "INDIRECT"]), "subtype": NAMES}), max_size=2)
TABLES = st.fixed_dictionaries({"namespace": SPACES, "name": NAMES})
FIELDS = st.fixed_dictionaries(
    {"namespace": SPACES, "name": NAMES, "field": NAMES}, optional={"transformations": STEPS}
)
COLUMNS = st.fixed_dictionaries(
    {
        "fields": st.dictionaries(
            NAMES, st.fixed_dictionaries({"inputFields": st.lists(FIELDS, max_size=3)}), max_size=3
        ),
        "dataset": st.lists(FIELDS, max_size=1),
    }
)
FACETS = st.fixed_dictionaries(
    {},
    optional={
        "columnLineage": COLUMNS,
        "documentation": st.fixed_dictionaries({"description": NAMES}),
        "lineage": st.fixed_dictionaries({"inputs": st.lists(TABLES, max_size=2)}),
    },
)
DATASETS = st.lists(st.builds(lambda table, facets: {**table, "facets": facets}, TABLES, FACETS), max_size=3)
JOBS = st.fixed_dictionaries(
    {},
    optional={
        "whence_flow": st.fixed_dictionaries({"name": NAMES}, optional={"orchestrator": NAMES, "description": NAMES}),
        "ownership": st.fixed_dictionaries({"owners": st.lists(st.fixed_dictionaries({"name": NAMES}), max_size=2)}),
        "documentation": st.fixed_dictionaries({"description": NAMES}),
    },
)
KINDS = st.sampled_from(["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"])
RUNS = st.sampled_from(["run-1", "019300aa-0000-7000-8000-000000000000", "a,b (c)"])
PRODUCERS = st.sampled_from(["https://pypi.org/project/whence/1", "https://example.com"])
EVENTS = st.builds(
    lambda kind, run, producer, job, inputs, outputs: {
        "eventType": kind,
        "eventTime": "2026-11-21T10:00:01.500Z",
        "producer": producer,
        "run": {"runId": run, "facets": {}},
        "job": {"namespace": "shop", "name": "load", "facets": job},
        "inputs": inputs,
        "outputs": outputs,
    },
    KINDS,
    RUNS,
    PRODUCERS,
    JOBS,
    DATASETS,
    DATASETS,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["run", "job", "name", "facets"]), inner)
    ),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_proposals_of_any_event_are_well_made_and_the_same_each_time(event):
    body = json.dumps(event).encode()
    made = [each.body for each in Translator(Names()).proposals(body)]
    assert [fault for each in made for fault in faults_of_proposal(json.loads(each))] == []
    assert made == [each.body for each in Translator(Names()).proposals(body)]


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=6))
def test_nothing_that_others_wrote_is_lost_whatever_comes_together(events):
    translator = Translator(Names())
    units = [Unit(number, translator.proposals(json.dumps(each).encode())) for number, each in enumerate(events)]
    catalog = Catalog()
    catalog._server.server_close()
    theirs = "urn:li:dataset:(urn:li:dataPlatform:kafka,theirs,PROD)"
    for unit in units:
        for each in unit.proposals:
            if each.aspect == "upstreamLineage":
                catalog.aspects[each.urn, each.aspect] = {"upstreams": [{"dataset": theirs, "type": "VIEW"}]}
            elif each.aspect == "datasetProperties":
                catalog.aspects[each.urn, each.aspect] = {"customProperties": {}, "description": "theirs"}
            elif each.aspect == "dataJobInfo":
                catalog.aspects[each.urn, each.aspect] = {
                    "name": "n",
                    "type": {"string": "T"},
                    "customProperties": {"k": "v"},
                }
    before = dict(catalog.aspects)
    for group in packed(units):
        proposals = united(each for unit in group for each in unit.proposals)
        catalog._commit([json.loads(each.body) for each in proposals])
    assert not catalog.faults
    for (urn, aspect), value in before.items():
        if aspect == "upstreamLineage":
            assert theirs in catalog.upstreams(urn)
        elif aspect == "datasetProperties":
            assert catalog.aspects[urn, aspect] == value
        else:
            assert {**catalog.aspects[urn, aspect], "description": None} == {**value, "description": None}


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_what_is_no_event_says_so_and_nothing_worse(value):
    event = {"eventTime": "2026-11-21T10:00:01.500Z", **value} if isinstance(value, dict) else value
    try:
        made = Translator(Names()).proposals(json.dumps(event).encode())
    except UnreadableError:
        return
    assert [fault for each in made for fault in faults_of_proposal(json.loads(each.body))] == []
