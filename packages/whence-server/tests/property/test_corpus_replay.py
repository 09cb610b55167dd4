"""Real events: replayed once, twice, shuffled within runs, one by one and after a rebuild they make one graph.

The corpus lies outside the project (../shared/corpus/openlineage) and is not copied into it.
"""

from __future__ import annotations

import collections
import hashlib
import random
from pathlib import Path

import orjson
import pytest

from whence.errors import EventError
from whence.model import check_event
from whence_server.graph.event_id import event_id
from whence_server.stores.base import Incoming
from whence_server.stores.rows import Page
from whence_server.stores.sqlite import open_store

CORPUS = Path(__file__).parents[5] / "shared" / "corpus" / "openlineage" / "events.jsonl"
if not CORPUS.is_file():
    pytest.skip(f"the corpus is not at {CORPUS}", allow_module_level=True)

LINES = [orjson.loads(line) for line in CORPUS.read_bytes().splitlines()]
VALID = [line["event"] for line in LINES if line["valid"]]
GROUP = 23


def incoming(event):
    checked = check_event(event)
    return Incoming(event_id(checked.event_time, event), orjson.dumps(event), event, checked)


def digest(store):
    content = hashlib.sha256()
    for line in store.export_canonical():
        content.update(line + b"\n")
    return content.hexdigest()


def filled(folder, events, group=GROUP):
    store = open_store(folder)
    for start in range(0, len(events), group):
        for kept in store.commit([incoming(event) for event in events[start : start + group]]):
            assert kept.fold_error is None
    return store


def shuffled_within_runs(events, seed):
    """Keep the places of each run, and shuffle its events over them."""
    places = collections.defaultdict(list)
    for place, event in enumerate(events):
        places[event.get("run", {}).get("runId", place)].append(place)
    order = list(range(len(events)))
    for own in places.values():
        for place, other in zip(own, random.Random(seed).sample(own, len(own)), strict=True):
            order[place] = other
    return [events[place] for place in order]


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    store = filled(tmp_path_factory.mktemp("once"), VALID)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("order", "group"),
    [
        (VALID + VALID, GROUP),
        (shuffled_within_runs(VALID, 1), GROUP),
        (shuffled_within_runs(VALID, 2) + shuffled_within_runs(VALID, 3), 200),
        (random.Random(4).sample(VALID, len(VALID)), 1),
        (VALID[::-1], GROUP),
    ],
    ids=["twice", "shuffled within runs", "twice and shuffled", "shuffled one by one", "backwards"],
)
def test_one_graph(once, tmp_path, order, group):
    store = filled(tmp_path, order, group)
    assert digest(store) == digest(once)
    store.rebuild()
    assert digest(store) == digest(once)
    store.close()


def test_every_event_is_in_the_log_as_sent(once):
    with once.reading() as reader:
        assert reader.counters()["events"] == len({incoming(event).id for event in VALID})
        for event in VALID:
            sent = incoming(event)
            assert orjson.loads(reader.event(sent.id).body) == event


def latest(facets_of):
    """Return owner -> facet key -> value of the event with the greatest id, as the fold must show it."""
    found = collections.defaultdict(dict)
    for event in sorted(VALID, key=lambda each: incoming(each).id):
        for owner, facets in facets_of(event):
            for key, value in (facets or {}).items():
                found[owner][key] = value
    return found


def of_datasets(event):
    for dataset in [*(event.get("inputs") or []), *(event.get("outputs") or []), *filter(None, [event.get("dataset")])]:
        yield (dataset["namespace"], dataset["name"]), dataset.get("facets")


def of_jobs(event):
    if "job" in event:
        yield (event["job"]["namespace"], event["job"]["name"]), event["job"].get("facets")


def shown(found):
    """What must be readable: everything but nulls and tombstones."""
    return {
        owner: {
            key: value
            for key, value in facets.items()
            if value is not None and not (isinstance(value, dict) and value.get("_deleted") is True)
        }
        for owner, facets in found.items()
    }


def test_every_facet_of_datasets_and_jobs_reads_back_equal(once):
    with once.reading() as reader:
        for wanted, ids, read in (
            (shown(latest(of_datasets)), reader.dataset_ids, reader.dataset_facets),
            (shown(latest(of_jobs)), reader.job_ids, reader.job_facets),
        ):
            numbers = ids(list(wanted))
            bodies = read(list(numbers.values()))
            for owner, facets in wanted.items():
                got = {key: orjson.loads(body) for key, body in bodies.get(numbers[owner], {}).items()}
                assert got == facets, owner


def test_every_facet_of_runs_reads_back_equal(once):
    def of_runs(event):
        if "run" in event:
            yield (
                (event["job"]["namespace"], event["job"]["name"], check_event(event).run_id),
                event["run"].get("facets"),
            )

    with once.reading() as reader:
        for (namespace, name, run_id), facets in shown(latest(of_runs)).items():
            job = reader.job_ids([(namespace, name)])[namespace, name]
            (run,) = (row for row in reader.runs_with_uuid(bytes.fromhex(run_id.replace("-", ""))) if row.job_id == job)
            bodies = reader.run_facets([run.id]).get(run.id, {})
            assert {key: orjson.loads(body) for key, body in bodies.items()} == facets
            assert reader.events_of_run(run.id, Page())


def test_invalid_events_are_kept_or_refused_and_break_nothing(tmp_path):
    """Those that pass the check fold without an error."""
    store = open_store(tmp_path)
    kept = refused = 0
    for line in LINES:
        if line["valid"]:
            continue
        try:
            event = incoming(line["event"])
        except EventError:
            refused += 1
            continue
        kept += 1
        assert [each.fold_error for each in store.commit([event])] == [None]
    assert kept > 10
    assert refused > 50
    store.rebuild()
    store.close()
