from __future__ import annotations

from uuid import UUID

from whence_server.graph.facets.notes import Notes
from whence_server.graph.facets.parent import read_parent

RUN = "00000000-0000-4000-8000-00000000000a"
JOB = {"namespace": "jobs", "name": "nightly"}


def read(**facets):
    notes = Notes()
    return read_parent(facets, "$", notes), [note["path"] for note in notes.to_json()]


def test_run_and_job():
    assert read(parent={"run": {"runId": RUN.upper()}, "job": JOB}) == ((UUID(RUN).bytes, ("jobs", "nightly")), [])


def test_the_newer_key_comes_first():
    older = {"run": {"runId": RUN}, "job": {**JOB, "name": "older"}}
    assert read(parentRun=older, parent={"run": {"runId": RUN}, "job": JOB})[0].job == ("jobs", "nightly")
    assert read(parentRun=older)[0].job == ("jobs", "older")


def test_a_parent_without_run_id_is_still_a_parent():
    assert read(parent={"run": {}, "job": JOB}) == ((None, ("jobs", "nightly")), ["$.parent.run.runId"])


def test_a_run_id_that_is_no_uuid_becomes_one():
    assert len(read(parent={"run": {"runId": "x"}, "job": JOB})[0].run) == 16


def test_nothing_usable_is_none():
    assert read(parent={"run": {}, "job": 1}) == (None, ["$.parent.run.runId", "$.parent.job"])
    assert read(parent=1) == (None, [])
    assert read(parent={"_deleted": True})[0] is None
