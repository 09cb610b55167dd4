from __future__ import annotations

from whence_server.graph.facets.notes import Notes
from whence_server.graph.facets.symlinks import read_symlinks

OWN = ("db", "a")


def read(facet):
    notes = Notes()
    return [tuple(link) for link in read_symlinks(facet, OWN, "$", notes)], [note["path"] for note in notes.to_json()]


def test_each_other_name_once():
    one = {"namespace": "glue", "name": "a", "type": "TABLE"}
    found = read({"identifiers": [one, {**one, "type": 1}, {"namespace": "s3", "name": "p", "type": 1}]})
    assert found == ([(("glue", "a"), "TABLE"), (("s3", "p"), None)], [])


def test_its_own_name_is_no_other_one():
    assert read({"identifiers": [{"namespace": "db", "name": "a"}]}) == ([], [])


def test_what_is_malformed_is_noted():
    assert read(1) == ([], ["$"])
    assert read({}) == ([], ["$.identifiers"])
    assert read({"identifiers": [1, {"namespace": ""}]}) == ([], ["$.identifiers[0]", "$.identifiers[1].namespace"])


def test_a_tombstone_needs_no_identifiers():
    assert read({"_deleted": True}) == ([], [])
