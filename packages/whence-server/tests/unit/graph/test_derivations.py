from __future__ import annotations

from whence_server.graph.derivations import FieldMapWriter, FieldOrigin, field_map, only_from

DIRECT = {"type": "DIRECT"}
JOIN = {"type": "INDIRECT", "subtype": "JOIN"}


def writer():
    made = FieldMapWriter()
    made.add("c", 1, "a", [DIRECT])
    made.add("c", 2, "b", [JOIN, DIRECT])
    made.field("d")
    made.add(None, 2, "k", [JOIN])
    made.add(None, 3, None, [])
    return made


def test_a_field_map_reads_back():
    found = field_map(writer().encode())
    assert found.fields == {"c": [FieldOrigin(1, "a", (DIRECT,)), FieldOrigin(2, "b", (JOIN, DIRECT))], "d": []}
    assert found.whole == [FieldOrigin(2, "k", (JOIN,))]


def test_nodes_are_told_once_also_those_without_fields():
    assert writer().nodes() == [1, 2, 3]


def test_origins_can_be_narrowed():
    found = field_map(only_from(writer().encode(), {1}))
    assert found.fields == {"c": [FieldOrigin(1, "a", (DIRECT,))], "d": []}
    assert found.whole == []
