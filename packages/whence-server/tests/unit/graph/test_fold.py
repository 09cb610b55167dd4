"""What the graph shows after events: the rules of edges, facets and names, and each fault of Marquez turned right.

The faults are those of facts/marquez.md section 5: each test says which.
"""

from __future__ import annotations

import orjson
import pytest
from worlds import World, dataset, dataset_event, facet, job_event, micros, run_event

WITH = {"inputs": ["a"], "outputs": ["b"]}


def test_a_start_without_datasets_erases_nothing():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("START", 5, run=2))
    assert (world.inputs(), world.outputs()) == ({"a"}, {"b"})


def test_a_failure_without_datasets_erases_nothing():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("START", 5, run=2), run_event("FAIL", 6, run=2))
    assert (world.inputs(), world.outputs()) == ({"a"}, {"b"})


def test_a_start_with_inputs_only_keeps_the_outputs():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("START", 5, run=2, inputs=["a"]))
    assert (world.inputs(), world.outputs()) == ({"a"}, {"b"})


def test_the_first_start_shows_its_datasets():
    assert World(run_event("START", 1, **WITH)).outputs() == {"b"}


def test_datasets_of_all_events_of_a_run_come_together():
    world = World(
        run_event("START", 1, inputs=["a"]),
        run_event("RUNNING", 2, inputs=["c"]),
        run_event("COMPLETE", 3, outputs=["b"]),
    )
    assert (world.inputs(), world.outputs()) == ({"a", "c"}, {"b"})


def test_a_later_complete_run_replaces_the_datasets():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("COMPLETE", 5, run=2, inputs=["c"], outputs=["b"]))
    assert world.inputs() == {"c"}
    assert world.inputs(current=False) == {"a"}


def test_an_older_run_posted_later_does_not_win():
    world = World(run_event("COMPLETE", 5, run=2, inputs=["c"], outputs=["b"]), run_event("COMPLETE", 1, **WITH))
    assert world.inputs() == {"c"}


def test_a_later_failed_run_adds_what_it_touched():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("FAIL", 5, run=2, inputs=["c"]))
    assert world.inputs() == {"a", "c"}


def test_a_complete_run_in_one_direction_leaves_the_other():
    world = World(run_event("COMPLETE", 1, **WITH), run_event("COMPLETE", 5, run=2, outputs=["c"]))
    assert (world.inputs(), world.outputs()) == ({"a"}, {"c"})


def test_a_start_that_arrives_after_its_complete_changes_no_state():
    world = World(run_event("COMPLETE", 5, **WITH), run_event("START", 1))
    run = world.run()
    assert (run.state, run.started_at, run.ended_at) == ("COMPLETED", micros(1), micros(5))
    assert world.outputs() == {"b"}


def test_a_run_id_shared_by_two_jobs_keeps_them_apart():
    world = World(
        run_event("COMPLETE", 1, job="one", inputs=["a"], outputs=["b"]),
        run_event("COMPLETE", 2, job="two", inputs=["c"], outputs=["d"]),
    )
    assert (world.inputs("one"), world.outputs("one")) == ({"a"}, {"b"})
    assert (world.inputs("two"), world.outputs("two")) == ({"c"}, {"d"})


def test_a_parent_does_not_rename_its_child():
    parent = facet(run={"runId": "00000000-0000-4000-8000-00000000000a"}, job={"namespace": "jobs", "name": "nightly"})
    world = World(run_event("START", 1, run_facets={"parent": parent}))
    assert world.job("load").parent_job_id == world.job("nightly").id
    assert not world.job("nightly").used


def test_the_older_key_of_the_parent_facet_is_read():
    parent = facet(run={"runId": "no uuid"}, job={"namespace": "jobs", "name": "nightly"})
    world = World(run_event("START", 1, run_facets={"parentRun": parent}))
    assert world.run().parent_job_id == world.job("nightly").id


def test_a_job_that_names_itself_as_parent_has_none():
    parent = facet(run={"runId": "00000000-0000-4000-8000-00000000000a"}, job={"namespace": "jobs", "name": "load"})
    assert World(run_event("START", 1, run_facets={"parent": parent})).job().parent_job_id is None


def test_spaces_in_a_namespace_stay():
    world = World(dataset_event(1, {"namespace": "my lake", "name": "a"}))
    assert ("my lake", "a") in world.work.datasets


def test_a_job_event_replaces_the_datasets():
    world = World(job_event(1, inputs=["a"], outputs=["b"]), job_event(5, inputs=["c"]))
    assert (world.inputs(), world.outputs()) == ({"c"}, {"b"})


def test_a_job_event_that_says_nothing_about_datasets_changes_none():
    world = World(run_event("COMPLETE", 1, **WITH), job_event(5, job_facets={"sql": facet(query="select 1")}))
    assert world.inputs() == {"a"}


def test_the_later_facet_wins_whatever_comes_first():
    events = [dataset_event(i, dataset("a", documentation=facet(description=str(i)))) for i in (1, 2, 3)]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        world = World(*(events[i] for i in order))
        body = world.work.changes.dataset_facets[world.dataset("a").id, "documentation"]
        assert orjson.loads(body)["description"] == "3"


