"""The ends of runs that may not come: on the disk, for the case that the process dies.

A line when a run begins; a line when it has ended and its last event waits for the background, with that event as far
as it is known; a line when its last event is in the spool. A file with nothing left is emptied now and then. Each
process has a file of its own and holds its lock while it lives; whoever finds one whose lock is free emits what was
left and removes it: the last events that waited, and ABORT for runs that never ended. It must not raise: without a disk
the last event is only as safe as the process.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from threading import RLock

from whence.model import CORE_SCHEMA, PRODUCER, facet, format_event_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.emit import Settings

_FOLDER = "ends"
_SUFFIX = ".jsonl"
_ATTEMPTS = 5
_EMPTY_BYTES = 1 << 16  # of a file with nothing left, before it is emptied: that costs more than some writing
_MAX_BYTES = 1 << 20  # of a file in which some run is always open; then it is written anew
_MAX_JOBS = 1024
_DIED = "The process ended inside this run. What it read and wrote after its last event is not known."


class Ends:
    """The ends of this process's runs. Safe in threads; a forked child has its own."""

    def __init__(self, spool_dir: str) -> None:
        self.folder = f"{spool_dir}/{_FOLDER}"
        self._path = ""
        self._is_usable = True
        self._begin()

    def _begin(self) -> None:
        self._lock = RLock()  # a signal's handler may begin a run
        self._file = -1
        self._bytes = 0
        self._is_closed = False
        self._jobs: dict[tuple[str, str], str] = {}
        self.waiting: dict[str, dict[str, Any]] = {}
        self.begun: dict[str, str] = {}

    def begin(self, run_id: str, namespace: str, name: str, started_us: int) -> None:
        """Write down that a run has begun."""
        job = self._jobs.get((namespace, name))
        with self._lock:
            if job is None:
                if len(self._jobs) > _MAX_JOBS:
                    self._jobs.clear()
                job = self._jobs[namespace, name] = json.dumps([namespace, name])
            self.begun[run_id] = line = f'{{"run":"{run_id}","job":{job},"at":{started_us}}}\n'
            self._write(line)

    def end(self, run_id: str) -> None:
        """Strike a run out that had begun: its last event is in the spool, or kept here."""
        with self._lock:
            if self.begun.pop(run_id, None) is not None:
                self._strike(run_id)

    def keep(self, key: str, event: dict[str, Any]) -> None:
        """Write down a run's last event before it is handed to the background."""
        with self._lock:
            self.waiting[key] = event
            self._write(_line(key, event))

    def forget(self, key: str) -> None:
        """Strike a run out: its last event is in the spool."""
        with self._lock:
            self.waiting.pop(key, None)
            self._strike(key)

    def close(self) -> None:
        """Remove the file once nothing is left: now or when the last run ends, else whoever finds it does."""
        with self._lock:
            self._is_closed = True
            if not self.begun:
                self._remove()

    def _remove(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.unlink(self._path)  # noqa: PTH108  pathlib costs 8 ms of import
                os.close(self._file)
        self._file = -1

    def after_fork(self) -> None:
        """In a forked child: the file and what waits belong to the parent."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._begin()

    def _strike(self, key: str) -> None:
        self._write(f'{{"run":"{key}"}}\n')
        if self._file < 0:
            return
        with suppress(OSError):
            if not self.waiting and not self.begun:
                if self._is_closed:
                    self._remove()
                elif self._bytes > _EMPTY_BYTES:
                    os.ftruncate(self._file, 0)
                    self._bytes = 0
            elif self._bytes > _MAX_BYTES:
                self._write_anew()

    def _write_anew(self) -> None:
        """Go on in a new file that has only what is left; the old one goes when the new one is complete."""
        old, old_path = self._file, self._path
        self._file, self._bytes = -1, 0
        for line in (*self.begun.values(), *(_line(key, event) for key, event in self.waiting.items())):
            self._write(line)
        self._bytes = 0  # what is left may be much; the next time comes after as much again
        if self._file >= 0:
            os.unlink(old_path)  # noqa: PTH108  as above
        os.close(old)

    def _open(self) -> None:
        for _ in range(_ATTEMPTS):
            path = f"{self.folder}/{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
            try:
                os.makedirs(self.folder, mode=0o700, exist_ok=True)  # noqa: PTH103  the same
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            except OSError:
                break
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.stat(path)  # noqa: PTH116  gone when somebody took it for a dead process's before the lock was ours
            except OSError:
                os.close(file)
                continue
            self._file, self._path = file, path
            return
        self._is_usable = False

    def _write(self, line: str) -> None:
        if self._file < 0 and self._is_usable:
            self._open()
        if self._file >= 0:
            with suppress(OSError):
                self._bytes += os.write(self._file, line.encode())


def _line(key: str, event: dict[str, Any]) -> str:
    try:
        return json.dumps({"run": key, "event": event}, separators=(",", ":")) + "\n"
    except (ValueError, TypeError):  # a facet of the host's that is no JSON
        return ""


def recover(spool_dir: str, emit: Callable[[dict[str, Any]], None]) -> int:
    """Emit the last events that dead processes left and remove their files; return how many there were."""
    folder = f"{spool_dir}/{_FOLDER}"
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  pathlib costs 8 ms of import
    except OSError:
        return 0
    return sum(_take(f"{folder}/{name}", emit) for name in names if name.endswith(_SUFFIX))


def recover_into_spool(settings: Settings) -> int:
    """Put the last events that dead processes left into the spool; return how many there were."""
    from whence.emit import Emitter  # noqa: PLC0415  only the command line comes here without one

    emitters: list[Emitter] = []

    def emit(event: dict[str, Any]) -> None:
        if not emitters:
            emitters.append(Emitter(settings))
        emitters[0].emit(event)

    found = recover(settings.spool_dir, emit)
    for emitter in emitters:
        emitter.close(settings.exit_timeout_s)
    return found


def _take(path: str, emit: Callable[[dict[str, Any]], None]) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with open(file, "rb", closefd=False) as lines:
            events = _unfinished(lines.read(), os.fstat(file).st_mtime_ns // 1000)
        for event in events:
            emit(event)
        os.unlink(path)  # noqa: PTH108  only now: dying before this sends them twice, which is allowed
    except OSError:  # its process lives, or another one was faster
        return 0
    finally:
        os.close(file)
    return len(events)


def _unfinished(data: bytes, died_us: int) -> list[dict[str, Any]]:
    left: dict[str, dict[str, Any]] = {}
    for line in data.splitlines():
        with suppress(ValueError, KeyError, TypeError):  # a torn last line: its process died while it wrote
            entry = json.loads(line)
            if "event" in entry:
                left[entry["run"]] = entry["event"]
                left.pop(entry["event"]["run"]["runId"], None)
            elif "job" in entry:
                left[entry["run"]] = _aborted(entry["run"], entry["job"], max(died_us, entry["at"]))
            else:
                left.pop(entry["run"], None)
    return list(left.values())


def _aborted(run_id: str, job: list[str], time_us: int) -> dict[str, Any]:
    """Return the end of a run that never ended. The time is that of its process's last line: it lived that long."""
    said = facet("ErrorMessageRunFacet", message=_DIED, programmingLanguage="PYTHON")
    return {
        "eventType": "ABORT",
        "eventTime": format_event_time(time_us),
        "producer": PRODUCER,
        "schemaURL": CORE_SCHEMA + "RunEvent",
        "run": {"runId": run_id, "facets": {"errorMessage": said}},
        "job": {"namespace": job[0], "name": job[1]},
        "inputs": [],
        "outputs": [],
    }
