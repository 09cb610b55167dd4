"""The multiprocessing hook: child processes and pools of them work for the run that handed them their work.

For `multiprocessing.Process` (fork, spawn, forkserver), `multiprocessing.Pool` and `ProcessPoolExecutor`. A child gets
the run's identity with its arguments. Runs that begin there are the run's children; what it does outside of runs is
told for the run as an event of type OTHER, because the run is its parent's to end. A child that nobody configured
collects as its parent does, with the same hooks.

A pool's worker serves many runs, so it has none of its own, also when it was forked in the middle of one; each task
brings its run. Such processes leave by `os._exit` and never run `atexit`: what they know is written to the spool before
that, within `exit_timeout_s`. A pool that is terminated with nothing left to do (`with Pool() as pool`) has its workers
leave in order first. It must not handle signals: a handler would keep a busy child from being ended.
"""

from __future__ import annotations

import sys
import time

from whence import context, hooks
from whence._capture import active
from whence._carry import carried
from whence.context import Remote, Run, current_run, get
from whence.hooks._finder import unwatch, watch
from whence.hooks._patches import Patches
from whence.hooks.threads import is_servant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.emit import Settings

    Told = tuple[str, str, str]  # run id, namespace and name of the job

_POOL, _EXECUTOR = "multiprocessing.pool", "concurrent.futures.process"
_USED = "_whence_used"
_TASKS = ("apply_async", "_map_async", "imap", "imap_unordered")


class Ticket:
    """A run as a child process needs it: picklable, without anything secret."""

    __slots__ = ("attempt", "parent", "root", "run", "spec")

    def __init__(self, run: Run) -> None:
        self.run: Told = _told(run)
        collector: Any = run.collector
        if not run.is_told and collector is not None:
            collector.tell_begun(run)
        self.spec = run.spec.alone()
        self.attempt = run.attempt
        self.parent: Told | None = None if run.parent is None else _told(run.parent)
        root = run.parent
        while root is not None and root.parent is not None:
            root = root.parent
        self.root: Told | None = None if root is None or root is run.parent else _told(root)

    def take_up(self) -> Run | None:
        """Return a run that stands for the parent process's; None when nothing is collected here."""
        collector = active.active()
        if collector is None:
            return None
        run_id, namespace, _ = self.run
        run = Run(self.spec, collector, namespace)
        run.run_id, run.job_namespace = run_id, namespace
        run.attempt = self.attempt
        if self.parent is not None:
            run.parent = Remote(*self.parent, None if self.root is None else Remote(*self.root))
        run.is_late = True
        return run


def _told(run: Run | Remote) -> Told:
    return run.run_id, run.job_namespace, run.job_name


class Task:
    """A function that goes to a pool of processes with the run it works for."""

    __slots__ = ("function", "ticket")

    def __init__(self, ticket: Ticket, function: Callable[..., Any]) -> None:
        self.ticket = ticket
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, in a process of the pool."""
        return _work_for(self.ticket, self.function, args, kwargs)


class Body:
    """What a child process does: `run` of its class, for the run that started it or, as a pool's worker, for none."""

    __slots__ = ("hooks", "process", "settings", "ticket")

    def __init__(self, process: Any, ticket: Ticket | None, settings: Settings) -> None:
        self.process = process
        self.ticket = ticket
        self.settings = settings
        self.hooks = hooks.installed()

    def __call__(self) -> None:
        """Run the child; it is its only thread."""
        process = self.process
        process.__dict__.pop("run", None)
        try:
            active.adopt(self.settings)
            hooks.install(*self.hooks)
            _settle_at_end()
        except Exception:  # noqa: BLE001  border: the child does its work whatever happens to ours
            self.ticket = None
        _work_for(self.ticket, process.run, (), {})


