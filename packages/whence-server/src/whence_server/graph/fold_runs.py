"""How a run moves on: its state, its times, its parent, and the version of its job when it is over.

A state that ends a run beats any other, then START and RUNNING beat OTHER, which beats an event without a type; among
equals the greatest event id wins. So events may come in any order, and OTHER before START hides nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson

from whence.model import named_uuid
from whence_server.graph.saying import INPUT, OUTPUT

if TYPE_CHECKING:
    from whence_server.graph.saying import Said
    from whence_server.graph.states import JobState, RunState
    from whence_server.graph.workset import Workset

STATE_OF: Final = {
    None: "NEW",
    "OTHER": "OTHER",
    "START": "RUNNING",
    "RUNNING": "RUNNING",
    "COMPLETE": "COMPLETED",
    "FAIL": "FAILED",
    "ABORT": "ABORTED",
}
_RANK: Final = {"NEW": 0, "OTHER": 1, "RUNNING": 2, "COMPLETED": 3, "FAILED": 3, "ABORTED": 3}
_TERMINAL: Final = 3
# Names of stamps that are no facet's.
_PARENT: Final = ":parent"
_LOCATION: Final = ":location"
_NO_CONTENT: Final = "-"


def advance_run(work: Workset, said: Said, job: JobState, run: RunState, seq: int) -> None:
    """Merge what an event says about its run."""
    state = STATE_OF[said.type]
    rank = _RANK[state]
    if (rank, said.id) > (_RANK[run.state], run.state_stamp):
        run.state, run.state_stamp = state, said.id
        run.ended_at = said.time if rank == _TERMINAL else None
    if said.type == "START" and (run.start_time is None or said.time < run.start_time):
        run.start_time, run.moved = said.time, True
    if said.type == "COMPLETE" and (run.completed_at is None or said.time > run.completed_at):
        run.completed_at = said.time
    if said.location is not None and _wins(run, _LOCATION, said.id) and run.location != said.location:
        run.location, run.job_version = said.location, None
    if said.parent is not None:
        _merge_parent(work, said, job, run, seq)


def _wins(run: RunState, key: str, identifier: bytes) -> bool:
    known = run.stamps.get(key)
    if known is not None and known[0] >= identifier:
        return False
    run.stamps[key] = (identifier, _NO_CONTENT)
    return True


def _merge_parent(work: Workset, said: Said, job: JobState, run: RunState, seq: int) -> None:
    parent = said.parent
    assert parent is not None  # noqa: S101 - asked by the caller
    parent_job = None if parent.job is None else work.job(parent.job, said.time, seq, used=False)
    parent_id = None if parent_job is None or parent_job is job else parent_job.id
    if _wins(run, _PARENT, said.id):
        run.parent_uuid, run.parent_job_id, run.moved = parent.run, parent_id, True
    if said.id > job.parent_stamp:
        job.parent_stamp = said.id
        if job.parent_job_id != parent_id:
            job.parent_job_id, job.moved = parent_id, True


def note_latest_run(work: Workset, job: JobState, run: RunState) -> None:
    """Keep the job's latest run: the one with the greatest (start, run id)."""
    key = (run.started_at, run.uuid)
    if job.latest_key is None or key > job.latest_key:
        job.latest_key, job.latest_run_id = key, run.id
    elif run.id == job.latest_run_id and key < job.latest_key:
        # It began earlier than we knew, so another run may be the latest: only the store can tell.
        job.latest_key = key
        work.changes.unsure_jobs[job.id] = job


def finish_run(job: JobState, run: RunState) -> None:
    """Name the version of the job that a finished run was: what it read, what it wrote, where its code lies."""
    if run.ended_at is None:
        run.job_version = None
    elif run.job_version is None:
        inputs = sorted(found.name for found in run.datasets[INPUT].values())
        outputs = sorted(found.name for found in run.datasets[OUTPUT].values())
        content = orjson.dumps([inputs, outputs, run.location]).decode()
        run.job_version = _job_version(job.namespace.name, job.name, content)


@lru_cache(maxsize=4_096)  # most runs of a job are of one version
def _job_version(namespace: str, name: str, content: str) -> bytes:
    return bytes.fromhex(named_uuid("job version", namespace, name, content).replace("-", ""))
