"""The job that is under way, as programs of aileron-meta-collector hold it: its names, what it read and wrote.

It is a view on a run of Whence; without one (nothing is collected) it is only what was said. Must not hold a run longer
than the program holds the view.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from whence.context import Run

PLATFORM = "pythonSdk"


class JobContext:
    """What a running job is called, what it read and wrote. Appending a URN to `inputs` or `outputs` tells it."""

    __slots__ = (
        "_inputs",
        "_outputs",
        "_run",
        "description",
        "flow",
        "flow_description",
        "job_id",
        "platform",
        "run_id",
        "start_time_ms",
        "upstream_job_ids",
    )

    def __init__(
        self,
        job_id: str,
        flow: str = "default",
        platform: str = PLATFORM,
        upstream_job_ids: list[str] | None = None,
        description: str | None = None,
        flow_description: str | None = None,
        run: Run | None = None,
    ) -> None:
        from whence.model import new_run_id, now_us  # noqa: PLC0415  only for a context without a run

        self.job_id = job_id
        self.flow = flow
        self.platform = platform
        self.upstream_job_ids = upstream_job_ids or []
        self.description = description
        self.flow_description = flow_description
        self.run_id = run.run_id if run is not None else new_run_id()
        self.start_time_ms = (run.started_us if run is not None else now_us()) // 1000
        self._run = run
        self._inputs: list[str] = []
        self._outputs: list[str] = []

    @property
    def run(self) -> Run | None:
        """The run of Whence; None when nothing is collected."""
        return self._run

    @property
    def inputs(self) -> list[str]:
        """The URNs of what was read so far, as far as it is known by now."""
        return self._inputs if self._run is None else Urns(self._run, "input")

    @inputs.setter
    def inputs(self, urns: list[str]) -> None:
        self._inputs = urns
        self.inputs.extend(urns if self._run is not None else ())

    @property
    def outputs(self) -> list[str]:
        """The URNs of what was written so far, as far as it is known by now."""
        return self._outputs if self._run is None else Urns(self._run, "output")

    @outputs.setter
    def outputs(self, urns: list[str]) -> None:
        self._outputs = urns
        self.outputs.extend(urns if self._run is not None else ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobContext) and other.run_id == self.run_id

    def __hash__(self) -> int:
        return hash(self.run_id)

    def __repr__(self) -> str:
        return f"JobContext(job_id={self.job_id!r}, flow={self.flow!r}, run_id={self.run_id!r})"


class Urns(list[str]):
    """The URNs of one side of a run. What is put in is told to the run; what was told cannot be taken back."""

    def __init__(self, run: Run, direction: str) -> None:
        from whence.aileron.lineage import urns_of  # noqa: PLC0415  only a job that is looked at needs it

        super().__init__(urns_of(run, direction))
        self._tell = run.add_input if direction == "input" else run.add_output

    def append(self, urn: str) -> None:
        """Tell one."""
        if urn not in self:
            super().append(urn)
            self._tell(urn)

    def extend(self, urns: Any) -> None:
        """Tell several."""
        for urn in urns:
            self.append(urn)

    def insert(self, index: Any, urn: str) -> None:  # noqa: ARG002  a set in all but its name
        """Tell one; the place has no meaning."""
        self.append(urn)

    def __iadd__(self, urns: Any) -> Self:
        self.extend(urns)
        return self


def context_of(run: Run) -> JobContext:
    """Return the view on a run."""
    spec = run.spec
    return JobContext(
        spec.name,
        spec.flow or "default",
        spec.orchestrator or PLATFORM,
        [each[1] for each in spec.upstream_jobs],
        spec.description or None,
        spec.flow_description or None,
        run,
    )
