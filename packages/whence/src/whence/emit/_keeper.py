"""The background of an emitter: one daemon thread that keeps the spool in order.

It stands for election, writes the spool through to the disk, keeps it small, and brings events that had to wait in
memory to the disk or, where there is none, straight to the sinks.

Must not: run before the first event, or stop the host from ending: everything here is bounded by `exit_timeout_s` and
lost threads are daemons. Logging happens here and in the senders, never on the caller's thread.
"""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Protocol

from whence.emit._dead import DeadLetters
from whence.emit._drainer import Drainer, spooled
from whence.emit._folder import Folder
from whence.emit._memory import MemorySource
from whence.emit._notices import Notices, logger
from whence.emit._sender import Sender
from whence.emit._sweep import evict
from whence.emit.sinks import load_sink, sink_key
from whence.errors import PluginError, SpoolError

if TYPE_CHECKING:
    from threading import Thread

    from whence.emit._memory import MemoryBuffer
    from whence.emit._settings import Settings, SinkSettings

_DISK_RETRY_S = 2.0
_ELECTION_S = 0.5
_IDLE_CLOSE_S = 5.0


class Spooling(Protocol):
    """What the keeper asks of the emitter, whose own lock makes it safe."""

    memory: MemoryBuffer
    """Events that wait for the disk."""
    local: MemoryBuffer
    """Events for the sinks that belong to this process."""

    def sync(self) -> None:
        """Write the open segment through to the disk."""
        ...

    def tidy(self, idle_s: float) -> None:
        """Give up a segment that nobody wrote for so long, or that was removed under us."""
        ...

    def refill(self) -> str | None:
        """Move what waits in memory to the disk; gives the reason when that is not possible."""
        ...

    def notices(self) -> list[tuple[str, str]]:
        """Give what should be said since the last call: condition and text."""
        ...


class Keeper:
    """The background of one emitter in one process."""

    def __init__(self, settings: Settings, spool: Spooling) -> None:
        self._settings = settings
        self._spool = spool
        self._folder = Folder(settings.spool_dir)
        self._said = Notices()
        self.drainer = Drainer(settings, self._said)
        self.memory_senders: list[Sender] = []
        self.local_senders: list[Sender] = []
        self._wake = Event()
        self._is_stopping = False
        self._next: dict[str, float] = {}

    def preload(self) -> None:
        """Load the sinks' modules now: what is loaded later could be cut in two by a fork."""
        for sink in self._settings.sinks:
            with suppress(PluginError):  # said by the sender, which tries again
                load_sink(sink)

    def poke(self) -> None:
        """Do a round now, and let the senders look for events."""
        for sender in self.senders():
            sender.poke()
        self._next.clear()
        self._wake.set()

    def run(self) -> None:
        """Do rounds until `finish`."""
        while not self._is_stopping:
            self.round()
            self._wake.wait(min(self._settings.poll_s, self._settings.sync_s))
            self._wake.clear()

    def round(self) -> None:
        """Do everything that is due; whatever fails is said and tried again (a queue worker's border)."""
        for name, every_s, task in (
            ("say", 0.0, self._say),
            ("local", 0.0, self._start_local_senders),
            ("refill", _DISK_RETRY_S, self._refill),
            ("elect", _ELECTION_S, self._elect),
            ("sync", self._settings.sync_s, self._sync),
            ("tidy", self._settings.sync_s, self._tidy),
        ):
            now = time.monotonic()
            if now < self._next.get(name, 0.0):
                continue
            self._next[name] = now + every_s
            try:
                task()
            except (OSError, SpoolError, RuntimeError) as fault:
                text = "the spool %s cannot be kept in order, it is tried again: %s"
                self._said.warn(f"{name} {type(fault).__name__}", text, self._folder.path, fault)
            except Exception:  # noqa: BLE001 - the last border before the thread's end
                logger.exception("the spool's background failed at %r and goes on", name)

    def _say(self) -> None:
        for condition, text in self._spool.notices():
            self._said.warn(condition, "%s", text)

    def _refill(self) -> None:
        if not len(self._spool.memory):
            return
        if self._spool.refill() is None:
            self._said.mend("disk", "the spool %s can be written again", self._folder.path)
        else:
            self._start_memory_senders()

    def _start_memory_senders(self) -> None:
        """Send from memory what the disk does not take; each process does so for itself."""
        if not self.memory_senders:
            self._start_senders(spooled(self._settings), self._spool.memory, self.memory_senders)

    def _start_local_senders(self) -> None:
        if not self.local_senders:
            self._start_senders(
                [sink for sink in self._settings.sinks if sink.is_local], self._spool.local, self.local_senders
            )

    def _start_senders(self, sinks: list[SinkSettings], buffer: MemoryBuffer, senders: list[Sender]) -> None:
        for sink in sinks:
            key = sink_key(sink)
            sender = Sender(
                sink=sink,
                source=MemorySource(buffer, key),
                dead=DeadLetters(self._folder, key, sink.url, max_bytes=self._settings.dead_max_bytes),
                settings=self._settings,
                notices=self._said,
            )
            sender.start()
            senders.append(sender)

    def _elect(self) -> None:
        if not spooled(self._settings) or not self._folder.exists():
            return
        if self.drainer.is_elected() and not self.drainer.still_holds():
            self.drainer.stop(self._settings.timeout_s)
        self.drainer.run_for_election()

    def _sync(self) -> None:
        self._spool.sync()
        self._spool.tidy(_IDLE_CLOSE_S)

    def _tidy(self) -> None:
        if self.drainer.is_elected():
            self.drainer.sweep()
        if self._folder.exists():
            evict(self._folder, self._settings.spool_max_bytes, self._said)

    def finish(self, timeout_s: float, thread: Thread) -> None:
        """Send what can be sent within the time and end."""
        deadline = time.monotonic() + timeout_s
        self._is_stopping = True
        self._wake.set()
        thread.join(timeout_s)
        if thread.is_alive():
            return
        self._next.clear()
        self.round()
        ours = [*self.memory_senders, *self.local_senders]
        for sender in ours:
            sender.finish(deadline)
        self.drainer.finish(max(deadline - time.monotonic(), 0.0))
        for sender in ours:
            sender.join(deadline - time.monotonic())

    def senders(self) -> list[Sender]:
        """Give the senders that run in this process."""
        return [*self.drainer.senders, *self.memory_senders, *self.local_senders]

    def abandon(self) -> None:
        """Forget in a forked child what belongs to the parent."""
        self.drainer.abandon()
