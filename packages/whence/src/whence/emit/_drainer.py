"""The one process that sends a folder's events: elected by the lock of the folder, one sender per sink.

Must not: be two. A process that finds the lock taken leaves the sending to its holder and tries again later; the lock
ends with its holder, however that dies. Each sink has its own sender and position: a slow or dead one holds no other
up.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from whence.emit._dead import DeadLetters
from whence.emit._folder import DRAIN_LOCK, Folder, Lock
from whence.emit._sender import HOPELESS, Sender
from whence.emit._source import SpoolSource
from whence.emit._sweep import remove_taken
from whence.emit.sinks import sink_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit._notices import Notices
    from whence.emit._settings import Settings, SinkSettings


class Drainer:
    """A candidate for sending a folder's events."""

    def __init__(self, settings: Settings, notices: Notices) -> None:
        self._settings = settings
        self._notices = notices
        self._folder = Folder(settings.spool_dir)
        self._lock = Lock(self._folder.file(DRAIN_LOCK))
        self._sources: dict[str, SpoolSource] = {}
        self.senders: list[Sender] = []

    def is_elected(self) -> bool:
        """Say whether this process sends."""
        return bool(self.senders)

    def run_for_election(self) -> bool:
        """Take the folder's lock and start the senders, unless another process has it.

        Raises `OSError`, `RuntimeError`.
        """
        if self.senders:
            return True
        if not self._lock.acquire():
            self._notice_strangers()
            return False
        try:
            with suppress(OSError):  # a full disk, which only sending makes emptier
                self._lock.note(json.dumps({"pid": os.getpid(), "sinks": _urls(self._settings)}))
            self._start()
        except BaseException:
            self.stop(0.0)
            raise
        return True

    def _start(self) -> None:
        for sink in spooled(self._settings):
            key = sink_key(sink)
            self._sources[key] = SpoolSource(self._folder, key, self._notices)
            dead = DeadLetters(self._folder, key, sink.url, max_bytes=self._settings.dead_max_bytes)
            sender = Sender(
                sink=sink, source=self._sources[key], dead=dead, settings=self._settings, notices=self._notices
            )
            sender.start()
            self.senders.append(sender)

    def _notice_strangers(self) -> None:
        """Say so when the process that drains this folder sends to other sinks than ours: our events go there."""
        theirs = drainer_note(self._folder).get("sinks")
        ours = _urls(self._settings)
        if theirs is not None and theirs != ours:
            text = "the spool %s is drained to %s, not to this process's sinks (%s): give one of them its own spool_dir"
            self._notices.warn("strangers", text, self._folder.path, theirs, ours)

    def still_holds(self) -> bool:
        """Say whether the lock is still good; it is not when somebody removed the folder under us."""
        return self._lock.is_held()

    def positions(self) -> dict[str, Mapping[str, int]]:
        """Give how far each sink has taken each segment, by the sink's key."""
        return {key: source.taken for key, source in self._sources.items()}

    def sweep(self) -> int:
        """Remove the segments that every sink has taken."""
        return remove_taken(self._folder, list(self.positions().values()))

    def finish(self, timeout_s: float, *, hopeless: int = HOPELESS) -> bool:
        """Send what is there within the time, then give the lock up; False when a sender did not come to its end."""
        deadline = time.monotonic() + timeout_s
        for sender in self.senders:
            sender.finish(deadline, hopeless=hopeless)
        ended = [sender.join(deadline - time.monotonic()) for sender in self.senders]
        if all(ended):
            with suppress(OSError):
                self.sweep()
        return self.stop(0.0) and all(ended)

    def stop(self, timeout_s: float) -> bool:
        """Stop the senders and give the lock up when they have ended.

        A sender that hangs keeps it until the process ends.
        """
        for sender in self.senders:
            sender.stop()
        deadline = time.monotonic() + timeout_s
        ended = [sender.join(deadline - time.monotonic()) for sender in self.senders]
        if not all(ended):
            return False
        self._lock.release()
        self.senders = []
        self._sources = {}
        return True

    def abandon(self) -> None:
        """Forget in a forked child what belongs to the parent."""
        self._lock.abandon()
        self.senders = []


def spooled(settings: Settings) -> list[SinkSettings]:
    """List the sinks that get their events over the spool."""
    return [sink for sink in settings.sinks if not sink.is_local]


def _urls(settings: Settings) -> list[str]:
    return sorted(sink.url for sink in spooled(settings))


def drainer_note(folder: Folder) -> dict[str, object]:
    """Give what the last drainer wrote into its lock: its pid and sinks."""
    return folder.read_json(DRAIN_LOCK)
