"""The threads hook: work that is handed to a pool, a timer or a new thread stays with the run that handed it on.

`ThreadPoolExecutor.submit` (also behind `map`, `loop.run_in_executor` and whatever is built on it), `Thread.start` and
`Timer`. Only the run is carried, no other context variable: a host that relies on empty contexts notices nothing.

Threads that a library starts for its own purposes, while a run happens to be current, serve everybody later: pools'
workers, event loops, connections' threads. They inherit nothing; what is handed to them is carried by submit, or by
their library. So a thread inherits only when its function, or its class, is not the standard library's nor one of
`_SERVANTS`. A hook of ours must never keep a run in such a thread: its facts would be somebody else's.
"""

from __future__ import annotations

import sys
import threading

from whence._carry import carried, in_thread
from whence.context import get
from whence.hooks._finder import unwatch, watch
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_POOL = "concurrent.futures.thread"
_SERVANTS = frozenset({
    *("aiobotocore", "aiokafka", "aiomysql", "aiosqlite", "amqp", "anyio", "apscheduler", "asgiref", "asyncpg"),
    *("billiard", "boto3", "botocore", "celery", "confluent_kafka", "curio", "datadog", "datahub", "ddtrace"),
    *("debugpy", "distributed", "django", "dramatiq", "fsspec", "gevent", "google", "grpc", "gunicorn", "huey"),
    *("hypercorn", "ipykernel", "joblib", "kafka", "kombu", "newrelic", "openlineage", "opentelemetry", "pika"),
    *("prefect", "prometheus_client", "psycopg", "psycopg_pool", "py4j", "pydevd", "pymongo", "pyspark", "pytest"),
    *("pytest_timeout", "ray", "redis", "rq", "s3fs", "s3transfer", "sentry_sdk", "snowflake", "sqlalchemy"),
    *("tqdm", "trino", "uvicorn", "uvloop", "waitress", "watchdog", "watchfiles", "werkzeug", "whence", "zmq"),
})  # fmt: skip


class ThreadsHook:
    """Installs and removes the wrappers."""

    requires = "threading"

    def __init__(self) -> None:
        self._patches = Patches("threads")

    def install(self) -> None:
        """Carry runs into threads and pools. Repeating it has no effect."""
        self._patches.switch_on()
        self._patches.put(threading.Thread, "start", self._start)
        if hasattr(sys.modules.get(_POOL), "ThreadPoolExecutor"):
            self._install_pool()
        else:
            watch(_POOL, self._install_pool)

    def uninstall(self) -> None:
        """Leave threads and pools as they were. Work under way keeps its run."""
        unwatch(_POOL, self._install_pool)
        self._patches.take_out()

    def _install_pool(self) -> None:
        self._patches.put(sys.modules[_POOL].ThreadPoolExecutor, "submit", self._submit)

    def _submit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here = self._patches, get

        def submit(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            if patches.is_on and run_here() is not None:
                try:
                    fn = carried(fn)
                except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                    patches.failed(failure)
            return original(self, fn, *args, **kwargs)

        return submit

    def _start(self, original: Callable[..., Any]) -> Callable[..., Any]:
        patches, run_here = self._patches, get

        def start(self: Any) -> None:
            if patches.is_on and run_here() is not None:
                try:
                    _hand_on(self)
                except Exception as failure:  # noqa: BLE001  border
                    patches.failed(failure)
            try:
                return original(self)
            except RuntimeError:  # no more threads: it may be started again, for another run
                attributes: dict[str, Any] = self.__dict__
                if getattr(attributes.get("run"), "__module__", "") == __name__:
                    del attributes["run"]
                raise

        return start


def _hand_on(thread: Any) -> None:
    """Give a thread that is about to start the run that is current here, if it works for its starter."""
    if thread.ident is not None or "run" in vars(thread):
        return  # started before, which the original refuses; or somebody else's replacement
    if isinstance(thread, threading.Timer):
        thread.function = carried(thread.function)
        return
    if is_servant(thread, threading.Thread):
        return
    body = thread.run
    carrying = in_thread(body)
    if carrying is body:
        return

    attributes: dict[str, Any] = thread.__dict__

    def run() -> None:
        attributes.pop("run", None)  # no cycle stays
        carrying()

    thread.run = run


def is_servant(thread: Any, base: Any) -> bool:
    """Whether a library started the thread, or process, for itself. `base` is the class whose `run` calls a target."""
    kind: Any = thread.__class__
    if kind.run is not base.run:
        return _is_of_library(kind)
    target: Any = getattr(thread, "_target", None)
    while (inner := getattr(target, "func", None)) is not None:
        target = inner  # functools.partial
    return _is_of_library(target) or _is_of_library(getattr(target, "__self__", None).__class__)


def _is_of_library(thing: Any) -> bool:
    top = (getattr(thing, "__module__", None) or "").partition(".")[0]
    return top in _SERVANTS or (top in sys.stdlib_module_names and top != "builtins")


HOOK = ThreadsHook()
