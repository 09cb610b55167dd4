"""Jobs under the names of aileron-meta-collector: each is a `whence.job` with a flow, and its runs are real runs.

`set_job` begins a run and makes it the current one, `clear_job` ends it; FAIL if an exception is on its way. Runs nest:
an inner job is the child of the outer one, which goes on after it. Must not raise into the host.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections import OrderedDict

import whence
from whence import context
from whence._jobs.spec import several
from whence.aileron import config
from whence.aileron._job_context import PLATFORM, JobContext, context_of
from whence.context import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    from whence.context import Run

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["JobContext", "clear_job", "datahub_job", "datahub_job_fn", "get_job", "propagate_job", "set_job"]

_MAX_SET = 10_000  # runs begun by `set_job` that nobody ended
_MAX_DEPTH = 50  # of them inside each other: deeper, they are not nested but were never cleared


def _options(
    flow: str,
    platform: str,
    upstream_jobs: list[str] | None,
    description: str | None,
    flow_description: str | None,
) -> dict[str, Any]:
    return {
        "flow": str(flow),
        "orchestrator": str(platform),
        "upstream_jobs": [(None, str(each)) for each in several(upstream_jobs, "upstream_jobs")],
        "description": str(description or ""),
        "flow_description": str(flow_description or ""),
    }


def get_job() -> JobContext | None:
    """Return the job that this code belongs to, None outside of every job and when nothing is collected."""
    run = current_run()
    return None if run is None else context_of(run)


# --- jobs as blocks and functions


class datahub_job:  # noqa: N801  the original's name
    """A job as a block: `with datahub_job("load", flow="shop") as job`; also `async with`, and as a decorator.

    `upstream_jobs` are ids of jobs of the same flow, or URNs of jobs. `patch` has no meaning any more: nothing that
    others said is ever overwritten. With `airflow_context`, the task in it gets what was read and written as inlets
    and outlets.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the original's
        self,
        job_id: str,
        flow: str = "default",
        platform: str = PLATFORM,
        upstream_jobs: list[str] | None = None,
        description: str | None = None,
        flow_description: str | None = None,
        patch: bool = False,  # noqa: FBT001, FBT002, ARG002  the original's
        airflow_context: Mapping[str, Any] | None = None,
    ) -> None:
        upstream = list(several(upstream_jobs, "upstream_jobs"))
        self._said = (str(job_id), str(flow), str(platform), upstream, description, flow_description)
        options = _options(flow, platform, upstream, description, flow_description)
        self._job = whence.job(str(job_id), **options)
        self._airflow_context = airflow_context

    def __enter__(self) -> JobContext:
        run = self._job.__enter__()
        return JobContext(*self._said) if run.collector is None else context_of(run)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _tell_airflow(self._airflow_context)
        self._job.__exit__(kind, error, trace)

    async def __aenter__(self) -> JobContext:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        """Make each call of the function a run of the job."""
        return self._job(_telling_airflow(function, lambda _: self._airflow_context))


def datahub_job_fn(  # noqa: PLR0913, PLR0917  the original's
    job_id: str,
    flow: str = "default",
    platform: str = PLATFORM,
    upstream_jobs: list[str] | None = None,
    description: str | None = None,
    flow_description: str | None = None,
    patch: bool = False,  # noqa: FBT001, FBT002, ARG001  the original's
    airflow_context_kwarg: str | None = None,
) -> Callable[[F], F]:
    """Make each call of a function a run of a job: plain and `async` functions, generators and asynchronous ones.

    `airflow_context_kwarg` names the keyword argument that holds Airflow's context; see `datahub_job`.
    """
    options = _options(flow, platform, upstream_jobs, description, flow_description)
    named = whence.job(str(job_id), **options)

    def context_in(kwargs: Mapping[str, Any]) -> Any:
        """Return Airflow's context: the named argument, or all arguments where the function takes it as `**context`."""
        return kwargs.get(airflow_context_kwarg or "", kwargs if "task" in kwargs else None)

    def decorate(function: F) -> F:
        return named(_telling_airflow(function, context_in) if airflow_context_kwarg else function)

    return decorate


def propagate_job(fn: F) -> F:
    """Carry the job of here and now into wherever the function is called, such as a pool's thread."""
    propagated: F = whence.propagate(fn)
    return propagated


