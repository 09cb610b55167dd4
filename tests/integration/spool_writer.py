"""A program that emits events and notes each one that was acknowledged; the kill harness starts it and kills it.

    spool_writer.py NOTES MODE COUNT        settings from WHENCE_*; NOTES gets an id a line once `emit` has returned

Modes: `loop` emits until it is killed or COUNT is reached; `fork` emits, forks with the background running, emits in
both; `spawn` does so through multiprocessing's fork; `silent` only starts the background, which sends what others left.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time

from whence.emit import Emitter, load_settings

notes_path, mode, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
notes = os.open(notes_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
emitter = Emitter(load_settings())
FILLER = "x" * 400


def emit(number: int) -> None:
    """Emit one event and note it; the note is written after the acknowledgement, so each noted id must arrive."""
    name = f"{os.getpid()}-{number}"
    emitter.emit(
        {
            "eventType": "COMPLETE",
            "eventTime": "2026-11-21T10:00:00Z",
            "producer": "https://example.com/kill-harness",
            "job": {"namespace": "kill", "name": name},
            "run": {"runId": "0197d3c6-0000-7000-8000-000000000000", "facets": {"filler": {"text": FILLER}}},
        }
    )
    os.write(notes, f"{name}\n".encode())


def burst(start: int) -> None:
    for number in range(start, start + count):
        emit(number)
        time.sleep(0.0003)


if mode == "silent":
    emitter.start()
    time.sleep(count)
elif mode == "loop":
    burst(0)
else:
    burst(0)
    time.sleep(0.05)  # the background runs by now, with its threads and connections
    if mode == "fork":
        if os.fork() == 0:
            burst(count)
            os._exit(0)  # no exit hooks, as a worker of a server that is told to go
        os.wait()
    else:
        child = multiprocessing.get_context("fork").Process(target=burst, args=(count,))
        child.start()
        child.join()
    burst(2 * count)
