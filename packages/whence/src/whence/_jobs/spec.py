"""What is known of a job before it runs: its name, the flow it is part of, who is responsible.

Options are checked here, once, where they are written; a run only reads them. It must not know of runs.
"""

from __future__ import annotations

from whence.parents import parent_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypedDict

    from whence.parents import Given

    class JobOptions(TypedDict, total=False):
        """What can be said about a job and its runs."""

        namespace: str
        """Where the job's name lives; the setting `namespace` by default."""
        flow: str
        """The pipeline that the job is part of."""
        flow_description: str
        orchestrator: str
        """What runs the flow, as DataHub's URN of the flow says it; the sink's own choice by default."""
        description: str
        """Its documentation; by default the first paragraph of the decorated function's docstring."""
        upstream_jobs: Iterable[str | tuple[str, str]]
        """Jobs that must have run before: `job` of the same flow, `flow.job`, or a pair of namespace and exact name."""
        owners: Iterable[str]
        """Who is responsible, as URNs such as `team:data`."""
        attempt: int
        """Which attempt this is: 2 for the first retry. A retry is a new run of the same job."""
        nominal_time: str | tuple[str, str | None]
        """The time the run stands for, or the start and end of its period, as ISO 8601."""
        parent: Given
        """The run that started this one elsewhere: `namespace/name/run id`, headers, an environment; see `parents`."""


_OPTIONS = (
    "namespace",
    "flow",
    "flow_description",
    "orchestrator",
    "description",
    "upstream_jobs",
    "owners",
    "attempt",
    "nominal_time",
    "parent",
)


class JobSpec:
    """What is known of a job before it runs."""

    __slots__ = (
        "attempt",
        "description",
        "flow",
        "flow_description",
        "name",
        "namespace",
        "nominal_time",
        "orchestrator",
        "owners",
        "parent",
        "upstream_jobs",
    )

    def __init__(self, name: str, options: JobOptions) -> None:
        for key in options:
            if key not in _OPTIONS:
                raise TypeError(f"a job has no option {key!r}; known are: {', '.join(_OPTIONS)}")
        self.name = str(name) or "unnamed"
        self.namespace = options.get("namespace")
        self.flow = options.get("flow")
        self.flow_description = options.get("flow_description")
        self.orchestrator = options.get("orchestrator")
        self.description = options.get("description")
        self.owners = several(options.get("owners"), "owners")
        self.attempt = options.get("attempt")
        upstream = several(options.get("upstream_jobs"), "upstream_jobs")
        self.upstream_jobs = tuple(_upstream(each, self.flow) for each in upstream)
        nominal = options.get("nominal_time")
        self.nominal_time = (nominal, None) if isinstance(nominal, str) else nominal
        parent = options.get("parent")
        self.parent = parent_of(parent) if parent else None

    def alone(self) -> JobSpec:
        """Return the same without its parent, which may be a run of this process."""
        if self.parent is None:
            return self
        from copy import copy  # noqa: PLC0415  few need it

        spec = copy(self)
        spec.parent = None
        return spec


def several(given: Any, what: str) -> tuple[Any, ...]:
    """Return what was given as a list; one text alone is one, not its letters. Raises TypeError."""
    if not given:
        return ()
    if isinstance(given, str):
        return (given,)
    try:
        return tuple(given)
    except TypeError:
        raise TypeError(f"{what} is {given!r:.100}; a list is needed, or one text") from None


def _upstream(given: str | tuple[str, str], flow: str | None) -> tuple[str | None, str, str | None]:
    """Return namespace, name and flow of a job that is named as upstream; None is that of the job that names it.

    A job's name holds no flow, so `flow.job` names `job`; a name with dots of its own has to be given as a pair.
    """
    if not isinstance(given, str):
        return given[0], given[1], None
    other, dot, name = given.partition(".")
    if not dot or flow is None or not other or not name or given.startswith("urn:"):
        return None, given, None
    return None, name, other
