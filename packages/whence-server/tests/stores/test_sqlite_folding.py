"""How the SQLite store folds: bad events stay in the log with the reason, caches are bounded, large groups hold."""

from __future__ import annotations

import orjson
import pytest
from tellings import ALL, columns, dataset, dataset_event, incoming, run_event, symlinks, tell

from whence_server.graph import fold
from whence_server.stores.sqlite import folding, loading, open_store


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def fails_for(name, function, place):
    """Wrap a step of the fold so that it fails for events about one dataset."""

    def wrapped(*arguments):
        if name in str(place(arguments)):
            raise ValueError(f"no {name} today")
        return function(*arguments)

    return wrapped


@pytest.mark.parametrize("step", ["read_event", "fold_event"])
def test_an_event_that_cannot_be_folded_stays_in_the_log_and_the_others_go_on(store, monkeypatch, step):
    """No event is known to do it: the fold itself is made to fail."""
    if step == "read_event":
        broken = fails_for("bad", folding.read_event, lambda arguments: arguments[1])
    else:
        broken = fails_for("bad", fold.fold_event, lambda arguments: [about.name for about in arguments[1].datasets])
    monkeypatch.setattr(folding, step, broken)
    kept = store.commit(
        [incoming(dataset_event(i, name)) for i, name in enumerate(["a", "bad one", "b", "bad two", "c"])]
    )
    assert [each.fold_error is None for each in kept] == [True, False, True, False, True]
    with store.reading() as reader:
        assert sorted(row.name for row in reader.datasets_page(ALL)) == ["a", "b", "c"]
        assert [row.fold_error for row in reader.events_with_warnings(ALL)] == [
            "ValueError: no bad today",
            "ValueError: no bad today",
        ]
        assert reader.counters()["events"] == 5
        assert reader.counters()["events_not_folded"] == 2
    monkeypatch.undo()
    store.rebuild()
    with store.reading() as reader:
        assert len(reader.datasets_page(ALL)) == 5
        assert reader.events_with_warnings(ALL) == []
        assert reader.counters()["events_not_folded"] == 0


def test_a_rebuild_keeps_what_the_rules_of_today_refuse(store):
    tell(store, dataset_event(1, "a"))
    with store._writing() as connection:
        connection.execute("UPDATE event SET body = ?", (orjson.dumps({"eventTime": "2026-01-01T00:00:00Z"}),))
    store.rebuild()
    with store.reading() as reader:
        (row,) = reader.events_with_warnings(ALL)
        assert row.fold_error is not None
        assert reader.counters()["events"] == 1


def many_events():
    for i in range(300):
        outputs = [dataset(f"out{i % 40}", columnLineage=columns(c=f"in{i % 60}.c"), symlinks=symlinks(f"link{i % 7}"))]
        yield run_event("START", i, job=f"j{i % 50}", run=i // 2, inputs=[f"in{i % 60}"])
        yield run_event("COMPLETE", i + 1, job=f"j{i % 50}", run=i // 2, outputs=outputs)


def test_states_that_are_dropped_are_loaded_again(tmp_path, monkeypatch):
    exports = []
    for kept in (100_000, 3):
        for name in ("NAMESPACES", "SOURCES", "DATASETS", "JOBS", "RUNS", "JOB_WEIGHT", "RUN_WEIGHT"):
            monkeypatch.setattr(loading, f"KEPT_{name}", kept)
        monkeypatch.setattr(folding, "_WEIGH_EVERY", 1)
        store = open_store(tmp_path / str(kept))
        events = list(many_events())
        for start in range(0, len(events), 9):
            tell(store, *events[start : start + 9])
        exports.append(list(store.export_canonical()))
        store.close()
    assert exports[0] == exports[1]


def test_states_in_memory_are_bounded(store):
    for i in range(400):
        tell(store, run_event("COMPLETE", i, job=f"j{i}", run=i, outputs=[f"d{i}_{k}" for k in range(60)]))
    work = store._folder._work
    assert len(work.datasets) <= loading.KEPT_DATASETS
    assert sum(len(run.datasets[1]) for run in work.runs.values()) <= loading.KEPT_RUN_WEIGHT


def test_one_group_of_many_events(store):
    tell(store, *many_events())
    with store.reading() as reader:
        assert reader.counters()["events"] == 600
