from __future__ import annotations

import pytest

from whence_server.graph.facets.lineage import read_dataset_lineage, read_job_lineage
from whence_server.graph.facets.notes import Notes

A = {"namespace": "db", "name": "a", "type": "DATASET"}
JOB = {"namespace": "jobs", "name": "j", "type": "JOB"}


def read_job(*entries):
    notes = Notes()
    return read_job_lineage({"entries": list(entries)}, "$", notes), [note["path"] for note in notes.to_json()]


def read_dataset(**facet):
    notes = Notes()
    return read_dataset_lineage(facet, "$", notes), [note["path"] for note in notes.to_json()]


def test_targets_and_sources_are_datasets_or_jobs():
    entries, notes = read_job(
        {**A, "inputs": [JOB, {"type": "JOB"}]}, {**JOB, "inputs": [A]}, {"type": "JOB", "inputs": []}
    )
    assert notes == []
    assert [(entry.target_is_job, entry.target) for entry in entries] == [
        (False, ("db", "a")),
        (True, ("jobs", "j")),
        (True, None),
    ]
    assert [(origin.is_job, origin.name) for origin in entries[0].origins.whole] == [
        (True, ("jobs", "j")),
        (True, None),
    ]


def test_fields_have_sources_of_their_own():
    origins, _ = read_dataset(fields={"c": {"inputs": [{**A, "field": "d"}]}})
    assert (origins.whole, [origin.field for origin in origins.fields["c"]]) == ([], ["d"])


def test_empty_inputs_are_a_statement_and_missing_ones_are_none():
    origins = read_dataset(inputs=[])[0]
    assert (origins.fields, origins.whole) == ({}, [])
    assert read_dataset()[0] is None


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        (1, "$.entries[0]"),
        ({"type": "TABLE", "inputs": []}, "$.entries[0].type"),
        ({"type": "DATASET", "inputs": []}, "$.entries[0].namespace"),
        ({**A, "inputs": 1}, "$.entries[0].inputs"),
        ({**A, "inputs": [1]}, "$.entries[0].inputs[0]"),
        ({**A, "inputs": [{"type": "X"}]}, "$.entries[0].inputs[0].type"),
        ({**A, "inputs": [{"type": "JOB", "namespace": "jobs"}]}, "$.entries[0].inputs[0].name"),
        ({**A, "inputs": [{**A, "field": 1}]}, "$.entries[0].inputs[0].field"),
        ({**A, "inputs": [], "fields": []}, "$.entries[0].fields"),
        ({**A, "inputs": [], "fields": {"c": []}}, "$.entries[0].fields.c"),
        ({**A, "inputs": [], "fields": {"c": {}}}, "$.entries[0].fields.c.inputs"),
    ],
)
def test_what_is_malformed_is_noted(entry, path):
    assert read_job(entry)[1] == [path]


def test_facets_that_are_no_objects_say_nothing():
    notes = Notes()
    assert read_job_lineage(1, "$", notes) == []
    assert read_job_lineage({"entries": 1}, "$", notes) == []
    assert read_dataset_lineage(1, "$", notes) is None
    assert len(notes.to_json()) == 3
