"""The laws of the fold: the graph is a function of the set of events. Order, repetition and grouping do not matter."""

from __future__ import annotations

import hashlib
import itertools
import random
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
    assert difference(lines_after([[event] for event in events]), lines_loaded_anew(events)) == ([], [])


def lines_loaded_anew(events):
    """Return the canonical export after committing each event in a store that was just opened."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        for event in events:
            store = open_store(Path(folder))
            store.commit([incoming(event)])
            store.close()
        store = open_store(Path(folder))
        anew = list(store.export_canonical())
        store.close()
    return anew


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


def sql_events():
    """Runs of two jobs over few datasets, each with SQL, some also with column lineage: what is inferred must yield."""
    draw = random.Random(5)
    for at in range(40):
        number = draw.choice([1, 1, 1, 2, 2, 2, 3, 4])
        query, (target, source) = event_sets.QUERIES[number], {1: "yx", 2: "zy", 3: "xy", 4: "yx"}[number]
        own = {"columnLineage": draw.choice([event_sets.DELETED, told_columns(source)])} if at % 7 == 0 else {}
        yield event_sets.event(
            eventTime=f"2026-01-01T00:00:{at // 2:02}Z",
            eventType=draw.choice(["START", "COMPLETE", "COMPLETE", "OTHER"]),
            run={"runId": f"00000000-0000-4000-8000-0000000000{at // 4:02}"},
            job={"namespace": "j", "name": str(at % 2), "facets": {"sql": event_sets.facet(query=query)}},
            inputs=[{"namespace": "a", "name": source}],
            outputs=[{"namespace": "a", "name": target, "facets": own}],
        )


def told_columns(source):
    field = {"namespace": "a", "name": source, "field": "told"}
    return event_sets.facet(fields={"c": {"inputFields": [field]}})


def test_what_is_inferred_from_sql_does_not_depend_on_arrival():
    events = list(sql_events())
    straight = lines_after([events])
    assert any(b'"source":"sql"' in line for line in straight)
    assert lines_after([events], rebuilt=True) == straight
    assert difference(straight, lines_loaded_anew(events)) == ([], [])
    for seed in range(12):
        draw = random.Random(seed)
        order = draw.sample(events, len(events)) + draw.choices(events, k=5)
        groups = [order[at : at + 3] for at in range(0, len(order), 3)]
        assert difference(straight, lines_after(groups)) == ([], [])
