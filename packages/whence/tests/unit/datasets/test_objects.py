"""Files and objects that a run touched become datasets when it ends: grouped, counted, bounded, never in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from collected import collecting
from openlineage.client.facet_v2 import (
    input_statistics_input_dataset,
    lifecycle_state_change_dataset,
    output_statistics_output_dataset,
)

import whence
from whence._capture import active
from whence._datasets.objects import MAX_DATASETS, RunObjects
from whence._datasets.paths import PathRules
from whence.context import Run
from whence.job import JobSpec
from whence.model import DatasetId, symlinks_facet, version_facet

LAKE = "s3://lake"


def _body(facet):
    return {key: value for key, value in facet.items() if not key.startswith("_")}


def _lineage(dataset):
    facet = dataset["facets"].get("lineage")
    return None if facet is None else [each["name"] for each in facet["inputs"]]


def test_objects_of_one_table_are_one_dataset_with_sums(collected):
    with whence.job("j") as run:
        run.touch("input", LAKE, "t/dt=1/part-0.parquet", size=10, rows=3, fields=[("a", "INT")])
        run.touch("input", LAKE, "t/dt=2/part-0.parquet", size=5, rows=4, fields=[("a", "INT"), ("b", None)])
        run.touch("output", LAKE, "out.csv", size=7)
    event = collected.end("j")
    (read,), (written,) = event["inputs"], event["outputs"]
    assert (read["namespace"], read["name"]) == (LAKE, "t")
    assert read["facets"]["schema"]["fields"] == [{"name": "a", "type": "INT"}, {"name": "b"}]
    assert _body(read["inputFacets"]["inputStatistics"]) == {"rowCount": 7, "size": 15, "fileCount": 2}
    assert _body(written["outputFacets"]["outputStatistics"]) == {"size": 7, "fileCount": 1}
    input_statistics_input_dataset.InputStatisticsInputDatasetFacet(**_body(read["inputFacets"]["inputStatistics"]))
    body = _body(written["outputFacets"]["outputStatistics"])
    output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(**body)


def test_object_told_twice_is_one(collected):
    with whence.job("j") as run:
        run.touch("output", LAKE, "a.parquet", size=10)
        run.touch("output", LAKE, "a.parquet", size=9, rows=2)
        run.touch("input", LAKE, "a.parquet", size=4, part=True)
        run.touch("input", LAKE, "a.parquet", size=5, part=True)
    event = collected.end("j")
    assert _body(event["outputs"][0]["outputFacets"]["outputStatistics"]) == {"rowCount": 2, "size": 10, "fileCount": 1}
    assert _body(event["inputs"][0]["inputFacets"]["inputStatistics"]) == {"size": 9, "fileCount": 1}
    assert (len(event["inputs"]), len(event["outputs"])) == (1, 1)


def test_sum_is_not_told_when_one_part_is_not_known(collected):
    with whence.job("j") as run:
        run.touch("input", LAKE, "t/dt=1/x", size=10, rows=3)
        run.touch("input", LAKE, "t/dt=2/x")
    assert collected.statistics("j", "t") == {"fileCount": 2}


def test_folder_or_pattern_is_no_file(collected):
    with whence.job("j") as run:
        run.touch("output", LAKE, "t/", rows=3)
        run.touch("input", LAKE, "u/*.csv", rows=3)
    assert collected.statistics("j", "t") == {"rowCount": 3}
    assert collected.statistics("j", "u") == {"rowCount": 3}


def test_looking_is_no_reading_unless_asked_for(tmp_path):
    for name, weak_reads, expected in (("a", False, set()), ("b", True, {"looked"})):
        (tmp_path / name).mkdir()
        with collecting(tmp_path / name, weak_reads=weak_reads) as collected:
            with whence.job("j") as run:
                run.touch("input", LAKE, "looked", size=3, weak=True)
            assert collected.names("j") == (expected, set())
            assert all("inputFacets" not in each for each in collected.end("j")["inputs"])


def test_reading_outweighs_looking(tmp_path):
    with collecting(tmp_path, weak_reads=True) as collected:
        with whence.job("j") as run:
            run.touch("input", LAKE, "x", size=3)
            run.touch("input", LAKE, "x", size=3, weak=True)
        assert collected.statistics("j", "x") == {"size": 3, "fileCount": 1}


def test_deleted_object_is_a_dropped_dataset_that_nothing_flows_into(collected):
    with whence.job("j") as run:
        run.touch("input", LAKE, "in.csv")
        run.touch("output", LAKE, "whole.csv", gone=True)
        run.touch("output", LAKE, "piece/part-0.csv", gone=True)
        run.touch("output", LAKE, "anew/part-0.csv", gone=True)
        run.touch("output", LAKE, "anew/part-1.csv")
        run.touch("output", LAKE, "again.csv", gone=True)
        run.touch("output", LAKE, "again.csv")
        run.touch("output", LAKE, "temporary.csv")
        run.touch("output", LAKE, "temporary.csv", gone=True)
    found = {
        each["name"]: (each["facets"].get("lifecycleStateChange", {}).get("lifecycleStateChange"), _lineage(each))
        for each in collected.end("j")["outputs"]
    }
    assert found == {
        "whole.csv": ("DROP", []),
        "piece": ("ALTER", []),
        "anew": ("OVERWRITE", None),
        "again.csv": (None, None),
        "temporary.csv": ("DROP", []),
    }
    lifecycle_state_change_dataset.LifecycleStateChangeDatasetFacet(lifecycleStateChange="DROP")


def test_copy_comes_from_its_source_and_the_rest_from_what_was_read(collected):
    with whence.job("j") as run:
        run.touch("input", LAKE, "read.csv")
        run.touch("output", LAKE, "written.csv")
        run.touch_copy((LAKE, "a.csv"), ("s3://other", "b.csv"), size=4)
    event = collected.end("j")
    assert {each["name"]: _lineage(each) for each in event["outputs"]} == {
        "written.csv": ["read.csv"],
        "b.csv": ["a.csv"],
    }
    assert {each["name"] for each in event["inputs"]} == {"read.csv", "a.csv"}
    assert collected.statistics("j", "b.csv") == {"size": 4, "fileCount": 1}


def test_copied_object_that_was_also_read_is_a_source_of_both(collected):
    with whence.job("j") as run:
        run.touch_copy((LAKE, "a.csv"), (LAKE, "b.csv"))
        run.touch("input", LAKE, "a.csv")
        run.touch("output", LAKE, "c.csv")
    assert {each["name"]: _lineage(each) for each in collected.end("j")["outputs"]} == {
        "b.csv": ["a.csv"],
        "c.csv": None,
    }


def test_rules_of_the_settings_hold(tmp_path):
    with collecting(tmp_path, path_rules="s3://lake/{table}/**, object") as collected:
        with whence.job("j") as run:
            run.touch("input", LAKE, "t/x/y.csv")
            run.touch("input", "s3://else", "t/dt=1/y.csv")
            run.touch_copy((LAKE, "u/1"), (LAKE, "v/1"))
        assert collected.names("j") == ({"t", "t/dt=1/y.csv", "u"}, {"v"})


def test_facets_come_along_and_what_was_said_by_hand_stays(collected):
    with whence.job("j") as run:
        run.touch("input", LAKE, "x", facets={"version": version_facet("1")})
        run.touch("input", LAKE, "x", facets={"symlinks": symlinks_facet([DatasetId("glue", "x")])})
        whence.add_input({"namespace": LAKE, "name": "x", "facets": {"version": version_facet("2")}})
    (dataset,) = collected.end("j")["inputs"]
    assert dataset["facets"]["version"]["datasetVersion"] == "2"
    assert dataset["facets"]["symlinks"]["identifiers"][0]["name"] == "x"


def test_memory_is_bounded_and_every_object_is_counted(collected):
    with whence.job("j") as run:
        for number in range(10_000):
            run.touch("input", LAKE, f"t/dt={number}/x", size=1)
            assert len(run._touched) <= 4096
    assert collected.statistics("j", "t") == {"size": 10_000, "fileCount": 10_000}


def test_too_many_datasets_are_cut_to_folders():
    objects = RunObjects(PathRules(["object"]))
    entry = [1, -1, -1, None, None, False, False, None, False]
    for start in range(0, 5000, 100):
        objects.add({("input", LAKE, f"a/b{n % 3}/c{n}"): entry.copy() for n in range(start, start + 100)})
    assert len(objects.inputs) <= MAX_DATASETS
    assert sum(use.files for use in objects.inputs.values()) == 5000
    assert not any(use.whole for use in objects.inputs.values())
    objects.add({("input", f"s3://bucket{n}", "x"): entry.copy() for n in range(3000)})
    assert sum(use.files for use in objects.inputs.values()) == 8000


def test_object_of_two_batches_counts_once():
    objects = RunObjects(PathRules())
    entry = [1, -1, -1, None, None, False, False, None, False]
    objects.add({("input", LAKE, "x"): entry.copy()}).add({("input", LAKE, "x"): entry.copy()})
    assert objects.inputs[LAKE, "x"].files == 1


def test_what_ends_after_its_run_is_told_apart(collected):
    with whence.job("j") as run:
        pass
    collected.end("j")
    run.touch("output", LAKE, "late.csv", size=3)
    run.touch_copy((LAKE, "a"), (LAKE, "b"))
    late = [event for event in collected.events("j") if event["eventType"] == "OTHER"]
    assert {each["name"] for event in late for each in event["outputs"]} == {"late.csv", "b"}
    assert collected.names("j") == (set(), set())


def test_threads_touch_at_once(collected):
    def work(run, start):
        for number in range(2000):
            run.touch("output", LAKE, f"t/part-{start + number}", size=1)

    with whence.job("j") as run:
        threads = [threading.Thread(target=work, args=(run, n * 2000)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert collected.statistics("j", "t") == {"size": 8000, "fileCount": 8000}


def test_run_without_a_collector_swallows_everything():
    run = Run(JobSpec("x", {}), None, "n")
    run.touch("input", LAKE, "x")
    run.touch_copy((LAKE, "x"), (LAKE, "y"))
    assert run.take_touched() == {}


def test_nonsense_of_a_hook_costs_itself_and_nothing_else(collected, caplog):
    with whence.job("j") as run:
        run.touch("input", LAKE, "good")
        run.touch("input", LAKE, "x", fields=[object()])
        run.touch("input", LAKE, "y", fields=3)
        run.touch("input", LAKE, "")
        run.touch("input", "", "name")
        run.touch("input", LAKE, Path("/x"))
        with pytest.raises(TypeError):
            run.touch("input", LAKE, "z", size="large")  # hooks guard their calls
    assert collected.names("j") == ({"good", "z"}, set())
    assert "5 files or objects were not understood" in caplog.text


@pytest.mark.parametrize("number", [3, 500])
def test_run_of_objects_alone_survives_a_kill(tmp_path, number):
    code = f"""