def test_a_deleted_facet_stays_deleted_when_an_older_one_comes():
    world = World(
        dataset_event(2, dataset("a", documentation=facet(_deleted=True))),
        dataset_event(1, dataset("a", documentation=facet(description="old"))),
    )
    assert world.work.changes.dataset_facets[world.dataset("a").id, "documentation"] is None


def test_a_deleted_facet_comes_back_with_a_later_one():
    world = World(
        dataset_event(1, dataset("a", documentation=facet(_deleted=True))),
        dataset_event(2, dataset("a", documentation=facet(description="new"))),
    )
    assert world.work.changes.dataset_facets[world.dataset("a").id, "documentation"] is not None


def test_a_schema_facet_gives_the_fields_and_takes_them():
    world = World(dataset_event(1, dataset("a", schema=facet(fields=[{"name": "c", "type": "INT"}]))))
    fields = orjson.loads(world.work.changes.fields[world.dataset("a").id])
    assert fields == [{"name": "c", "type": "INT", "description": None}]
    world.tell(dataset_event(2, dataset("a", schema=facet(_deleted=True, fields=[{"name": "c"}]))))
    assert world.work.changes.fields[world.dataset("a").id] is None


def test_a_data_source_belongs_to_the_winning_facet():
    world = World(
        dataset_event(2, dataset("a", dataSource=facet(name="lake", uri="s3://lake"))),
        dataset_event(1, dataset("a", dataSource=facet(name="old", uri="s3://old"))),
    )
    assert world.dataset("a").source_id == world.work.sources["lake"].id
    world.tell(dataset_event(3, dataset("a", dataSource=facet(_deleted=True))))
    assert world.dataset("a").source_id is None


def test_facets_of_a_dataset_in_a_run_merge():
    def told(kind, second, **facets):
        return run_event(kind, second, outputs=[{**dataset("b"), "outputFacets": facets}])

    world = World(
        told("COMPLETE", 3, outputStatistics=facet(rowCount=3)),
        told("START", 1, outputStatistics=facet(rowCount=1), subset=facet(a=1)),
        told("RUNNING", 4, subset=facet(_deleted=True)),
    )
    facets = world.run().datasets[1][world.dataset("b").id].facets
    assert {key: orjson.loads(body)["rowCount"] for key, body in facets.items()} == {"outputStatistics": 3}


def test_a_dataset_that_only_a_symlink_names_is_not_used():
    link = facet(identifiers=[{"namespace": "glue", "name": "table/a", "type": "TABLE"}])
    world = World(dataset_event(1, dataset("a", symlinks=link)))
    assert world.dataset("a").used
    assert not world.work.datasets["glue", "table/a"].used
    assert world.work.changes.aliases == {world.dataset("a").id: [(world.dataset("glue:table/a").id, "TABLE")]}


def test_the_latest_run_is_the_one_that_began_last():
    world = World(run_event("START", 5, run=2), run_event("COMPLETE", 9, run=1), run_event("START", 1, run=1))
    assert world.job().id in world.work.changes.unsure_jobs  # run 1 began earlier than its first event said
    assert World(run_event("START", 1, run=1), run_event("START", 5, run=2)).job().latest_run_id == 2


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([None], "NEW"),
        (["OTHER"], "OTHER"),
        (["OTHER", "START"], "RUNNING"),
        (["START", "OTHER"], "RUNNING"),
        (["START", "RUNNING"], "RUNNING"),
        (["COMPLETE", "RUNNING"], "COMPLETED"),
        (["START", "FAIL"], "FAILED"),
        (["FAIL", "COMPLETE"], "COMPLETED"),
        (["COMPLETE", "ABORT"], "ABORTED"),
    ],
)
def test_the_state_of_a_run(kinds, state):
    events = [run_event(kind, second) for second, kind in enumerate(kinds)]
    assert World(*events).run().state == state
    assert World(*reversed(events)).run().state == state


def test_a_version_of_a_job_is_what_a_finished_run_read_and_wrote():
    world = World(
        run_event("START", 1, inputs=["a"]),
        run_event("COMPLETE", 2, outputs=["b"]),
        run_event("COMPLETE", 5, run=2, **WITH),
        run_event("COMPLETE", 9, run=3, inputs=["a"]),
        run_event("RUNNING", 12, run=4, **WITH),
    )
    versions = [world.run(i).job_version for i in (1, 2, 3, 4)]
    assert versions[0] == versions[1] != versions[2]
    assert versions[3] is None


def test_the_location_of_the_code_is_part_of_the_version():
    def told(run, url):
        facets = {"sourceCodeLocation": facet(type="git", url=url)}
        return run_event("COMPLETE", run, run=run, job_facets=facets)

    world = World(told(1, "git://one"), told(2, "git://two"), told(3, "git://one"))
    versions = [world.run(i).job_version for i in (1, 2, 3)]
    assert versions[0] == versions[2] != versions[1]


def test_times_of_entities_span_their_events():
    world = World(run_event("COMPLETE", 5, **WITH), run_event("START", 1, **WITH))
    for state in (world.dataset("a"), world.job(), world.run(), world.work.namespaces["db"]):
        assert (state.first_seen, state.last_seen) == (micros(1), micros(5))


def test_versions_are_counted_once():
    world = World(run_event("START", 1, **WITH), run_event("COMPLETE", 2, **WITH), dataset_event(3, "b"))
    assert (world.dataset("a").version_count, world.dataset("b").version_count) == (0, 2)
