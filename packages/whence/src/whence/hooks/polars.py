"""The polars hook: eager readers and writers, and lazy plans when they run.

A scan is a read only when its plan was collected, sunk or batched; the plan itself then says which files it read and
which columns (`_polars_plan`). That costs the optimiser's time once more, so it has a budget: where plans are dear in
comparison with their queries, further ones are left unread, and that is said once. Databases are SQL's matter.
Functions imported by name before the hook are out of reach; methods are not. It must not look at values in a frame.
Sources: polars 1.31 and 2.1, `polars.io`, `polars.lazyframe`.
"""

from __future__ import annotations

import sys
from time import perf_counter
from weakref import ref

from whence.context import current_run, get
from whence.hooks._frames.moves import argument, telling
from whence.hooks._frames.places import is_remote_file, places_of, tell
from whence.hooks._frames.polars_plan import fields_of, scans_of
from whence.hooks._frames.remembered import Remembered
from whence.hooks._inside import inside
from whence.hooks._patches import Patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._frames.moves import Args, Kwargs
    from whence.hooks._frames.places import Fields, Place

_READERS = (
    "read_avro",
    "read_csv",
    "read_csv_batched",
    "read_delta",
    "read_excel",
    "read_ipc",
    "read_ipc_stream",
    "read_json",
    "read_lines",
    "read_ndjson",
    "read_ods",
    "read_parquet",
)
_WRITERS = {
    "write_avro": "file",
    "write_csv": "file",
    "write_delta": "target",
    "write_excel": "workbook",
    "write_ipc": "file",
    "write_ipc_stream": "file",
    "write_json": "file",
    "write_ndjson": "file",
    "write_parquet": "file",
}
_SINKS = ("sink_csv", "sink_delta", "sink_ipc", "sink_ndjson", "sink_parquet")
_FREE_S = 1.0  # of reading plans, in the life of the process
_SHARE = 0.25  # and of the time that the queries themselves took


