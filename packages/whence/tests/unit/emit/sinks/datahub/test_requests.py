from __future__ import annotations

from whence.emit.sinks.datahub import _requests
from whence.emit.sinks.datahub._proposals import Origin, create, patch, upsert
from whence.emit.sinks.datahub._requests import Unit, packed, pieces

ORIGIN = Origin(1, "run-1")


def made(name):
    return create(f"urn:li:tag:{name}", "info", {}, ORIGIN)


def changed(name):
    return patch(f"urn:li:tag:{name}", "info", {("a",): 1}, ORIGIN)


def written(name):
    return upsert(f"urn:li:tag:{name}", "info", {}, ORIGIN)


def shape(*events):
    """Give the numbers of the events in each request, and what each request changes."""
    groups = packed(Unit(number, list(event)) for number, event in enumerate(events))
    changes = [[each.change for unit in group for each in unit.proposals] for group in groups]
    for group in groups:
        keys = {(each.key, each.change) for unit in group for each in unit.proposals}
        assert len({key for key, _ in keys}) == len(keys)  # an aspect is changed in one way
    return [[unit.number for unit in group] for group in groups], changes


def test_equal_changes_go_together():
    assert shape([made("a")], [made("a")], [written("b")], [written("b")])[0] == [[0, 1, 2, 3]]


def test_a_patch_of_what_is_created_goes_in_the_next_request_and_the_rest_need_not_wait():
    assert shape([made("a")], [changed("a")], [made("b")], [changed("b"), written("c")], [written("d")])[0] == [
        [0, 2, 4],
        [1, 3],
    ]


def test_what_was_patched_is_there_and_needs_no_creation():
    numbers, changes = shape([made("a")], [changed("a")], [made("a"), written("b")], [changed("a")])
    assert numbers == [[0, 2], [1, 3]]
    assert changes == [["CREATE", "UPSERT"], ["PATCH", "PATCH"]]


def test_events_that_share_an_aspect_keep_their_order():
    numbers, _ = shape([made("a")], [changed("a"), written("run")], [written("run")], [written("run"), made("z")])
    assert numbers == [[0], [1, 2, 3]]
    numbers, _ = shape([made("a"), made("b")], [changed("a"), made("c")], [made("c"), made("b")])
    assert numbers == [[0, 2], [1]]


def test_one_that_changes_nothing_any_more_is_still_counted():
    assert shape([written("a")], [made("a")]) == ([[0, 1]], [["UPSERT"]])


def test_a_request_has_its_limits(monkeypatch):
    monkeypatch.setattr(_requests, "MAX_PROPOSALS", 3)
    assert shape([made("a"), made("b")], [made("c")], [made("c")], [made("d")])[0] == [[0, 1, 2], [3]]
    assert shape([made(each) for each in "abcde"], [made("f")])[0] == [[0], [1]]
    monkeypatch.setattr(_requests, "MAX_BYTES", len(made("a").body) * 2 + 70)
    assert shape([made("a")], [made("b")], [made("a")], [made("c")])[0] == [[0, 1, 2], [3]]
    assert shape([changed("a")], [changed("a")], [changed("a")])[0] == [[0], [1], [2]]


def test_a_proposal_too_large_for_any_request_goes_alone(monkeypatch):
    monkeypatch.setattr(_requests, "MAX_BYTES", 100)
    assert pieces([b"x" * 10, b"y" * 200, b"z" * 10, b"z"]) == [[b"x" * 10], [b"y" * 200], [b"z" * 10, b"z"]]
    monkeypatch.setattr(_requests, "MAX_PROPOSALS", 2)
    assert pieces([b"a", b"b", b"c"]) == [[b"a", b"b"], [b"c"]]
    assert pieces([]) == []
