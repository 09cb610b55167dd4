from __future__ import annotations

import pytest

from whence_server.graph.facets.column_lineage import read_column_lineage
from whence_server.graph.facets.notes import Notes
from whence_server.graph.facets.origins import Origin

A = {"namespace": "db", "name": "a", "field": "c"}


def read(**facet):
    notes = Notes()
    return read_column_lineage(facet, "$", notes), [note["path"] for note in notes.to_json()]


def test_fields_and_dataset_wide_inputs():
    join = [{"type": "INDIRECT", "subtype": "JOIN"}]
    origins, notes = read(fields={"c": {"inputFields": [A]}}, dataset=[{**A, "transformations": join}])
    assert origins.fields == {"c": [Origin(is_job=False, name=("db", "a"), field="c", transformations=[])]}
    assert origins.whole[0].transformations == join
    assert notes == []
    assert (origins.datasets, origins.jobs) == (((A["namespace"], A["name"]),), ())


def test_what_was_read_of_a_facet_stays_for_the_next_but_its_faults_are_told_again():
    fields = {"c": {"inputFields": [A]}}
    assert read(fields=fields)[0] is read(fields=fields)[0]
    broken = {"c": {"inputFields": [A, 1]}}
    assert read(fields=broken)[1] == read(fields=broken)[1] != []
    wide = {f"field_{number}": {"inputFields": [A]} for number in range(500)}
    assert read(fields=wide)[0] is not read(fields=wide)[0]


def test_the_older_form_of_transformations_is_used_where_the_newer_is_missing():
    own = [{"type": "DIRECT"}]
    inputs = [A, {**A, "transformations": own}]
    entry = {"inputFields": inputs, "transformationType": "MASKED", "transformationDescription": "hash"}
    origins, _ = read(fields={"c": entry})
    older = [{"type": "MASKED", "description": "hash", "masking": True}]
    assert [origin.transformations for origin in origins.fields["c"]] == [older, own]


def test_an_older_form_of_empty_text_is_none():
    entry = {"inputFields": [A], "transformationType": "", "transformationDescription": 1}
    origins, _ = read(fields={"c": entry})
    assert origins.fields["c"][0].transformations == []


def test_a_description_alone_is_a_transformation():
    origins, _ = read(fields={"c": {"inputFields": [A], "transformationDescription": "sum"}})
    assert origins.fields["c"][0].transformations == [{"description": "sum"}]


@pytest.mark.parametrize(
    ("facet", "path"),
    [
        ({"fields": []}, "$.fields"),
        ({"fields": {"c": 1}}, "$.fields.c"),
        ({"fields": {"c": {"inputFields": {}}}}, "$.fields.c.inputFields"),
        ({"fields": {"c": {"inputFields": [1]}}}, "$.fields.c.inputFields[0]"),
        ({"fields": {"c": {"inputFields": [{**A, "name": ""}]}}}, "$.fields.c.inputFields[0].name"),
        ({"fields": {"c": {"inputFields": [{**A, "namespace": None}]}}}, "$.fields.c.inputFields[0].namespace"),
        ({"fields": {"c": {"inputFields": [{**A, "field": 1}]}}}, "$.fields.c.inputFields[0].field"),
        ({"fields": {"c": {"inputFields": [{**A, "name": "a\0"}]}}}, "$.fields.c.inputFields[0].name"),
        ({"dataset": 1}, "$.dataset"),
        (
            {"fields": {"c": {"inputFields": [{**A, "transformations": [1]}]}}},
            "$.fields.c.inputFields[0].transformations",
        ),
        (
            {"fields": {"c": {"inputFields": [{**A, "transformations": 1}]}}},
            "$.fields.c.inputFields[0].transformations",
        ),
    ],
)
def test_what_is_malformed_is_noted(facet, path):
    assert read(**facet)[1] == [path]


def test_a_facet_that_says_nothing_is_none():
    assert read(fields={})[0] is None
    notes = Notes()
    assert read_column_lineage("text", "$", notes) is None
    assert "text" in notes.to_json()[0]["message"]