class PolarsHook:
    """Installs and removes the wrappers; keeps the budget of reading plans."""

    requires = "polars"

    def __init__(self) -> None:
        self._patches = Patches("polars", blends=True)
        self._spent_s = 0.0
        self._ran_s = 0.0
        self._waiting = Remembered()  # an answer that comes bit by bit -> its frame
        self._sinks = Remembered()  # a lazy sink -> weakly what it sinks, where to

    def install(self) -> None:
        """Wrap readers, writers and what runs plans. Repeating it has no effect."""
        polars: Any = sys.modules["polars"]
        patches = self._patches
        patches.switch_on()
        for name in _READERS:
            patches.put_everywhere("polars", name, telling(patches, "input", _found_source, _facts_of_read))
        for name, first in _WRITERS.items():
            patches.put(polars.DataFrame, name, telling(patches, "output", _found_target(first), _facts_of_write))
        frame = polars.LazyFrame
        patches.put(frame, "collect", self._collect)
        patches.put(frame, "collect_async", self._collect_async)
        patches.put(frame, "collect_batches", self._collect)
        patches.put(frame, "sink_batches", self._collect)
        tells_itself = "polars.lazyframe.engine" not in sys.modules  # there a sink collects through `collect`
        for name in _SINKS:
            patches.put(frame, name, self._sink(is_read_below=tells_itself))
        for name in ("collect_all", "collect_all_async"):
            patches.put_everywhere("polars", name, self._collect_all)
        for module, owner, name in (
            ("polars.lazyframe.engine", "_CollectBatches", "__next__"),
            ("polars.lazyframe.in_process", "InProcessQuery", "fetch"),
            ("polars.lazyframe.in_process", "InProcessQuery", "fetch_blocking"),
        ):
            kind = getattr(sys.modules.get(module), owner, None)
            if kind is not None:
                patches.put(kind, name, self._deliver)

    def uninstall(self) -> None:
        """Put polars' own back. Repeating it has no effect."""
        self._patches.take_out()

    def _is_quiet(self, kwargs: Kwargs) -> bool:
        """Whether there is nothing to tell of a call."""
        if get() is None or not self._patches.is_on or inside.get() is not None:
            return True
        optimizations = kwargs.get("optimizations")  # a step of an eager frame runs a plan, too
        return bool(kwargs.get("_eager") or getattr(getattr(optimizations, "_pyoptflags", None), "eager", False))

    # --- plans that run

    def _collect(self, original: Any) -> Any:
        def collect(frame: Any, *args: Any, **kwargs: Any) -> Any:
            if self._is_quiet(kwargs):
                return original(frame, *args, **kwargs)
            started = perf_counter()
            answer = original(frame, *args, **kwargs)
            try:
                if answer is None or hasattr(answer, "height"):
                    self._tell_plan(frame, answer, perf_counter() - started)
                elif not hasattr(answer, "_ldf"):
                    self._waiting.put(answer, frame)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                self._patches.failed(failure)
            return answer

        return collect

    def _deliver(self, original: Any) -> Any:
        """Tell the plan of an answer in parts when its first part is there."""

        def deliver(answers: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = original(answers, *args, **kwargs)
            except StopIteration:
                self._delivered(answers)
                raise
            if answer is not None and self._waiting:
                self._delivered(answers)
            return answer

        return deliver

    def _delivered(self, answers: Any) -> None:
        frame = self._waiting.pop(answers)
        if frame is not None and self._patches.is_on:
            self._tell_guarded(frame, None)

    def _collect_async(self, original: Any) -> Any:
        def collect_async(frame: Any, *args: Any, **kwargs: Any) -> Any:
            answer = original(frame, *args, **kwargs)
            if not self._is_quiet(kwargs):
                self._when_done(answer, [frame])
            return answer

        return collect_async

    def _collect_all(self, original: Any) -> Any:
        def collect_all(lazy_frames: Any, *args: Any, **kwargs: Any) -> Any:
            if self._is_quiet(kwargs):
                return original(lazy_frames, *args, **kwargs)
            frames = list(lazy_frames)
            answer: Any = original(frames, *args, **kwargs)
            if hasattr(answer, "__len__"):
                for frame, each in zip(frames, answer, strict=False):
                    self._tell_guarded(frame, each)
            else:
                self._when_done(answer, frames)
            return answer

        return collect_all

    def _when_done(self, answer: Any, frames: list[Any]) -> None:
        """Tell plans when a future is done; that is called in the context of this call, so with its run."""
        future: Any = getattr(answer, "result", None)
        if not hasattr(future, "add_done_callback"):
            return

        def done(future: Any) -> None:
            if not future.cancelled() and future.exception() is None:
                for frame in frames:
                    self._tell_guarded(frame, None)

        future.add_done_callback(done)

    def _sink(self, *, is_read_below: bool) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def sink(frame: Any, *args: Any, **kwargs: Any) -> Any:
                if self._is_quiet(kwargs):
                    return original(frame, *args, **kwargs)
                started = perf_counter()
                answer = original(frame, *args, **kwargs)
                try:
                    target = _target(argument(args, kwargs, 0, "path", "target"))
                    if hasattr(answer, "_ldf"):
                        self._remember_sink(answer, frame, target)
                    else:
                        run = current_run()
                        if run is not None and target:
                            tell(run, "output", target, fields=fields_of(frame.collect_schema()))
                        if not is_read_below:
                            self._tell_plan(frame, None, perf_counter() - started)
                except Exception as failure:  # noqa: BLE001  border
                    self._patches.failed(failure)
                return answer

            return sink

        return make

    def _remember_sink(self, sink: Any, frame: Any, target: list[Place]) -> None:
        if target:
            self._sinks.put(sink, (ref(frame), target))

    # --- telling

    def _tell_guarded(self, frame: Any, answer: Any) -> None:
        try:
            self._tell_plan(frame, answer, 0.0)
        except Exception as failure:  # noqa: BLE001  border
            self._patches.failed(failure)

    def _tell_plan(self, frame: Any, answer: Any, ran_s: float) -> None:
        """Tell what a plan read, and wrote if it is a sink made before."""
        run = current_run()
        if run is None:
            return
        sink = self._sinks.get(frame)
        if sink is not None:
            sunk = sink[0]()
            tell(run, "output", sink[1], fields=None if sunk is None else fields_of(sunk.collect_schema()))
        self._ran_s += ran_s
        if self._spent_s > _FREE_S + _SHARE * self._ran_s:
            self._patches.say("plans of polars cost too much to be read: what some of them read is not told")
            return
        started = perf_counter()
        for scan in scans_of(frame):
            rows = answer.height if scan.is_whole and answer is not None else None
            tell(run, "input", scan.places, rows=rows, fields=scan.fields)
        self._spent_s += perf_counter() - started


# --- places, rows and columns


def _found_source(args: Args, kwargs: Kwargs) -> list[Place]:
    return places_of(argument(args, kwargs, 0, "source"), kwargs.get("filesystem"))


def _found_target(first: str) -> Callable[[Args, Kwargs], list[Place]]:
    return lambda args, kwargs: _target(argument(args, kwargs, 1, first))


def _target(thing: Any) -> list[Place]:
    """Return where a sink or writer writes; of a partitioned one, the folder."""
    if thing is None or is_remote_file(thing):
        return []
    inner = getattr(thing, "_pl_partition_by", thing)
    folder = getattr(inner, "base_path", None) or getattr(inner, "_base_path", None)
    return places_of(thing if folder is None else str(folder))


def _facts_of_read(answer: Any, args: Args, kwargs: Kwargs) -> tuple[int | None, Fields | None]:  # noqa: ARG001
    if hasattr(answer, "height"):
        return answer.height, fields_of(answer.schema)
    if hasattr(answer, "values"):  # sheets
        return sum(each.height for each in answer.values()), None
    return None, None


def _facts_of_write(answer: Any, args: Args, kwargs: Kwargs) -> tuple[int, Fields]:  # noqa: ARG001  the shape is Facts
    return args[0].height, fields_of(args[0].schema)


HOOK = PolarsHook()
