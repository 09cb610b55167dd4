from __future__ import annotations

from whence_server.graph.facets.schema import read_schema


def names(facet):
    fields = read_schema(facet)
    return None if fields is None else [field["name"] for field in fields]


def test_fields_keep_their_order_and_nested_ones_follow_their_owner():
    inner = {"name": "x", "type": "STRUCT", "fields": [{"name": "y"}, {"name": "z"}]}
    assert names({"fields": [{"name": "b"}, {"name": "a", "fields": [inner]}, {"name": "c"}]}) == [
        *("b", "a", "a.x", "a.x.y", "a.x.z", "c")
    ]


def test_type_and_description_are_text_or_nothing():
    assert read_schema({"fields": [{"name": "a", "type": 1, "description": "d"}]}) == [
        {"name": "a", "type": None, "description": "d"}
    ]


def test_what_is_no_field_is_passed_over():
    assert names({"fields": [1, {}, {"name": ""}, {"name": "a", "fields": 1}]}) == ["a"]


def test_no_fields_are_none():
    assert [names(facet) for facet in ({}, {"fields": []}, {"fields": 1}, 1)] == [None] * 4


def test_deep_nesting_is_no_recursion():
    field = {"name": "f"}
    for _ in range(5_000):
        field = {"name": "f", "fields": [field]}
    assert len(read_schema({"fields": [field]})) == 5_001
