"""Where datasets and fields come from: columnLineage, the lineage facets, and what outranks what."""

from __future__ import annotations

from worlds import World, columns, dataset, dataset_event, facet, job_event, run_event

from whence_server.graph.derivations import field_map
from whence_server.graph.fold_derivations import FROM_COLUMN_LINEAGE, FROM_LINEAGE

A = {"namespace": "db", "name": "a", "type": "DATASET"}
B = {"namespace": "db", "name": "b", "type": "DATASET"}
OTHER_JOB = {"namespace": "jobs", "name": "other", "type": "JOB"}
OWN_JOB = {"type": "JOB"}


def entries(*items):
    return {"lineage": facet(entries=list(items))}


def into(name, *inputs, **more):
    return {"namespace": "db", "name": name, "type": "DATASET", "inputs": list(inputs), **more}


def test_column_lineage_says_which_inputs_flow_into_an_output():
    world = World(run_event("COMPLETE", 1, inputs=["a", "x"], outputs=[dataset("b", columnLineage=columns(c="a.c"))]))
    assert world.passage("b") == (FROM_COLUMN_LINEAGE, {"a"})
    edges = world.job().edges
    assert edges[1][world.dataset("b").id].source == FROM_COLUMN_LINEAGE
    assert edges[0][world.dataset("a").id].source == FROM_COLUMN_LINEAGE
    assert edges[0][world.dataset("x").id].source == 0


def test_an_input_that_only_column_lineage_names_is_an_input():
    world = World(run_event("COMPLETE", 1, outputs=[dataset("b", columnLineage=columns(c="a.c"))]))
    assert world.inputs() == {"a"}
    assert not world.job().edges[0][world.dataset("a").id].listed


def test_dataset_wide_inputs_count():
    world = World(run_event("COMPLETE", 1, outputs=[dataset("b", columnLineage=columns(whole=["a.c"], d=[]))]))
    assert world.passage("b") == (FROM_COLUMN_LINEAGE, {"a"})


def test_an_output_without_column_lineage_keeps_the_mapping_of_the_run_before():
    world = World(
        run_event("COMPLETE", 1, inputs=["a", "x"], outputs=[dataset("b", columnLineage=columns(c="a.c"))]),
        run_event("COMPLETE", 5, run=2, inputs=["a", "x"], outputs=["b"]),
    )
    assert world.passage("b") == (FROM_COLUMN_LINEAGE, {"a"})


def test_the_mapping_is_the_latest_at_once_and_in_any_order():
    events = [
        run_event("COMPLETE", 1, run=1, outputs=[dataset("b", columnLineage=columns(c="a.c1"))]),
        run_event("COMPLETE", 5, run=2, outputs=[dataset("b", columnLineage=columns(c="a.c0"))]),
    ]
    for order in (events, events[::-1]):
        world = World(*order)
        derivation = world.job().derivations.of(world.dataset("b").id, FROM_COLUMN_LINEAGE)
        assert [origin.field for origin in field_map(derivation.fields).fields["c"]] == ["c0"]


def test_a_mapping_from_inputs_of_the_past_gives_way_to_the_guess():
    world = World(
        run_event("COMPLETE", 1, inputs=["a"], outputs=[dataset("b", columnLineage=columns(c="a.c"))]),
        run_event("COMPLETE", 5, run=2, inputs=["x"], outputs=["b"]),
    )
    assert world.inputs() == {"x"}
    assert world.passage("b") == (0, set())


def test_deleted_column_lineage_leaves_the_guess():
    world = World(
        run_event("COMPLETE", 1, inputs=["a"], outputs=[dataset("b", columnLineage=columns(c="a.c"))]),
        run_event("COMPLETE", 5, inputs=["a"], outputs=[dataset("b", columnLineage=facet(_deleted=True))]),
    )
    assert world.passage("b") == (0, set())


def test_column_lineage_of_a_dataset_event_needs_no_job():
    world = World(dataset_event(1, dataset("b", columnLineage=columns(c="a.c"))))
    assert world.told("b") == (FROM_COLUMN_LINEAGE, {"a"})
    assert world.dataset("a").used


def test_column_lineage_on_an_input_is_noted_and_ignored():
    world = World(run_event("COMPLETE", 1, inputs=[dataset("b", columnLineage=columns(c="a.c"))]))
    assert [note["code"] for note in world.notes] == ["facet_ignored"]
    assert world.inputs() == {"b"}


def test_lineage_outranks_column_lineage():
    outputs = [dataset("b", columnLineage=columns(c="x.c"), lineage=facet(inputs=[A]))]
    world = World(run_event("COMPLETE", 1, inputs=["a", "x"], outputs=outputs))
    assert world.passage("b") == (FROM_LINEAGE, {"a"})


def test_origins_that_their_teller_calls_inferred_stay_inferred():
    guess = {**A, "name": "x", "transformations": [{"type": "DIRECT", "subtype": "INFERRED"}]}
    world = World(run_event("COMPLETE", 1, inputs=["a", "x"], outputs=[dataset("b", lineage=facet(inputs=[A, guess]))]))
    assert world.passage("b") == (FROM_LINEAGE, {"a", "x"})
    edges = world.job().edges
    assert (edges[0][world.dataset("a").id].source, edges[0][world.dataset("x").id].source) == (FROM_LINEAGE, 0)
    stated = {**A, "name": "x", "field": "c"}
    world.tell(
        run_event("COMPLETE", 2, run=2, inputs=["a", "x"], outputs=[dataset("b", lineage=facet(inputs=[stated]))])
    )
    assert world.job().edges[0][world.dataset("x").id].source == FROM_LINEAGE


