"""Answers held against those recorded from Marquez 0.51.1 on the same events.

Same keys, same types, and the same values where they do not hang on Marquez's random ids, on the clock, or on a fault
of Marquez that `test_marquez_faults.py` names.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("WHENCE_CORPUS", "/work/shared/corpus")) / "marquez_answers"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded answers are not here")

# Recorded with another time, id or order each time: only the type counts.
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
NOW = re.compile(r"^2026-11-(1[4-9]|2\d)")  # the week of the recording; its events are older
# What ours adds to Marquez's objects.
OURS = {
    "aliases",
    "childRuns",
    "consumedBy",
    "consumerCount",
    "job",
    "parent",
    "parentRun",
    "producedBy",
    "producerCount",
    "totalCount",
    "transformations",
    "truncated",
    "truncatedReason",
}

DIFFERENT = {
    "dataset_version.json": "asks for a version by Marquez's random id",
    "job_version.json": "asks for a version by Marquez's id",
    "job_with_parent.json": "Marquez renames a job that has a parent; ours keeps its name",
    "runlineage_upstream.json": "Marquez answers 500",
    "events.json": "Marquez has no such route, marquez-python asks for it",
    "search_dataset.json": "Marquez knows UPDATE_AT only, ours updated_at, too",
    "search_v2beta_jobs.json": "503 in Marquez without OpenSearch",
    "error_lineage_bad_node.json": "a node id that is none is a wrong parameter (400), not an unknown node (404)",
    "run_facets_none.json": "Marquez answers an empty body that is no JSON",
    "namespaces.json": "Marquez has a namespace `default` that nobody made",
    "tags.json": "Marquez's example configuration has two tags",
    "jobs_of_namespace.json": "ours is sorted by name, Marquez by its update time",
    "jobs_all.json": "the same",
    "search.json": "another order of results with the same names",
    "error_bad_limit.json": "one error shape",
    "error_lineage_no_node.json": "one error shape",
    "error_column_version_downstream.json": "Marquez answers HTML",
}
# Values that ours has better than Marquez, by file and the end of the path.
BETTER = {
    ("*", "nominalStartTime"),  # Marquez: null although the facet tells it
    ("*", "lastModifiedAt"),  # Marquez: always null
    ("*", "tags"),  # Marquez's example configuration tags columns on its own
    ("*", "fieldType"),  # Marquez: empty unless the field is an output
    ("*", "isHidden"),
    ("*", "deleted"),
    ("*", "lastLifecycleState"),
    ("namespace.json", "updatedAt"),  # Marquez: when it was first seen
    ("jobs_filter_last_run_state.json", "totalCount"),  # Marquez counts all jobs
    ("dataset.json", "columnLineage"),  # other order
    ("post_tag_dataset.json", "columnLineage"),  # Marquez leaves it out of answers to writes
    ("delete_tag_dataset.json", "columnLineage"),
    ("delete_tag_field.json", "columnLineage"),
    ("delete_tag_job.json", "latestRun"),
    ("delete_tag_job.json", "latestRuns"),
    ("delete_job.json", "latestRun"),
    ("delete_job.json", "latestRuns"),
    ("column_lineage_field.json", "inEdges"),  # Marquez turns them round
    ("events_lineage.json", "facets"),  # Marquez writes facets that nobody sent, as null
    ("events_lineage.json", "inputFacets"),
    ("events_lineage.json", "outputFacets"),
    ("put_dataset.json", "facets"),  # ours keeps what was put as facets
    ("put_job.json", "facets"),
    ("delete_dataset.json", "facets"),
    ("delete_job.json", "facets"),
    ("post_run_start.json", "createdAt"),  # ours: the earliest event time of the run
    ("post_run_start.json", "updatedAt"),
    ("post_run_complete.json", "createdAt"),
    ("post_run_complete.json", "updatedAt"),
    ("delete_job.json", "updatedAt"),
    ("delete_namespace.json", "createdAt"),
    ("delete_namespace.json", "updatedAt"),
}


def index() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "INDEX.json").read_text()) if FOLDER.is_dir() else []


@pytest.fixture(scope="module")
def answers(shared_api):
    """Give file -> (status, answer) of all recorded requests, asked in their order on the recorded events."""
    shared_api.tell(*json.loads((FOLDER / "SEED_EVENTS.json").read_text()))
    found: dict[str, tuple[int, Any]] = {}
    for entry in index():
        method, url = entry["request"].split(" ", 1)
        response = shared_api.request(method, url, json=entry.get("body")) if method != "GET" else shared_api.get(url)
        found[entry["file"]] = (response.status_code, response.json())
    return found


@pytest.mark.parametrize("entry", [e for e in index() if e["file"] not in DIFFERENT], ids=lambda entry: entry["file"])
def test_as_recorded(answers, entry):
    status, answer = answers[entry["file"]]
    recorded = json.loads((FOLDER / entry["file"]).read_text())
    assert status == entry["status"]
    if status >= 400:
        assert answer["code"] == recorded["code"]
        if not recorded["message"].startswith("HTTP "):
            assert answer["message"] == recorded["message"]
        return
    assert list(differences(entry["file"], "$", recorded, answer)) == []


@pytest.mark.parametrize("entry", [e for e in index() if e["file"] in DIFFERENT], ids=lambda entry: entry["file"])
def test_different_on_purpose_and_never_a_server_error(answers, entry):
    status, answer = answers[entry["file"]]
    assert status < 500
    assert status < 400 or {"code", "error", "message", "path", "details"} == set(answer)


def differences(file: str, path: str, recorded: Any, answer: Any):
    """Yield what is missing, extra, of another type or of another value."""
    key = path.rpartition(".")[2].partition("[")[0]
    if {(file, key), ("*", key)} & BETTER:
        return
    if isinstance(recorded, dict) and isinstance(answer, dict):
        if key in {"columnLineage", "facets"}:
            return
        missing = [name for name in recorded if name not in answer and (file, name) not in BETTER]
        yield from (f"{path}.{name} is missing" for name in missing)
        yield from (f"{path}.{name} is extra" for name in answer if name not in recorded and name not in OURS)
        for name in recorded.keys() & answer.keys():
            yield from differences(file, f"{path}.{name}", recorded[name], answer[name])
    elif isinstance(recorded, list) and isinstance(answer, list):  # recorded lists were cut to two
        if len(answer) < len(recorded):
            yield f"{path} is shorter"
        for place, (first, second) in enumerate(zip(recorded, answer, strict=False)):
            yield from differences(file, f"{path}[{place}]", first, second)
    elif type(recorded) is not type(answer) or (
        recorded != answer and not _random(recorded) and not _renamed(recorded, answer)
    ):
        yield f"{path} is {answer!r}, recorded {recorded!r}"


def _random(value: Any) -> bool:
    return isinstance(value, str) and (UUID.match(value) is not None or NOW.match(value) is not None)


def _renamed(recorded: Any, answer: Any) -> bool:
    """Marquez calls the job of a child run nightly.join_orders."""
    return isinstance(recorded, str) and recorded.replace("nightly.join_orders", "join_orders") == answer
