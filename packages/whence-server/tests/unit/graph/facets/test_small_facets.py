"""The facets of which one or two values are read: dataSource and sourceCodeLocation."""

from __future__ import annotations

import pytest

from whence_server.graph.facets.data_source import read_data_source
from whence_server.graph.facets.notes import MAX_NOTES, Notes
from whence_server.graph.facets.source_location import read_location


@pytest.mark.parametrize(
    ("facet", "source"),
    [
        ({"name": "lake", "uri": "s3://lake"}, ("lake", "s3://lake")),
        ({"name": "lake"}, ("lake", None)),
        ({"uri": "s3://lake"}, ("s3://lake", "s3://lake")),
        ({"name": 1, "uri": ""}, None),
        ({}, None),
        ("lake", None),
    ],
)
def test_data_source(facet, source):
    assert read_data_source(facet) == source


@pytest.mark.parametrize(
    ("facet", "location"),
    [
        ({"url": "git://a", "repoUrl": "git://b"}, "git://a"),
        ({"url": "", "repoUrl": "git://b"}, "git://b"),
        ({"url": 1}, None),
        (1, None),
    ],
)
def test_source_location(facet, location):
    assert read_location(facet) == location


def test_notes_are_bounded_and_say_so():
    notes = Notes()
    for i in range(MAX_NOTES + 5):
        notes.malformed(f"$[{i}]", i, "text")
    found = notes.to_json()
    assert len(found) == MAX_NOTES + 1
    assert found[-1]["message"].startswith("5 more")