def _work_for(ticket: Ticket | None, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    run = None
    try:
        run = None if ticket is None else ticket.take_up()
    except Exception:  # noqa: BLE001  border
        run = None
    before = context.take_up(run, None)
    try:
        return function(*args, **kwargs)
    finally:
        context.take_up(*before)
        if run is not None and run.collector is not None:
            run.collector.end(run, None)


def _settle_at_end() -> None:
    """Have multiprocessing call us when the child ends, also when its pool ends it by SIGTERM."""
    from multiprocessing import util  # noqa: PLC0415  loaded: this is its child

    util.Finalize(None, _settle_down, exitpriority=1_000)


def _settle_down() -> None:
    try:
        collector = active.known()
        if collector is not None:
            collector.settle_down()
    except Exception:  # noqa: BLE001  border
        return


class MultiprocessingHook:
    """Installs and removes the wrappers."""

    requires = "multiprocessing.process"

    def __init__(self) -> None:
        self._patches = Patches("multiprocessing")
        self._watched: dict[str, Callable[[], None]] = {_POOL: self._install_pool, _EXECUTOR: self._install_executor}

    def install(self) -> None:
        """Hand runs to child processes. Repeating it has no effect."""
        self._patches.switch_on()
        self._patches.put(sys.modules[self.requires].BaseProcess, "start", self._start)
        for module, install in self._watched.items():
            if module in sys.modules:
                install()
            else:
                watch(module, install)

    def uninstall(self) -> None:
        """Leave multiprocessing as it was."""
        for module, install in self._watched.items():
            unwatch(module, install)
        self._patches.take_out()

    def _install_pool(self) -> None:
        pool = sys.modules[_POOL].Pool
        for name in _TASKS:
            self._patches.put(pool, name, self._task)
        self._patches.put(pool, "terminate", self._terminate)

    def _install_executor(self) -> None:
        self._patches.put(sys.modules[_EXECUTOR].ProcessPoolExecutor, "submit", self._task)

    def _start(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def start(self: Any) -> None:
            if patches.is_on:
                try:
                    _prepare(self)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            try:
                return original(self)
            finally:
                attributes: dict[str, Any] = self.__dict__
                if isinstance(attributes.get("run"), Body):
                    del attributes["run"]

        return start

    def _task(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def hand_on(self: Any, *args: Any, **kwargs: Any) -> Any:
            if patches.is_on and active.known() is not None:
                try:
                    self.__dict__[_USED] = True
                    if args:
                        args = (_task_of(self, args[0]), *args[1:])
                    elif "func" in kwargs:
                        kwargs = {**kwargs, "func": _task_of(self, kwargs["func"])}
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return original(self, *args, **kwargs)

        return hand_on

    def _terminate(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches = self._patches

        def terminate(self: Any) -> None:
            if patches.is_on:
                try:
                    _dismiss(self)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            return original(self)

        return terminate


def _dismiss(pool: Any) -> None:
    """Let the workers of a pool that has nothing left to do leave in order, as `close` does, within a bounded time."""
    collector = active.known()
    inside: dict[str, Any] = pool.__dict__
    if collector is None or not inside.get(_USED) or inside.get("_cache") or inside.get("_state") != "RUN":
        return
    workers = list(inside.get("_pool", ()))
    pool.close()
    deadline = time.monotonic() + collector.settings.exit_timeout_s
    for worker in workers:
        worker.join(max(deadline - time.monotonic(), 0.0))


def _task_of(pool: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    if get() is None:
        return function
    if type(pool).__name__ == "ThreadPool":
        return carried(function)
    run = current_run()
    return function if run is None else Task(Ticket(run), function)


def _prepare(process: Any) -> None:
    """Give a process that is about to start its run and the settings."""
    collector = active.known()
    if collector is None or "run" in vars(process) or getattr(process, "_popen", None) is not None:
        return
    run = None if is_servant(process, type(process).__mro__[-2]) else current_run()
    process.run = Body(process, None if run is None else Ticket(run), collector.settings)


HOOK = MultiprocessingHook()
