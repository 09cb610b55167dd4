"""The laws of the fold: the graph is a function of the set of events. Order, repetition and grouping do not matter."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from pathlib import Path

import event_sets
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whence.model import check_event
from whence_server.graph.event_id import event_id
from whence_server.stores.base import Incoming
from whence_server.stores.sqlite import open_store

# Hundreds of stores are made: in memory where the system has such a folder, because each commit waits for its disk.
FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None
LAWS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def incoming(event):
    checked = check_event(event)
    return Incoming(event_id(checked.event_time, event), orjson.dumps(event), event, checked)


def lines_after(groups, *, rebuilt=False):
    """Return the canonical export after committing these groups of events in turn."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        store = open_store(Path(folder))
        try:
            for group in groups:
                for kept in store.commit([incoming(event) for event in group]):
                    assert kept.fold_error is None
            if rebuilt:
                store.rebuild()
            return list(store.export_canonical())
        finally:
            store.close()


def difference(one, other):
    return sorted(set(one) - set(other)), sorted(set(other) - set(one))


@st.composite
def shuffled_and_split(draw):
    """Events, and the same events in another order, some twice, in groups of their own."""
    events = draw(event_sets.event_lists)
    repeated = events + draw(st.lists(st.sampled_from(events), max_size=3))
    order = draw(st.permutations(repeated))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=4)))
    bounds = [0, *cuts, len(order)]
    return events, [order[a:b] for a, b in itertools.pairwise(bounds)]


@LAWS
@given(shuffled_and_split())
def test_order_repetition_and_grouping_do_not_matter(case):
    events, groups = case
    assert difference(lines_after([events]), lines_after(groups)) == ([], [])


@LAWS
@given(event_sets.event_lists)
def test_states_kept_between_groups_say_what_the_tables_say(events):
    """One event a group, in one store with its states kept and in one that loads them anew each time."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        for event in events:
            store = open_store(Path(folder))
            store.commit([incoming(event)])
            store.close()
        store = open_store(Path(folder))
        anew = list(store.export_canonical())
        store.close()
    assert difference(lines_after([[event] for event in events]), anew) == ([], [])


@settings(LAWS, max_examples=60)
@given(event_sets.event_lists)
def test_rebuild_derives_the_same_graph(events):
    assert difference(lines_after([events]), lines_after([events], rebuilt=True)) == ([], [])


def test_a_digest_tells_graphs_apart():
    """Guards the tests above: the export must not be the same for everything."""
    run = event_sets.event(
        eventTime="2026-01-01T00:00:00Z",
        eventType="COMPLETE",
        job=event_sets.name(("jobs", "load")),
        run={"runId": event_sets.RUNS[0]},
        inputs=[event_sets.name(("a", "x"))],
    )
    digests = {
        hashlib.sha256(b"\n".join(lines_after([[{**run, "inputs": inputs}]]))).hexdigest()
        for inputs in ([], [event_sets.name(("a", "x"))], [event_sets.name(("a", "y"))])
    }
    assert len(digests) == 3
