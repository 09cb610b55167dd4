"""Every event of the shared corpus: valid ones taken whole, invalid ones refused or warned about."""

import json
import os
import pathlib

import pytest

from whence.errors import EventError
from whence.model import DatasetEvent, DatasetId, JobEvent, RunEvent, dataset_urn, event_from_json, parse_dataset_urn

SHARED = pathlib.Path(os.environ.get("WHENCE_SHARED", "/work/shared"))
EVENTS = SHARED / "corpus" / "openlineage" / "events.jsonl"

pytestmark = pytest.mark.skipif(not EVENTS.exists(), reason=f"the corpus is not at {EVENTS} (set WHENCE_SHARED)")


@pytest.fixture(scope="module")
def lines():
    with EVENTS.open() as file:
        return [json.loads(line) for line in file]


def test_valid_events_are_taken_without_loss(lines):
    valid = [line["event"] for line in lines if line["valid"]]
    assert len(valid) >= 150
    for event in valid:
        assert json.dumps(event_from_json(event).to_json()) == json.dumps(event)


def test_valid_events_need_no_warning_but_one(lines):
    warned = [warning for line in lines if line["valid"] for warning in event_from_json(line["event"]).checked.warnings]
    assert {warning.code for warning in warned} <= {"ambiguous_kind"}  # one event carries a dataset beside its job


def test_invalid_events_are_refused_or_warned_about(lines):
    invalid = [line for line in lines if not line["valid"]]
    assert len(invalid) >= 100
    refused: list[EventError] = []
    for line in invalid:
        try:
            event = event_from_json(line["event"])
        except EventError as error:
            refused.append(error)
        else:
            assert event.checked.warnings, line["error"]
            assert event.to_json() == line["event"]
    assert all(error.path.startswith("$") and error.message for error in refused)


def test_real_events_with_one_old_fault_are_kept(lines):
    kept = 0
    for line in lines:
        if not line["valid"] and line["kind"] != "expected-partial":
            event_from_json(line["event"])
            kept += 1
    assert kept >= 20


def test_every_part_can_be_read(lines):
    kinds = set()
    for line in lines:
        if line["valid"]:
            event = event_from_json(line["event"])
            kinds.add(type(event))
            for dataset in _datasets(event):
                read = (dataset.fields, dataset.aliases, dataset.version, dataset.facets)
                assert read
                assert parse_dataset_urn(dataset_urn(DatasetId(dataset.namespace, dataset.name))).env == "PROD"
            if isinstance(event, RunEvent):
                assert event.run.parent is None or event.run.parent.job.name
    assert RunEvent in kinds


def _datasets(event):
    if isinstance(event, DatasetEvent):
        return [event.dataset]
    assert isinstance(event, (RunEvent, JobEvent))
    return [*event.inputs, *event.outputs]
