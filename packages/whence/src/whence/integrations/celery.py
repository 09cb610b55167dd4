"""Celery: one line, `whence.integrations.celery.observe()`, in the module that makes the application.

Each attempt at a task is a run of the job with the task's name: FAIL with the error when the task fails or is to be
retried (the retry is a further run, with its number), child of the run that sent the task: its identity travels in the
message's headers. Sent without a broker (`apply`, `task_always_eager`) the run around is the parent, and there is no
second run. For every pool of workers; that a prefork worker writes to the spool what it knows before it leaves is the
hook's doing, which `observe` installs.

It works by Celery's signals, which swallow what a receiver raises. It must not change a message but for its header.
"""

from __future__ import annotations

import sys

from whence import context, hooks, parents
from whence._capture import active
from whence._jobs.callables import summary_of
from whence._jobs.runs import begin_run
from whence.context import Run, current_run
from whence.job import JobSpec, RunFailedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.job import JobOptions

_UID = "whence"
_FINISHED = frozenset({"SUCCESS", "IGNORED"})


class _Observer:
    """The receivers of the signals, and the runs of the attempts that are under way."""

    def __init__(self, app: Any, options: JobOptions) -> None:
        self._app = app
        self._options = options
        self._under_way: dict[int, _Attempt] = {}  # by Celery's own object: a retry has the same task id at once

    def receivers(self) -> dict[str, Any]:
        """Return signal -> receiver."""
        return {
            "before_task_publish": self._publish,
            "task_prerun": self._begin,
            "task_failure": self._fail,
            "task_retry": self._retry,
            "task_postrun": self._end,
        }

    def _publish(self, headers: Any = None, **_: Any) -> None:
        """Write the current run into the headers; a retry keeps the run that sent the task first."""
        if isinstance(headers, dict) and parents.HEADER not in headers and context.get() is not None:
            run = current_run()
            if run is not None:
                headers[parents.HEADER] = parents.parent_headers()[parents.HEADER]

    def _begin(self, task: Any = None, **_: Any) -> None:
        if self._app is not None and task.app is not self._app:
            return
        request = task.request
        options: JobOptions = {**self._options}
        if request.retries:
            options["attempt"] = request.retries + 1
        summary = summary_of(task)
        if summary:
            options["description"] = summary
        headers: dict[str, Any] = request.headers or {}
        header = headers.get(parents.HEADER)
        if header and not request.is_eager:
            options["parent"] = header
        run = begin_run(JobSpec(task.name, options))
        if run.collector is not None:
            self._under_way[id(request)] = _Attempt(run, request)
            context.enter(run)

    def _fail(self, sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
        attempt = self._under_way.get(id(sender.request))
        if attempt is not None:
            attempt.error = exception
            return
        collector = active.known()
        if collector is not None:
            collector.look_for_the_dead()  # Celery's main process says so of a worker that was lost

    def _retry(self, request: Any = None, reason: Any = None, **_: Any) -> None:
        attempt = self._under_way.get(id(request))
        if attempt is not None:
            attempt.error = getattr(reason, "exc", None) or RunFailedError(str(reason))

    def _end(self, task: Any = None, state: str | None = None, **_: Any) -> None:
        attempt = self._under_way.pop(id(task.request), None)
        if attempt is None:
            return
        error = attempt.error
        if error is None and state not in _FINISHED:  # `SystemExit`, a cancelled greenlet, a task that was rejected
            error = sys.exc_info()[1] or RunFailedError(f"the task ended as {state}")
        run = attempt.run
        context.leave(run)
        if run.collector is not None:
            run.collector.end(run, error)


class _Attempt:
    __slots__ = ("error", "request", "run")

    def __init__(self, run: Run, request: Any) -> None:
        self.run = run
        self.request = request  # kept, so that its id is nobody else's
        self.error: BaseException | None = None


_HOOK = "celery"
_observers: dict[int, _Observer] = {}  # by the application's id; 0 is all of them
_ours: list[str] = []  # the hook, when nobody else has installed it


def observe(app: Any = None, *, flow: str | None = None, namespace: str | None = None) -> None:
    """Make the tasks of an application, or of all, runs. Repeating it has no effect."""
    key = 0 if app is None else id(app)
    if key in _observers or 0 in _observers:
        return
    options: JobOptions = {}
    if flow:
        options["flow"] = flow
    if namespace:
        options["namespace"] = namespace
    if _HOOK not in hooks.installed():
        hooks.install(_HOOK)
        _ours.append(_HOOK)
    observer = _observers[key] = _Observer(app, options)
    for name, receiver in observer.receivers().items():
        _signal(name).connect(receiver, weak=False, dispatch_uid=f"{_UID} {key}")


def forget() -> None:
    """Leave Celery as it was. Repeating it has no effect."""
    while _observers:
        key, observer = _observers.popitem()
        for name in observer.receivers():
            _signal(name).disconnect(dispatch_uid=f"{_UID} {key}")
    while _ours:
        hooks.uninstall(_ours.pop())


def _signal(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415  as light as can be

    return getattr(import_module("celery.signals"), name)
