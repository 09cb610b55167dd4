"""Parts of the SQLite store that are hard to see from outside: pool, claim, sorting beyond memory, statements."""

from __future__ import annotations

import threading

import orjson
import pytest
from tellings import columns, dataset, dataset_event, facet, job_event, run_event, symlinks, tell

from whence_server.errors import StoreUnavailableError
from whence_server.stores.sqlite import FILE_NAME, open_store
from whence_server.stores.sqlite.canonical import sorted_lines
from whence_server.stores.sqlite.claim import Claim
from whence_server.stores.sqlite.pool import ReaderPool
from whence_server.stores.sqlite.statements import load_statements, marked_blocks


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def pool(store):
    made = ReaderPool(store.path, size=2, busy_timeout_s=1, wait_s=0.05)
    yield made
    made.close()


def test_more_readers_than_there_are_wait_and_then_are_told(pool):
    with pool.reading(), pool.reading(), pytest.raises(StoreUnavailableError, match="no reader became free"):
        pool._taken()
    with pool.reading() as reader:
        assert reader.counters()["events"] == 0


def test_readers_work_in_threads_at_the_same_time(store):
    tell(store, dataset_event(1, "a"))
    seen, meeting = [], threading.Barrier(4)

    def read():
        with store.reading() as reader:
            meeting.wait(5)
            seen.append(reader.counters()["events"])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert seen == [1] * 4


def test_a_question_that_is_refused_costs_no_connection(pool):
    with pool.connection() as first:
        pass
    with pytest.raises(KeyError), pool.connection():
        raise KeyError
    with pool.connection() as again:
        assert again is first


def test_closing_while_a_reader_is_lent(pool):
    with pool.connection() as connection:
        pool.close()
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(StoreUnavailableError, match="closed"), pool.connection():
        pass


def test_a_claim_in_a_folder_that_is_not_there(tmp_path):
    claim = Claim(tmp_path / "none")
    with pytest.raises(StoreUnavailableError, match="writable"):
        claim.take()
    claim.give_back()


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_lines_are_sorted_also_when_they_do_not_fit(chunk):
    lines = [b"%d" % (i * 7 % 20) for i in range(20)]
    assert list(sorted_lines(iter(lines), chunk)) == sorted(lines)


def test_the_canonical_export_names_everything_once_and_nothing_generated(store):
    parent = facet(run={"runId": "00000000-0000-4000-8000-000000000099"}, job={"namespace": "jobs", "name": "flow"})
    entry = {
        "namespace": "db",
        "name": "c",
        "type": "DATASET",
        "inputs": [{"namespace": "jobs", "name": "x", "type": "JOB"}],
    }
    outputs = [dataset("b", columnLineage=columns(c="a.c"), symlinks=symlinks("z"), dataSource=facet(name="lake"))]
    outputs[0]["outputFacets"] = {"outputStatistics": facet(rowCount=1)}
    tell(
        store,
        run_event("COMPLETE", 1, inputs=["a"], outputs=outputs, run_facets={"parent": parent}),
        job_event(2, job="flow", job_facets={"lineage": facet(entries=[entry])}),
        dataset_event(3, dataset("c", lineage=facet(inputs=[], fields={"f": {"inputs": []}}))),
    )
    documents = [orjson.loads(line) for line in store.export_canonical()]
    kinds = {document["kind"] for document in documents}
    assert kinds == {
        *("dataset", "alias", "job", "run", "runDataset", "version", "edge", "passage", "fieldEdge", "source"),
    }
    by_kind = {kind: [document for document in documents if document["kind"] == kind] for kind in kinds}
    assert by_kind["run"][0]["parentJob"] == ["jobs", "flow"]
    assert by_kind["alias"][0]["target"] == ["db", "z"]
    assert ["job", "jobs", "x"] in [document["origin"] for document in by_kind["passage"]]
    assert {"fields", "facets", "canonical"} <= set(by_kind["dataset"][0])
    assert any(document["origin"] is None for document in by_kind["fieldEdge"])
    text = b"\n".join(store.export_canonical())
    assert b"received" not in text
    assert b'"id"' not in text


def test_blocks_of_marks_are_filled_up():
    assert [(len(block), marks.count("?")) for block, marks in marked_blocks(range(515))] == [(512, 512), (4, 4)]
    assert list(marked_blocks([])) == []
    assert list(marked_blocks([7])) == [([7], "?")]


@pytest.mark.parametrize("file", ["load.sql", "canonical.sql"])
def test_every_statement_can_be_prepared(store, file):
    with store._writing() as connection:
        for name, statement in load_statements(file).items():
            parameters = {key: "[]" if key in ("ids", "names") else 1 for key in ("ids", "names", "id")}
            assert connection.execute(f"EXPLAIN {statement}", parameters).fetchall(), name


def test_the_file_is_where_it_is_said_to_be(store, tmp_path):
    assert store.path == tmp_path / FILE_NAME
    assert store.path.is_file()
