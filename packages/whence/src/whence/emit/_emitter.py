"""`emit()`: an event's bytes into the spool, on the caller's thread, with nothing that can hurt the caller.

On the caller's thread: encode, frame, one append. No network, no sync, no logging, no exception, and once per segment
the making of a file. The rest is the keeper's, whose modules (`logging`, `http.client`, `ssl`) are loaded by its
thread.

Must not: hold an event back. What cannot go to the disk goes to a bounded memory and is said once; what is dropped is
counted.
"""

from __future__ import annotations

import atexit
import os
import time
from contextlib import suppress
from importlib import import_module
from threading import Event, RLock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from whence._plugins import load_plugin
from whence.emit._encode import encode_event
from whence.emit._folder import OFFSET_SUFFIX, Folder
from whence.emit._frames import frame
from whence.emit._memory import MemoryBuffer
from whence.emit._source import read_offsets
from whence.emit._threads import REFUSED_AT_EXIT, keep_spares
from whence.emit._writer import SpoolWriter
from whence.emit.sinks import BUILTIN, GROUP, sink_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit._keeper import Keeper
    from whence.emit._settings import Settings

_LOOK_S = 0.02
_REFILL_EVENTS = 100
_FORK_WAIT_S = 2.0
_WITH_EXTRA = ("kafka", "folder")


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
    """Counts of this process since it made the emitter; `dropped` counts by reason."""

    emitted: int
    dropped: Mapping[str, int]
    repaired: int
    in_memory: int
    is_draining: bool
    sinks: tuple[SinkStats, ...]


