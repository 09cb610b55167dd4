"""What every store does alike: keep events once, fold them, answer about them. Source: stores/base.py."""

from __future__ import annotations

import orjson
import pytest
from tellings import (
    ALL,
    MANY,
    columns,
    dataset,
    dataset_event,
    dataset_id,
    facet,
    incoming,
    job_event,
    job_id,
    micros,
    names,
    run_event,
    run_uuid,
    steps,
    symlinks,
    tell,
)

from whence_server.graph.derivations import field_map
from whence_server.stores.rows import FROM_COLUMN_LINEAGE, FROM_LINEAGE, INFERRED, Page, SearchFilters

WITH = {"inputs": ["a"], "outputs": ["b"]}


# --- the log ---


def test_an_event_is_kept_once(store):
    event = run_event("START", 1, **WITH)
    assert [each.new for each in tell(store, event, event)] == [True, False]
    assert [each.new for each in tell(store, event)] == [False]
    with store.reading() as reader:
        assert reader.counters()["events"] == 1
        assert reader.event_total() == 1


def test_no_events_are_no_group(store):
    assert store.commit([]) == []


def test_an_event_reads_back_as_received(store):
    event = incoming(run_event("START", 1))
    body = orjson.dumps(event.event, option=orjson.OPT_INDENT_2)
    store.commit([event._replace(body=body)])
    with store.reading() as reader:
        row = reader.event(event.id)
        assert (row.body, row.event_time, row.kind, row.type) == (body, micros(1), 0, "START")
        assert reader.events_with_seq([row.seq, 99]) == [row]
        assert reader.event(b"\0" * 20) is None


def test_warnings_of_the_check_and_of_the_fold_are_kept(store):
    event = run_event("START", 1, outputs=[dataset("b", columnLineage=facet(fields=1))])
    del event["schemaURL"]
    kept = tell(store, event)[0]
    assert [each["code"] for each in orjson.loads(kept.warnings)] == ["schema_url_missing", "facet_malformed"]
    with store.reading() as reader:
        assert [row.warnings for row in reader.events_with_warnings(ALL)] == [kept.warnings]
        assert reader.counters()["events_with_warnings"] == 1
    assert orjson.loads(tell(store, event)[0].warnings)[0]["code"] == "schema_url_missing"


def test_a_time_far_ahead_is_kept_with_a_warning(store):
    event = dataset_event(1, "a") | {"eventTime": "9999-12-31T00:00:00Z"}
    kept = tell(store, event)[0]
    assert [each["code"] for each in orjson.loads(kept.warnings)] == ["event_time_in_future"]
    store.rebuild()
    with store.reading() as reader:
        assert [row.warnings for row in reader.events_with_warnings(ALL)] == [kept.warnings]


def test_a_group_may_be_larger_than_a_statement(store):
    tell(store, *(run_event("START", i % 3_000, run=i) for i in range(1_300)))
    assert not any(each.new for each in tell(store, *(run_event("START", i % 3_000, run=i) for i in range(1_300))))