import os, signal, threading, whence
from whence._capture import active
with whence.job("before"): pass
active.active().worker.put(threading.Event().wait)   # the background hangs
with whence.job("j") as run:
    for each in range({number}):
        run.touch("output", "s3://lake", f"t{{each}}.csv")
os.kill(os.getpid(), signal.SIGKILL)
"""
    environ = {
        "WHENCE_SINKS": f"file:{tmp_path}/events.jsonl",
        "WHENCE_SPOOL_DIR": f"{tmp_path}/spool",
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    subprocess.run([sys.executable, "-c", code], check=False, env=environ, timeout=60)
    subprocess.run([sys.executable, "-m", "whence.cli", "drain"], check=True, env=environ, capture_output=True)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    (end,) = (each for each in events if each["job"]["name"] == "j" and each["eventType"] == "COMPLETE")
    if number == 3:
        assert {each["name"] for each in end["outputs"]} == {"t0.csv", "t1.csv", "t2.csv"}


def test_full_queue_is_said_and_the_end_still_comes(collected):
    collector = active.active()
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        release.wait()

    collector.worker.put(hold)
    assert begun.wait(10)
    while collector.worker.put(int):
        continue
    with whence.job("j") as run:
        for number in range(5000):
            run.touch("output", LAKE, f"t/part-{number}")
    release.set()
    assert collected.end("j")["eventType"] == "COMPLETE"
    assert collector.failures


def test_dataset_named_again_and_again_stays_one(collected, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("1")
    with whence.job("j") as run:
        for rows in range(1000):
            whence.add_input(path, rows=rows)
            whence.add_output("named", namespace="n", rows=rows)
        path.write_text("22")
        whence.add_input(path)
        assert len(run.datasets) == 3
    event = collected.end("j")
    assert len(event["inputs"]) == 2
    assert _body(event["inputs"][0]["inputFacets"]["inputStatistics"]) == {"rowCount": 999}
    assert collected.rows("j", "named") == 999


def test_run_that_names_too_much_is_bounded_and_says_so(collected, monkeypatch, caplog):
    monkeypatch.setattr("whence._datasets.named._MAX_NAMED", 5)
    with whence.job("j"):
        for number in range(9):
            whence.add_output(f"d{number}", namespace="n")
    assert len(collected.names("j")[1]) == 5
    assert "more than 5 datasets" in caplog.text
