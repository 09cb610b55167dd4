"""`emit()`: an event's bytes into the spool, on the caller's thread, with nothing that can hurt the caller.

On the caller's thread: encode, frame, one append. No network, no sync, no logging, no exception, and once per segment
the opening of a file. The rest is the keeper's, whose modules (`logging`, `http.client`, `ssl`) are loaded by its
thread.

Must not: hold an event back. What cannot go to the disk goes to a bounded memory and is said once; what is dropped is
counted.
"""

from __future__ import annotations

import atexit
import os
import time
from importlib import import_module
from threading import Event, RLock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from whence._plugins import load_plugin
from whence.emit._encode import encode_event
from whence.emit._folder import OFFSET_SUFFIX, Folder
from whence.emit._frames import frame
from whence.emit._memory import MemoryBuffer
from whence.emit._segment import SegmentWriter, open_segment
from whence.emit._source import read_offsets
from whence.emit.sinks import BUILTIN, GROUP, sink_key
from whence.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit._keeper import Keeper
    from whence.emit._settings import Settings

_SEGMENTS = 32
_SEGMENT_MAX_BYTES = 8 << 20
_LOOK_S = 0.02
_REFILL_EVENTS = 100


class FlushResult(NamedTuple):
    """Whether every sink has every event that this process emitted before the call; if not, which sinks lack some."""

    is_complete: bool
    waiting_for: tuple[str, ...]


class SinkStats(NamedTuple):
    """What this process sent to a sink: `reason` is empty while the sink takes events."""

    sink: str
    delivered: int
    refused: int
    reason: str


class EmitterStats(NamedTuple):
    """Counts of this process since it made the emitter."""

    emitted: int
    dropped: Mapping[str, int]
    repaired: int
    in_memory: int
    is_draining: bool
    sinks: tuple[SinkStats, ...]