def _telling_airflow(function: F, context_in: Callable[[Mapping[str, Any]], Any]) -> F:
    """Give Airflow's task its inlets and outlets when the function ends, inside the run."""
    from functools import wraps  # noqa: PLC0415  only where a job is declared
    from inspect import iscoroutinefunction  # noqa: PLC0415  only users of Airflow pay for it

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            _tell_airflow(context_in(kwargs))

    @wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        try:
            return await function(*args, **kwargs)
        finally:
            _tell_airflow(context_in(kwargs))

    wrapped: Any = call_async if iscoroutinefunction(function) else call
    return wrapped


def _tell_airflow(airflow_context: Mapping[str, Any] | None) -> None:
    job = get_job() if airflow_context else None
    if job is not None and airflow_context:
        from whence.aileron.airflow_inject import inject_to_airflow  # noqa: PLC0415  only users of Airflow pay for it

        inject_to_airflow(job, airflow_context)


# --- jobs set by hand: middlewares and signals

_set: OrderedDict[str, tuple[Run, BaseException | None]] = OrderedDict()  # run id -> run, exception of before


def set_job(
    job_id: str,
    flow: str = "default",
    platform: str = PLATFORM,
    upstream_jobs: list[str] | None = None,
    description: str | None = None,
    flow_description: str | None = None,
) -> None:
    """Begin a run of a job and make it the current one, until `clear_job`.

    Inside another job it is its child. Setting the same job again ends the run that was set before.
    """
    before = _nearest_set()
    if before is not None and (_depth(before) >= _MAX_DEPTH or _is_of(before, job_id, flow)):
        _finish(before, None)
    run = whence.start_run(str(job_id), **_options(flow, platform, upstream_jobs, description, flow_description))
    if run.collector is None:
        return
    _follow_celery()
    if not _set:
        atexit.unregister(_finish_all)
        atexit.register(_finish_all)  # anew, so that it is called before the collector's own
    _set[run.run_id] = (run, sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1])
    context.enter(run)
    while len(_set) > _MAX_SET:
        oldest = next(iter(_set))
        whence.complete_run(_set.pop(oldest)[0])


def clear_job() -> None:
    """End the run that `set_job` began; as failed if an exception is on its way. Without one, nothing happens."""
    run = _nearest_set()
    if run is None:
        return
    error = sys.exc_info()[1]
    _finish(run, None if error is _set[run.run_id][1] else error)


def _nearest_set() -> Run | None:
    """Return the innermost run of this context that `set_job` began and nobody ended."""
    run = context.get()
    while run is not None and getattr(run, "run_id", None) not in _set:
        run = getattr(run, "outer", None)
    return run


def _is_of(run: Run, job_id: str, flow: str) -> bool:
    return (run.job_name, run.spec.flow) == (str(job_id), str(flow))


def _depth(run: Run) -> int:
    depth, outer = 0, run.outer
    while outer is not None:
        depth, outer = depth + 1, outer.outer
    return depth


def _finish(run: Run, error: BaseException | None) -> None:
    if _set.pop(run.run_id, None) is None:
        return
    here: Any = context.get()
    while here is not None and here is not run:
        here = getattr(here, "outer", None)
    if here is run:
        context.swap(run.outer)
    if error is None:
        whence.complete_run(run)
    else:
        whence.fail_run(run, error)


def _finish_all() -> None:
    """End what was never cleared, with the process."""
    for run, _ in list(_set.values()):
        _finish(run, None)


# --- Celery: its signal after a task says nothing of an exception to a receiver that does not ask

_celery: list[Any] = []


def _follow_celery() -> None:
    """End the run of a failed task as failed, where the signals of Celery call `set_job` and `clear_job`."""
    signals = sys.modules.get("celery.signals")
    if signals is not None and not _celery:
        _celery.append(_on_task_failure)
        signals.task_failure.connect(_on_task_failure, weak=False)


def _on_task_failure(*_: Any, sender: Any = None, exception: Any = None, **__: Any) -> None:
    run = _nearest_set()
    name = getattr(sender, "name", None)
    if run is not None and run.job_name == name and isinstance(exception, BaseException):
        _finish(run, exception)


def _after_fork_in_child() -> None:
    """In a forked child: the runs that were set are the parent's to end."""
    _set.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)

_ = config  # its import puts the original's settings in place
