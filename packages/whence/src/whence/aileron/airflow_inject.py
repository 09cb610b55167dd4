"""What a job read and wrote, as inlets and outlets of Airflow's task. Must not raise into the task."""

from __future__ import annotations

from whence.aileron import config
from whence.aileron.lineage import urns_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from whence.aileron.context import JobContext

_WAIT_S = 2.0


def inject_to_airflow(job: JobContext, airflow_context: Mapping[str, Any]) -> None:
    """Add the URNs of what the job read and wrote to the inlets and outlets of the task in Airflow's context."""
    try:
        task = airflow_context.get("task") if airflow_context else None
        if task is None:
            return
        run = job.run
        inputs = job.inputs if run is None else urns_of(run, "input", _WAIT_S)
        outputs = job.outputs if run is None else urns_of(run, "output")
        _extend(task, "inlets", inputs)
        _extend(task, "outlets", outputs)
    except Exception as failure:  # noqa: BLE001  border
        config.say("airflow", f"inlets and outlets could not be set: {type(failure).__name__}")


def _extend(task: Any, side: str, urns: list[str]) -> None:
    held = getattr(task, f"_{side}", None)
    held = getattr(task, side) if held is None else held
    held.extend(urn for urn in urns if urn not in held)