class Emitter:
    """Where a process puts its events. Safe between threads, over forks and in signal handlers; one per folder will do.

    Raises at construction, never later: `PluginError` when a sink's kind is not known.
    """

    def __init__(self, settings: Settings) -> None:
        for sink in settings.sinks:
            if sink.kind not in BUILTIN:
                load_plugin(GROUP, sink.kind, BUILTIN)
        self.settings = settings
        self._folder = Folder(settings.spool_dir)
        self._keys = {sink_key(sink): sink.url for sink in settings.sinks}
        self._segment_max_bytes = min(_SEGMENT_MAX_BYTES, max(settings.spool_max_bytes // _SEGMENTS, 1))
        self._is_off = settings.disabled or not settings.sinks
        self._is_closed = False
        self._start_over()
        _emitters.add(self)
        if not self._is_off:
            atexit.register(self._at_exit)

    def _start_over(self) -> None:
        """Begin with nothing, at first and in a forked child."""
        self._lock = RLock()
        self._is_writing = False
        self._segment: SegmentWriter | None = None
        self._last_write = 0.0
        self._written: dict[str, int] = {}
        self._disk_fault: str | None = None
        self._keeper: Keeper | None = None
        self._has_keeper = False
        self._is_ready = Event()
        self._thread: Thread | None = None
        self._to_say: list[tuple[str, str]] = []
        self._emitted = self._repaired = 0
        self._dropped: dict[str, int] = {}
        limits = self.settings
        self.memory = MemoryBuffer(
            list(self._keys), max_events=limits.memory_max_events, max_bytes=limits.memory_max_bytes
        )

    # The caller's thread

    def emit(self, event: Mapping[str, Any]) -> None:
        """Take an event: when this returns it lies in the spool, or is counted in `stats()`. Never raises."""
        if self._is_off:
            return
        try:
            body, is_repaired = encode_event(event)
            if len(body) > self.settings.event_max_bytes:
                self._drop("too large", f"an event of {len(body)} bytes is over event_max_bytes and was dropped")
                return
            self._keep(body)
            self._repaired += is_repaired
            if not self._has_keeper:
                self.start()
        except Exception as fault:  # noqa: BLE001 - the border to the host
            self._drop("not serialisable", f"an event could not be taken and was dropped: {type(fault).__name__}")

    def _keep(self, body: bytes) -> None:
        with self._lock:
            if self._is_writing or self._disk_fault is not None:  # a signal handler's event, or no disk
                self._keep_in_memory(body)
            else:
                self._is_writing = True
                try:
                    if not self._append(frame(body)):
                        self._keep_in_memory(body)
                finally:
                    self._is_writing = False
            self._emitted += 1

    def _append(self, record: bytes) -> bool:
        try:
            segment = self._segment
            if segment is None or (segment.size and segment.size + len(record) > self._segment_max_bytes):
                segment = self._next_segment()
            if segment.append(record):
                self._written[segment.name] = segment.size
                self._last_write = time.monotonic()
                return True
            fault = "No space left on device"
        except (OSError, SpoolError) as error:
            fault = getattr(error, "strerror", None) or str(error)
        self._give_up_disk(fault)
        return False

    def _next_segment(self) -> SegmentWriter:
        self._close_segment()
        self._segment = open_segment(self._folder)
        if self._keeper is not None:
            self._keeper.poke()
        return self._segment

    def _close_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _give_up_disk(self, fault: str) -> None:
        self._disk_fault = fault
        limit = self.settings.memory_max_events
        cause = f"the spool {self._folder.path} cannot be written ({fault})"
        text = f"{cause}: up to {limit} events wait in memory and are lost if the process dies"
        self._to_say.append((f"disk {fault}", text))
        self._close_segment()

    def _keep_in_memory(self, body: bytes) -> None:
        dropped = self.memory.append(body)
        if dropped:
            self._drop(
                "memory full",
                "events that waited in memory for the spool were dropped: memory_max_events is reached",
                dropped,
            )

    def _drop(self, reason: str, text: str, count: int = 1) -> None:
        if reason not in self._dropped:
            self._to_say.append((f"drop {reason}", text))
        self._dropped[reason] = self._dropped.get(reason, 0) + count

    # The background's view, see `_keeper.Spooling`

    def start(self) -> None:
        """Start the background now, so that events which a dead process left are sent before this one emits any."""
        with self._lock:
            if self._has_keeper or self._is_closed or self._is_off:
                return
            self._has_keeper = True
        thread = Thread(target=self._run_keeper, name="whence-keeper", daemon=True)
        try:
            thread.start()
        except (
            RuntimeError
        ):  # no more threads, or the interpreter is ending: the spool keeps the events for another process
            self._drop(
                "no background thread", "no thread can be started: another process must send the spool's events", 0
            )
        else:
            self._thread = thread

    def _run_keeper(self) -> None:
        """Load and run the background: its imports cost the caller nothing."""
        self._keeper = keeper = import_module("whence.emit._keeper").Keeper(self.settings, self)
        self._is_ready.set()
        keeper.run()

    def sync(self) -> None:
        """Write the open segment through to the disk, without holding up who appends to it."""
        with self._lock:
            segment = self._segment
            if segment is None or segment.size == segment.synced:
                return
            size, fd = segment.size, segment.descriptor()
        try:
            os.fdatasync(fd)
        finally:
            os.close(fd)
        segment.synced = size

    def tidy(self, idle_s: float) -> None:
        """Give up a segment that nobody wrote for so long (then it can be removed), or that was removed under us."""
        with self._lock:
            segment = self._segment
            if segment is None:
                return
            if segment.is_gone():
                text = f"a segment of the spool {self._folder.path} was removed by somebody while this process wrote it"
                self._drop("segment removed", text, segment.records)
                self._close_segment()
            elif time.monotonic() - self._last_write > idle_s:
                self._close_segment()

    def refill(self) -> str | None:
        """Move what waits in memory to the disk; gives the reason when that is not possible."""
        while len(self.memory):
            with self._lock:
                self._is_writing, self._disk_fault = True, None
                try:
                    for entry in self.memory.read(0, _REFILL_EVENTS, self.settings.memory_max_bytes):
                        if not self._append(frame(entry.body)):
                            return self._disk_fault
                        self.memory.forget(entry.end)
                finally:
                    self._is_writing = False
        self._disk_fault = None
        return None

    def notices(self) -> list[tuple[str, str]]:
        """Give what should be said since the last call."""
        said, self._to_say = self._to_say, []
        return said

    # Waiting, ending, counting

    def flush(self, timeout_s: float = 5.0) -> FlushResult:
        """Wait until every sink has what was emitted before this call, whoever sends it; at most `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            marks = dict(self._written)
            number = self.memory.end
        while True:
            lacking = self._lacking(marks, number)
            if not lacking or time.monotonic() >= deadline:
                return FlushResult(not lacking, tuple(self._keys[key] for key in lacking))
            if self._keeper is not None:
                self._keeper.poke()
            time.sleep(_LOOK_S)

    def _lacking(self, marks: Mapping[str, int], number: int) -> list[str]:
        """List the sinks that lack a marked part of the spool, or an event of the memory before this number."""
        present = {segment.name for segment in self._folder.segments()}
        wanted = {name: size for name, size in marks.items() if name in present}
        ours = self._keeper.drainer.positions() if self._keeper is not None else {}
        lacking: list[str] = []
        for key in self._keys:
            offsets = (
                ours[key] if key in ours else read_offsets(self._folder, f"{key}{OFFSET_SUFFIX}") if wanted else {}
            )
            if any(offsets.get(name, 0) < size for name, size in wanted.items()) or not self.memory.has_taken(
                key, number
            ):
                lacking.append(key)
        return lacking

    def close(self, timeout_s: float = 2.0) -> bool:
        """Send what can be sent within the time and end the background; False when the spool keeps something for later.

        An event that is emitted afterwards still goes to the spool, for the next process to send.
        """
        deadline = time.monotonic() + timeout_s
        with self._lock:
            if self._is_closed:
                return True
            self._is_closed = True
            self._close_segment()
        atexit.unregister(self._at_exit)
        if self._thread is None or not self._is_ready.wait(timeout_s) or self._keeper is None:
            return self._thread is None
        return self._keeper.finish(max(deadline - time.monotonic(), 0.0), self._thread)

    def _at_exit(self) -> None:
        self.close(self.settings.exit_timeout_s)

    def stats(self) -> EmitterStats:
        """Count what this process did; a forked child starts at zero."""
        keeper = self._keeper
        senders = keeper.senders() if keeper is not None else []
        return EmitterStats(
            emitted=self._emitted,
            dropped=dict(self._dropped),
            repaired=self._repaired,
            in_memory=len(self.memory),
            is_draining=keeper is not None and keeper.drainer.is_elected(),
            sinks=tuple(SinkStats(each.name, each.delivered, each.refused, each.reason) for each in senders),
        )

    def after_fork_in_child(self) -> None:
        """Leave the parent its files, its memory and its background; the child's first event starts its own."""
        if self._segment is not None:
            self._segment.abandon()
        if self._keeper is not None:
            self._keeper.abandon()
        self._start_over()


def _after_fork_in_child() -> None:
    for emitter in list(_emitters):
        emitter.after_fork_in_child()


_emitters: WeakSet[Emitter] = WeakSet()
os.register_at_fork(after_in_child=_after_fork_in_child)