class Emitter:
    """Where a process puts its events. Safe between threads, over forks and in signal handlers; one per folder will do.

    Raises at construction, never later: `PluginError` when a sink's kind is not known or its library is missing.
    """

    def __init__(self, settings: Settings) -> None:
        for sink in settings.sinks:
            if sink.kind not in BUILTIN:
                load_plugin(GROUP, sink.kind, BUILTIN)
            elif sink.kind in _WITH_EXTRA:
                import_module("whence.emit.sinks._installed").require(sink)
        self.settings = settings
        self._folder = Folder(settings.spool_dir)
        self._spooled = {sink_key(sink): sink.url for sink in settings.sinks if not sink.is_local}
        self._local = {sink_key(sink): sink.url for sink in settings.sinks if sink.is_local}
        self._is_off = settings.disabled or not settings.sinks
        self._is_closed = False
        self._begin()
        _emitters.add(self)
        if not self._is_off:
            atexit.register(self._at_exit)

    def _begin(self) -> None:
        """Begin with nothing, at first and in a forked child."""
        limits = self.settings
        self._lock = RLock()
        self._writer = SpoolWriter(self._folder, self._lock, max_bytes=limits.spool_max_bytes)
        self.memory = MemoryBuffer(
            list(self._spooled), max_events=limits.memory_max_events, max_bytes=limits.memory_max_bytes
        )
        self.local = MemoryBuffer(
            list(self._local), max_events=limits.memory_max_events, max_bytes=limits.memory_max_bytes
        )
        self._is_fault_said = False
        self._is_started = False
        self._is_tended = True
        self._is_ready = Event()
        self._thread: Thread | None = None
        self._keeper: Keeper | None = None
        self._to_say: list[tuple[str, str]] = []
        self._emitted = self._repaired = 0
        self._dropped: dict[str, int] = {}

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
            with self._lock:
                self._keep(body)
                self._emitted += 1
                self._repaired += is_repaired
            if not self._is_started:
                self.start()
        except Exception as fault:  # noqa: BLE001 - the border to the host
            self._drop("not serialisable", f"an event could not be taken and was dropped: {type(fault).__name__}")

    def _keep(self, body: bytes) -> None:
        if self._spooled and not self._writer.append(frame(body), is_tended=self._is_tended):
            dropped = self.memory.append(body)
            if self._writer.fault is not None and not self._is_fault_said:
                self._say_fault(self._writer.fault)
            if dropped:
                self._drop("memory full", "events that waited in memory were dropped: it holds no more", dropped)
        if self._local and (dropped := self.local.append(body)):
            self._drop("console behind", "events were dropped because the console did not take them", dropped)

    def _say_fault(self, fault: str) -> None:
        self._is_fault_said = True
        limit = self.settings.memory_max_events
        cause = f"Whence's spool {self._folder.path} cannot be written ({fault})"
        text = f"{cause}: up to {limit} events wait in memory and are lost if the process dies"
        self._to_say.append(("disk", text))

    def _drop(self, reason: str, text: str, count: int = 1) -> None:
        with self._lock:
            if reason not in self._dropped:
                self._to_say.append((f"drop {reason}", text))
            self._dropped[reason] = self._dropped.get(reason, 0) + count

    # The background

    def start(self) -> None:
        """Start the background now, so that events which a dead process left are sent before this one emits any."""
        with self._lock:
            if self._is_started or self._is_closed or self._is_off:
                return
            self._is_started = True
        thread = Thread(target=self._run_keeper, name="whence-keeper", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the interpreter is ending: another process must send
            self._is_tended = False
        else:
            self._thread = thread
            with suppress(RuntimeError):
                keep_spares(len(self.settings.sinks))

    def prepare(self) -> None:
        """Start the background now if Python would refuse it at the end, when the first event may come."""
        if REFUSED_AT_EXIT:
            self.start()

    def _run_keeper(self) -> None:
        """Load and run the background: its imports cost the caller nothing."""
        keeper: Keeper = import_module("whence.emit._keeper").Keeper(self.settings, self)
        keeper.preload()
        self._keeper = keeper
        self._is_ready.set()
        keeper.run()

    def sync(self) -> None:
        """Write the spool through to the disk (the keeper calls this)."""
        self._writer.sync()

    def tidy(self, idle_s: float) -> None:
        """Give up a segment that nobody wrote for so long, or that was removed under us (the keeper calls this)."""
        lost = self._writer.tidy(idle_s)
        if lost:
            text = f"somebody removed a segment of the spool {self._folder.path} while it was written"
            self._drop("segment removed", f"{text}: up to {lost} events were lost", lost)

    def refill(self) -> str | None:
        """Move what waits in memory to the disk (the keeper calls this); gives the reason when that is not possible."""
        while len(self.memory):
            with self._lock:
                self._writer.retry()
                for entry in self.memory.read(0, _REFILL_EVENTS, self.settings.memory_max_bytes):
                    if not self._writer.append(frame(entry.body)):
                        return self._writer.fault
                    self.memory.forget(entry.end)
        self._writer.retry()
        self._is_fault_said = False
        return None

    def notices(self) -> list[tuple[str, str]]:
        """Give what should be said since the last call (the keeper calls this)."""
        said, self._to_say = self._to_say, []
        return said

    # Waiting, ending, counting

    def flush(self, timeout_s: float = 5.0) -> FlushResult:
        """Wait until every sink has what was emitted before this call, whoever sends it; at most `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            memory, local = self.memory.end, self.local.end
        marks: Mapping[str, int] | None = None
        while True:
            lacking = [url for key, url in self._spooled.items() if not self.memory.has_taken(key, memory)]
            if not lacking:  # what waited in memory may have gone to the disk, so only now is it known up to where
                marks = marks if marks is not None else self._writer.marks()
                lacking = self._behind(marks)
            lacking += [url for key, url in self._local.items() if not self.local.has_taken(key, local)]
            if not lacking or time.monotonic() >= deadline:
                return FlushResult(not lacking, tuple(lacking))
            if self._keeper is not None:
                self._keeper.poke()
            time.sleep(_LOOK_S)

    def _behind(self, marks: Mapping[str, int]) -> list[str]:
        """List the sinks that lack a part of the spool before these marks."""
        ours = self._keeper.drainer.positions() if self._keeper is not None else {}
        lacking: list[str] = []
        for key, url in self._spooled.items():
            taken = ours.get(key) or read_offsets(self._folder, f"{key}{OFFSET_SUFFIX}")
            if self._are_there([name for name, size in marks.items() if taken.get(name, 0) < size]):
                lacking.append(url)
        return lacking

    def _are_there(self, segments: list[str]) -> bool:
        """Say whether any of these segments is still there; a segment goes when every sink has it."""
        return bool(segments) and not {each.name for each in self._folder.segments()}.isdisjoint(segments)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Send what can be sent within the time and end the background; False when something is left for later.

        An event that is emitted afterwards still goes to the spool, for the next process to send.
        """
        deadline = time.monotonic() + timeout_s
        with self._lock:
            if self._is_closed:
                return True
            self._is_closed = True
            self._writer.end_segment()
        atexit.unregister(self._at_exit)
        self._is_tended = False
        try:
            if self._thread is not None and self._is_ready.wait(timeout_s) and self._keeper is not None:
                self._keeper.finish(max(deadline - time.monotonic(), 0.0), self._thread)
            return self.flush(0.0).is_complete
        except Exception:  # noqa: BLE001 - the border to the host's end
            return False

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

    # Forks

    def before_fork(self) -> None:
        """Wait until the background has loaded its modules: a child would find their import locks held for ever."""
        if self._thread is not None:
            self._is_ready.wait(_FORK_WAIT_S)

    def after_fork_in_child(self) -> None:
        """Leave the parent its files, its memory and its background; the child's first event starts its own."""
        self._writer.abandon()
        if self._keeper is not None:
            self._keeper.abandon()
        self._begin()


_emitters: WeakSet[Emitter] = WeakSet()


def _before_fork() -> None:
    for emitter in list(_emitters):
        emitter.before_fork()


def _after_fork_in_child() -> None:
    for emitter in list(_emitters):
        emitter.after_fork_in_child()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