def test_events_are_listed_by_event_time(store):
    tell(store, *(run_event("RUNNING", second) for second in (5, 1, 3)))
    with store.reading() as reader:

        def times(**asked):
            return [(row.event_time - micros(0)) // 1_000_000 for row in reader.events_page(ALL, **asked)]

        assert times() == [5, 3, 1]
        assert times(oldest_first=True) == [1, 3, 5]
        assert times(after=micros(1), before=micros(5)) == [3, 1]
        assert [row.event_time for row in reader.events_page(Page(1, 1))] == [micros(3)]


@pytest.mark.parametrize(
    ("after", "before", "total"),
    [(None, None, 4), (1, None, 3), (None, 7200, 3), (1, 7201, 3), (0, 3600, 2), (3599, 3601, 1), (8000, 9000, 0)],
)
def test_events_are_counted_by_time(store, after, before, total):
    tell(store, *(run_event("RUNNING", second) for second in (0, 1800, 3600, 7200)))
    bounds = {key: None if value is None else micros(value) for key, value in (("after", after), ("before", before))}
    with store.reading() as reader:
        assert reader.event_total(**bounds) == total


def test_events_of_runs_and_of_entities(store):
    tell(
        store,
        run_event("START", 1),
        run_event("COMPLETE", 2),
        job_event(3),
        dataset_event(4, "a"),
        dataset_event(5, "a"),
    )
    with store.reading() as reader:
        run = reader.runs_with_uuid(run_uuid(1))[0]
        assert [row.event_time for row in reader.events_of_run(run.id, ALL)] == [micros(1), micros(2)]
        assert [row.event_time for row in reader.events_of_node(-job_id(reader), ALL)] == [micros(3)]
        assert [row.event_time for row in reader.events_of_node(dataset_id(reader, "a"), ALL)] == [micros(5), micros(4)]


# --- entities ---


def test_datasets_jobs_and_runs(store):
    tell(
        store,
        run_event(
            "START", 1, inputs=[dataset("a", schema=facet(fields=[{"name": "c", "type": "INT"}]))], outputs=["b"]
        ),
        run_event("COMPLETE", 9, run_facets={"x": facet(y=1)}, job_facets={"sql": facet(query="select 1")}),
    )
    with store.reading() as reader:
        row = reader.datasets([dataset_id(reader, "a")])[dataset_id(reader, "a")]
        assert (row.namespace, row.name, row.first_seen, row.last_seen) == ("db", "a", micros(1), micros(1))
        assert orjson.loads(row.fields) == [{"name": "c", "type": "INT", "description": None}]
        job = reader.jobs([job_id(reader)])[job_id(reader)]
        assert (job.namespace, job.name, job.used, job.run_count) == ("jobs", "load", True, 1)
        run = reader.runs([job.latest_run_id])[job.latest_run_id]
        assert (run.state, run.started_at, run.ended_at) == ("COMPLETED", micros(1), micros(9))
        assert orjson.loads(reader.run_facets([run.id])[run.id]["x"])["y"] == 1
        assert set(reader.job_facets([job.id])[job.id]) == {"sql"}
        assert reader.job_facets([job.id], keys=["other"]) == {}
        assert set(reader.dataset_facets([row.id], keys=["schema"])[row.id]) == {"schema"}
        found = reader.run_datasets([run.id], MANY)[run.id]
        assert [(each.direction, each.dataset_id, each.at) for each in found] == [
            (0, row.id, micros(1)),
            (1, dataset_id(reader, "b"), micros(1)),
        ]
        assert reader.datasets([999]) == reader.jobs([999]) == reader.runs([999]) == {}
        assert reader.dataset_ids([("db", "none")]) == {}


def test_a_run_id_of_two_jobs_is_two_runs(store):
    tell(store, run_event("START", 1, job="one"), run_event("START", 2, job="two"))
    with store.reading() as reader:
        assert len(reader.runs_with_uuid(run_uuid(1))) == 2


def test_children_of_a_run(store):
    parent = facet(run={"runId": "00000000-0000-4000-8000-000000000099"}, job={"namespace": "jobs", "name": "flow"})
    tell(store, run_event("START", 1, run_facets={"parent": parent}), run_event("START", 1, run=99, job="flow"))
    with store.reading() as reader:
        children = reader.child_runs(run_uuid(99), MANY)
        assert [reader.jobs([row.job_id])[row.job_id].name for row in children] == ["load"]
        assert children[0].parent_job_id == job_id(reader, "flow")


def test_the_latest_run_when_an_earlier_start_comes_late(store):
    tell(store, run_event("START", 5, run=2), run_event("COMPLETE", 9, run=1))
    with store.reading() as reader:
        assert reader.runs([reader.jobs([job_id(reader)])[job_id(reader)].latest_run_id]).popitem()[1].uuid == run_uuid(
            1
        )
    tell(store, run_event("START", 1, run=1))
    with store.reading() as reader:
        latest = reader.jobs([job_id(reader)])[job_id(reader)].latest_run_id
        assert reader.runs([latest])[latest].uuid == run_uuid(2)
        found = reader.latest_runs([job_id(reader)], 5)[job_id(reader)]
        assert [row.uuid for row in found] == [run_uuid(2), run_uuid(1)]


def test_names_that_need_care(store):
    odd = ["ü:ß/\u4e2d", "with \"quotes\" and 'more'", "per%cent_under\\slash", "tab\tnew\nline", "[]", "\U0001f600"]
    tell(store, *(dataset_event(1, {"namespace": name, "name": name}) for name in odd))
    with store.reading() as reader:
        found = reader.dataset_ids([(name, name) for name in odd])
        assert len(found) == len(odd)
        assert {row.name for row in reader.datasets(list(found.values())).values()} == set(odd)
        assert [reader.search(name, ALL)[0].name for name in odd if len(name) > 2] == [
            name for name in odd if len(name) > 2
        ]


# --- the graph ---


def test_steps_through_a_job_are_inferred(store):
    tell(store, run_event("COMPLETE", 1, inputs=["a", "x"], outputs=["b"]))
    assert steps(store, "b", "up") == [("job load", "a"), ("job load", "x")]
    assert steps(store, "a", "down") == [("job load", "b")]
    assert steps(store, "a", "up") == []
    with store.reading() as reader:
        assert {step.source for step in reader.steps([dataset_id(reader, "b")], "up", MANY)} == {INFERRED}


def test_steps_follow_column_lineage_where_it_is_told(store):
    outputs = [dataset("b", columnLineage=columns(c="a.c")), "d"]
    tell(store, run_event("COMPLETE", 1, inputs=["a", "x"], outputs=outputs))
    assert steps(store, "b", "up") == [("job load", "a")]
    assert steps(store, "d", "up") == [("job load", "a"), ("job load", "x")]
    assert steps(store, "x", "down") == [("job load", "d")]
    assert steps(store, "a", "down") == [("job load", "b"), ("job load", "d")]


def test_jobs_at_the_ends_are_steps_to_nowhere(store):
    tell(
        store, run_event("COMPLETE", 1, job="source", outputs=["a"]), run_event("COMPLETE", 2, job="sink", inputs=["a"])
    )
    assert steps(store, "a", "up") == [("job source", None)]
    assert steps(store, "a", "down") == [("job sink", None)]


def test_steps_stated_by_dataset_events_have_no_job(store):
    tell(store, dataset_event(1, dataset("b", columnLineage=columns(c="a.c"))))
    assert steps(store, "b", "up") == [(None, "a")]
    assert steps(store, "a", "down") == [(None, "b")]


def test_steps_from_jobs(store):
    tell(store, run_event("COMPLETE", 1, **WITH))
    assert steps(store, "job load", "up") == [("job load", "a")]
    assert steps(store, "job load", "down") == [("job load", "b")]


def test_what_a_job_tells_of_others_does_not_lead_through_it(store):
    other = {"namespace": "jobs", "name": "other", "type": "JOB"}
    entry = {"namespace": "db", "name": "b", "type": "DATASET", "inputs": [other]}
    tell(store, job_event(1, job_facets={"lineage": facet(entries=[entry])}))
    assert [far for _, far in steps(store, "b", "up")] == ["job other"]


def test_history_leaves_the_steps_and_stays_readable(store):
    tell(store, run_event("COMPLETE", 1, **WITH), run_event("COMPLETE", 5, run=2, inputs=["c"], outputs=["b"]))
    assert steps(store, "b", "up") == [("job load", "c")]
    assert steps(store, "a", "down") == []
    with store.reading() as reader:
        edges = reader.edges_of_jobs([job_id(reader)], MANY, current=False)
        assert sorted((names(reader, [edge.dataset_id])[0], edge.current) for edge in edges) == [
            ("a", False),
            ("b", True),
            ("c", True),
        ]
        assert len(reader.edges_of_jobs([job_id(reader)], MANY)) == 2
        assert reader.edges_of_datasets([dataset_id(reader, "a")], MANY) == []
        assert len(reader.edges_of_datasets([dataset_id(reader, "a")], MANY, current=False)) == 1


def test_steps_are_limited(store):
    tell(store, run_event("COMPLETE", 1, inputs=[f"i{i}" for i in range(20)], outputs=["b"]))
    with store.reading() as reader:
        assert len(reader.steps([dataset_id(reader, "b")], "up", 7)) == 7
        assert reader.degrees([dataset_id(reader, "b"), dataset_id(reader, "i1")]) == {
            dataset_id(reader, "b"): (1, 0),
            dataset_id(reader, "i1"): (0, 1),
        }


def test_fields_come_from_fields(store):
    tell(store, run_event("COMPLETE", 1, outputs=[dataset("b", columnLineage=columns(c="a.d"))]))
    with store.reading() as reader:
        for rows in (
            reader.derivations_of([dataset_id(reader, "b")], MANY),
            reader.derivations_from([dataset_id(reader, "a")], MANY),
            reader.derivations_of_jobs([job_id(reader)], MANY),
        ):
            (row,) = rows
            assert (row.target, row.job_id, row.source) == (
                dataset_id(reader, "b"),
                job_id(reader),
                FROM_COLUMN_LINEAGE,
            )
            assert row.event_time == micros(1)
            assert [(each.node, each.field) for each in field_map(row.fields).fields["c"]] == [
                (dataset_id(reader, "a"), "d")
            ]
        assert reader.derivations_of([dataset_id(reader, "a")], MANY) == []


def test_fields_of_inputs_of_the_past_are_not_shown(store):
    lineage = columns(c="a.c", d="x.d")
    tell(
        store,
        run_event("COMPLETE", 1, outputs=[dataset("b", columnLineage=lineage)]),
        run_event("COMPLETE", 5, run=2, inputs=["x"], outputs=["b"]),
    )
    with store.reading() as reader:
        (row,) = reader.derivations_of([dataset_id(reader, "b")], MANY)
        assert orjson.loads(row.origins) == [dataset_id(reader, "x")]
        assert field_map(row.fields).fields["c"] == []
        assert len(field_map(row.fields).fields["d"]) == 1


def test_the_lineage_facet_replaces_column_lineage_in_the_answers(store):
    a = {"namespace": "db", "name": "a", "type": "DATASET", "field": "z"}
    facets = {"columnLineage": columns(c="x.c"), "lineage": facet(inputs=[a], fields={"c": {"inputs": [a]}})}
    tell(store, run_event("COMPLETE", 1, outputs=[dataset("b", **facets)]))
    with store.reading() as reader:
        (row,) = reader.derivations_of([dataset_id(reader, "b")], MANY)
        assert row.source == FROM_LINEAGE
        assert [each.field for each in field_map(row.fields).fields["c"]] == ["z"]


def test_what_its_teller_calls_inferred_is_a_step_that_is_inferred_and_keeps_its_fields(store):
    a = {"namespace": "db", "name": "a", "type": "DATASET"}
    guess = {**a, "name": "x", "transformations": [{"type": "DIRECT", "subtype": "INFERRED"}]}
    told = facet(inputs=[a, guess], fields={"c": {"inputs": [{**a, "field": "z"}]}})
    facets = {"columnLineage": columns(c="x.c"), "lineage": told}
    tell(store, run_event("COMPLETE", 1, inputs=["a", "x", "y"], outputs=[dataset("b", **facets)]))
    with store.reading() as reader:
        b, x = dataset_id(reader, "b"), dataset_id(reader, "x")
        found = {step.far: step.source for step in reader.steps([b], "up", MANY)}
        assert found == {dataset_id(reader, "a"): FROM_LINEAGE, x: INFERRED}
        for rows in (reader.derivations_of([b], MANY), reader.derivations_from([x], MANY)):
            assert [(row.source, orjson.loads(row.origins)) for row in rows] == [(FROM_LINEAGE, sorted(found))]


# --- aliases ---


def canonical_name(store, name):
    with store.reading() as reader:
        number = dataset_id(reader, name)
        return names(reader, [reader.canonical([number])[number]])[0]


def test_a_symlink_known_first_joins_what_comes_later(store):
    tell(store, run_event("COMPLETE", 1, job="one", outputs=[dataset("path", symlinks=symlinks("table"))]))
    tell(store, run_event("COMPLETE", 2, job="two", inputs=["table"], outputs=["z"]))
    assert steps(store, "z", "up") == [("job two", "path")]
    assert steps(store, "path", "up") == [("job one", None)]
    assert [far for _, far in steps(store, "table", "down")] == ["z"]


def test_a_symlink_sent_later_joins_what_was_there(store):
    tell(store, run_event("COMPLETE", 1, job="one", outputs=["path"]))
    tell(store, run_event("COMPLETE", 2, job="two", inputs=["table"], outputs=["z"]))
    assert steps(store, "z", "up") == [("job two", "table")]
    tell(store, dataset_event(3, dataset("path", symlinks=symlinks("table"))))
    assert steps(store, "z", "up") == [("job two", "path")]
    with store.reading() as reader:
        number = dataset_id(reader, "path")
        assert names(reader, reader.members([number], MANY)[number]) == ["table"]
        (alias,) = reader.aliases([dataset_id(reader, "table")], MANY)
        assert (alias.dataset_id, alias.target_id, alias.type) == (number, dataset_id(reader, "table"), "TABLE")


def test_a_symlink_taken_back_parts_them_again(store):
    tell(store, dataset_event(1, dataset("path", symlinks=symlinks("table", "other"))), dataset_event(2, "table"))
    assert [canonical_name(store, name) for name in ("path", "table", "other")] == ["path"] * 3
    tell(store, dataset_event(3, dataset("path", symlinks=symlinks("other"))))
    assert [canonical_name(store, name) for name in ("path", "table", "other")] == ["path", "table", "path"]
    tell(store, dataset_event(4, dataset("path", symlinks=facet(_deleted=True))))
    assert [canonical_name(store, name) for name in ("path", "table", "other")] == ["path", "table", "other"]


def test_who_stands_for_a_component_depends_on_use_and_name(store):
    tell(store, dataset_event(1, dataset("z", symlinks=symlinks("a"))))
    assert canonical_name(store, "a") == "z"  # only a symlink names a
    tell(store, dataset_event(2, "a"))
    assert canonical_name(store, "z") == "a"


def test_chains_of_symlinks_are_one(store):
    tell(store, *(dataset_event(i, dataset(f"d{i}", symlinks=symlinks(f"d{i + 1}"))) for i in range(6)))
    assert {canonical_name(store, f"d{i}") for i in range(7)} == {"d0"}
    tell(store, dataset_event(9, dataset("d3", symlinks=symlinks())))
    assert [canonical_name(store, f"d{i}") for i in range(7)] == ["d0"] * 4 + ["d4"] * 3


# --- lists ---


def test_lists_of_jobs_and_datasets(store):
    tell(store, *(run_event("COMPLETE", i, job=f"j{i}", run=i, outputs=[f"d{i}"]) for i in range(1, 6)))
    tell(store, run_event("FAIL", 9, job="j3", run=9))
    with store.reading() as reader:
        assert [row.name for row in reader.jobs_page(Page(2, 1), namespace="jobs")] == ["j2", "j3"]
        assert [row.name for row in reader.jobs_page(ALL)] == [f"j{i}" for i in range(1, 6)]
        assert [row.name for row in reader.jobs_page(ALL, states=["FAILED"])] == ["j3"]
        assert reader.job_total(namespace="jobs") == reader.job_total() == 5
        assert reader.job_total(states=["FAILED"], namespace="jobs") == 1
        assert [row.name for row in reader.datasets_page(Page(2, 3), namespace="db")] == ["d4", "d5"]
        assert len(reader.datasets_page(ALL)) == reader.dataset_total() == reader.dataset_total(namespace="db") == 5
        assert reader.jobs_page(ALL, namespace="none") == []
        assert [row.name for row in reader.namespaces(ALL)] == ["db", "jobs"]
        db = reader.namespace("db")
        assert (db.dataset_count, db.job_count) == (5, 0)
        assert reader.namespace("none") is None


def test_runs_of_a_job(store):
    tell(store, *(run_event("START", i, run=i) for i in (3, 1, 2)))
    with store.reading() as reader:
        assert [row.uuid for row in reader.runs_of_job(job_id(reader), ALL)] == [run_uuid(i) for i in (3, 2, 1)]
        assert [row.uuid for row in reader.runs_of_job(job_id(reader), Page(1, 1))] == [run_uuid(2)]


def test_versions_of_a_dataset(store):
    tell(store, run_event("START", 1, **WITH), run_event("COMPLETE", 2, **WITH), dataset_event(5, "b"))
    tell(store, run_event("COMPLETE", 9, run=2, **WITH))
    with store.reading() as reader:
        number = dataset_id(reader, "b")
        found = reader.dataset_versions(number, ALL)
        assert [(row.at, row.run_uuid) for row in found] == [
            (micros(9), run_uuid(2)),
            (micros(5), None),
            (micros(1), run_uuid(1)),
        ]
        assert reader.latest_versions([number]) == {number: found[0]}
        assert reader.versions_before([(number, micros(8), 0), (number, micros(0), 0)]) == [found[1], None]
        readers = reader.readers_of_version(dataset_id(reader, "a"), micros(0), micros(5), ALL)
        assert [row.at for row in readers] == [micros(1)]
        assert reader.datasets([number])[number].version_count == 3


def test_versions_of_a_job(store):
    tell(
        store,
        run_event("COMPLETE", 1, run=1, **WITH),
        run_event("COMPLETE", 5, run=2, **WITH),
        run_event("COMPLETE", 9, run=3, inputs=["c"]),
    )
    with store.reading() as reader:
        found = reader.job_versions(job_id(reader), ALL)
        assert [(row.created_at, row.updated_at, row.run_count) for row in found] == [
            (micros(9), micros(9), 1),
            (micros(1), micros(5), 2),
        ]
        assert reader.runs([found[1].latest_run_id])[found[1].latest_run_id].uuid == run_uuid(2)
        assert reader.job_version(job_id(reader), found[1].version) == found[1]
        assert reader.job_version(job_id(reader), b"\0" * 16) is None


def test_sources(store):
    tell(store, dataset_event(1, dataset("a", dataSource=facet(name="lake", uri="s3://lake"))))
    store.put_admin("source", ("declared",), {"type": "POSTGRESQL"})
    with store.reading() as reader:
        assert [row.name for row in reader.sources(ALL)] == ["declared", "lake"]
        assert reader.source("lake").uri == "s3://lake"
        assert orjson.loads(reader.source("declared").admin) == {"type": "POSTGRESQL"}
        assert reader.source("none") is None
        assert reader.datasets([dataset_id(reader, "a")]).popitem()[1].source_name == "lake"


# --- search, counts ---


def test_search(store):
    tell(store, run_event("COMPLETE", 1, job="load_orders", outputs=["shop.orders"]), dataset_event(5, "ORDERS_old"))
    with store.reading() as reader:

        def found(text, order="name", **filters):
            return [row.name for row in reader.search(text, ALL, filters=SearchFilters(**filters), order=order)]

        assert found("orders") == ["ORDERS_old", "load_orders", "shop.orders"]
        assert found("orders", "updated_at")[0] == "ORDERS_old"
        assert found("orders", kind="job") == ["load_orders"]
        assert found("orders", namespace="db", kind="dataset") == ["ORDERS_old", "shop.orders"]
        assert found("orders", after=micros(2)) == ["ORDERS_old"]
        assert found("orders", before=micros(2)) == ["load_orders", "shop.orders"]
        assert found("or") == found("orders")
        assert found('"') == found("%") == found("nothing") == []
        assert found("_") == ["ORDERS_old", "load_orders"]
        assert reader.search_total("orders") == 3
        assert [row.name for row in reader.search("orders", Page(1, 1))] == ["load_orders"]


def test_counts(store):
    tell(store, run_event("START", 1), run_event("COMPLETE", 3601), dataset_event(3602, "a"), job_event(5, job="x"))
    with store.reading() as reader:
        found = [(row.hour, row.type, row.value) for row in reader.event_counts(micros(0), micros(7200))]
        assert sorted(found) == [
            (micros(0), "JOB", 1),
            (micros(0), "START", 1),
            (micros(3600), "COMPLETE", 1),
            (micros(3600), "DATASET", 1),
        ]
        counters = reader.counters()
        assert [counters[name] for name in ("events", "runs", "datasets", "jobs", "last_seq")] == [4, 1, 1, 2, 4]
        assert reader.created_counts("jobs", [micros(0), micros(2), micros(9)]) == [0, 1, 2]
        assert reader.created_counts("datasets", [micros(3602), micros(3603)]) == [0, 1]


# --- administration ---


def test_administrative_rows(store):
    store.put_admin("tag", ("PII",), {"description": "personal"})
    store.put_admin("dataset_tag", ("db", "a", "PII"), {})
    store.put_admin("dataset_tag", ("db", "ab", "PII"), {})
    store.put_admin("tag", ("PII",), {"description": "changed"})
    with store.reading() as reader:
        assert [tuple(row) for row in reader.tags(ALL)] == [("PII", "changed")]
        assert [row.key for row in reader.admin_rows("dataset_tag", ("db", "a"), ALL)] == [("db", "a", "PII")]
        assert len(reader.admin_rows("dataset_tag", (), ALL)) == 2
    assert store.delete_admin("dataset_tag", ("db", "a", "PII"))
    assert not store.delete_admin("dataset_tag", ("db", "a", "PII"))


def test_a_declared_namespace_exists(store):
    store.put_admin("namespace", ("mine",), {"ownerName": "me"})
    tell(store, dataset_event(1, {"namespace": "later", "name": "a"}))
    with store.reading() as reader:
        assert [row.name for row in reader.namespaces(ALL)] == ["later", "mine"]
        assert orjson.loads(reader.namespace("mine").admin) == {"ownerName": "me"}
    store.rebuild()
    with store.reading() as reader:
        assert [row.name for row in reader.namespaces(ALL)] == ["later", "mine"]


def listed(store):
    with store.reading() as reader:
        return (
            [row.name for row in reader.jobs_page(ALL)],
            [row.name for row in reader.datasets_page(ALL)],
            (reader.job_total(), reader.dataset_total()),
        )


def test_hidden_until_named_again(store):
    tell(store, run_event("COMPLETE", 1, **WITH))
    assert store.hide("dataset", ("db", "a"))
    assert store.hide("job", ("jobs", "load"))
    assert listed(store) == ([], ["b"], (0, 1))
    assert store.hide("dataset", ("db", "a"))
    assert listed(store) == ([], ["b"], (0, 1))
    store.rebuild()
    assert listed(store) == ([], ["b"], (0, 1))
    tell(store, run_event("START", 5, run=2, inputs=["a"]))
    assert listed(store) == (["load"], ["a", "b"], (1, 2))
    store.rebuild()
    assert listed(store) == (["load"], ["a", "b"], (1, 2))


def test_a_hidden_namespace_comes_back(store):
    tell(store, dataset_event(1, "a"))
    assert store.hide("namespace", ("db",))
    with store.reading() as reader:
        assert reader.namespace("db").hidden
    tell(store, dataset_event(2, "a"))
    with store.reading() as reader:
        assert not reader.namespace("db").hidden


def test_what_is_unknown_cannot_be_hidden(store):
    assert not store.hide("dataset", ("db", "none"))
    assert not store.hide("namespace", ("none",))


# --- readers, rebuild, export ---


def test_a_reader_sees_one_snapshot(store):
    tell(store, dataset_event(1, "a"))
    with store.reading() as reader:
        assert reader.counters()["events"] == 1
        tell(store, dataset_event(2, "b"))
        assert reader.counters()["events"] == 1
    with store.reading() as reader:
        assert reader.counters()["events"] == 2


def test_rebuild_keeps_log_and_graph(store):
    tell(store, run_event("COMPLETE", 1, **WITH), dataset_event(2, dataset("a", symlinks=symlinks("z"))))
    before = list(store.export_canonical()), list(store.export_events())
    told = []
    store.rebuild(progress=lambda done, total: told.append((done, total)))
    assert (list(store.export_canonical()), list(store.export_events())) == before
    assert told == [(2, 2)]
    tell(store, run_event("START", 5, run=2))
    with store.reading() as reader:
        assert reader.counters()["events"] == 3


def test_the_canonical_export_is_sorted_json_lines_by_name(store):
    tell(store, run_event("COMPLETE", 1, inputs=["a"], outputs=[dataset("b", columnLineage=columns(c="a.c"))]))
    lines = list(store.export_canonical())
    assert lines == sorted(lines)
    kinds = [orjson.loads(line)["kind"] for line in lines]
    assert sorted(set(kinds)) == ["dataset", "edge", "fieldEdge", "job", "passage", "run", "runDataset"]


def test_a_store_writes_when_probed(store):
    store.probe()
    store.probe()