def test_run_events_add_lineage():
    world = World(
        run_event("RUNNING", 1, outputs=["b"], job_facets=entries(into("b", A))),
        run_event("COMPLETE", 2, outputs=["b"], job_facets=entries(into("b", {**A, "name": "x"}))),
    )
    assert world.passage("b") == (FROM_LINEAGE, {"a", "x"})


def test_job_events_replace_lineage():
    events = [
        job_event(1, job_facets=entries(into("b", A), into("c", A))),
        job_event(5, job_facets=entries(into("b", {**A, "name": "x"}))),
    ]
    for order in (events, events[::-1]):
        world = World(*order)
        assert world.passage("b") == (FROM_LINEAGE, {"x"})
        assert world.job().derivations.of(world.dataset("c").id, FROM_LINEAGE).origins is None


def test_a_run_event_before_the_declaration_is_replaced_and_one_after_it_adds():
    world = World(
        run_event("COMPLETE", 9, outputs=["b"], job_facets=entries(into("b", {**A, "name": "later"}))),
        job_event(5, inputs=["later"], job_facets=entries(into("b", A))),
        run_event("COMPLETE", 1, run=2, outputs=["b"], job_facets=entries(into("b", {**A, "name": "earlier"}))),
    )
    derivation = world.job().derivations.of(world.dataset("b").id, FROM_LINEAGE)
    assert sorted(derivation.origins) == sorted([world.dataset("a").id, world.dataset("later").id])


def test_empty_inputs_say_that_there_is_no_source():
    world = World(run_event("COMPLETE", 1, inputs=["a"], outputs=["b"], job_facets=entries(into("b"))))
    assert world.passage("b") == (FROM_LINEAGE, set())
    assert world.job().edges[1][world.dataset("b").id].source == FROM_LINEAGE


def test_a_generator_comes_from_its_own_job():
    fields = {"total": {"inputs": [OWN_JOB]}}
    world = World(run_event("COMPLETE", 1, inputs=["a"], job_facets=entries(into("b", fields=fields))))
    assert world.outputs() == {"b"}
    assert world.passage("b") == (FROM_LINEAGE, set())


def test_what_flows_into_the_own_job_is_its_input():
    world = World(run_event("COMPLETE", 1, job_facets=entries({"type": "JOB", "inputs": [A]})))
    assert world.inputs() == {"a"}
    assert world.job().edges[0][world.dataset("a").id].source == FROM_LINEAGE


def test_an_orchestrator_tells_of_others_without_writing_itself():
    world = World(run_event("COMPLETE", 1, job_facets=entries(into("b", OTHER_JOB), {**OTHER_JOB, "inputs": [A]})))
    assert (world.inputs(), world.outputs()) == (set(), set())
    assert world.passage("b") == (FROM_LINEAGE, {"job other"})
    assert world.passage(("job", "other")) == (FROM_LINEAGE, {"a"})


def test_jobs_flow_into_jobs():
    target = {"namespace": "jobs", "name": "last", "type": "JOB", "inputs": [OTHER_JOB]}
    assert World(job_event(1, job_facets=entries(target))).passage(("job", "last")) == (FROM_LINEAGE, {"job other"})


def test_mixed_sources():
    world = World(job_event(1, job_facets=entries(into("b", A, OTHER_JOB))))
    assert world.passage("b") == (FROM_LINEAGE, {"a", "job other"})
    assert (world.inputs(), world.outputs()) == ({"a"}, {"b"})


def test_dataset_events_replace_lineage():
    events = [
        dataset_event(1, dataset("c", lineage=facet(inputs=[A]))),
        dataset_event(5, dataset("c", lineage=facet(inputs=[B], fields={"f": {"inputs": [{**B, "field": "g"}]}}))),
    ]
    for order in (events, events[::-1]):
        assert World(*order).told("c") == (FROM_LINEAGE, {"b"})


def test_deleted_lineage_of_a_dataset_leaves_its_column_lineage():
    world = World(
        dataset_event(1, dataset("c", lineage=facet(inputs=[A]), columnLineage=columns(f="b.g"))),
        dataset_event(5, dataset("c", lineage=facet(_deleted=True))),
    )
    assert world.told("c") == (FROM_COLUMN_LINEAGE, {"b"})


def test_a_job_event_replaces_the_lineage_of_its_outputs():
    world = World(
        job_event(1, outputs=[dataset("c", lineage=facet(inputs=[A]))]),
        job_event(5, inputs=["a", "b"], outputs=[dataset("c", lineage=facet(inputs=[B]))]),
    )
    assert world.passage("c") == (FROM_LINEAGE, {"b"})


def test_an_unnamed_job_in_a_dataset_event_is_nobody():
    world = World(dataset_event(1, dataset("c", lineage=facet(inputs=[OWN_JOB]))))
    assert world.told("c") == (0, set())
