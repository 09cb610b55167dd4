"""Threads for the background where Python gives none once it has begun to end."""

from __future__ import annotations

import threading

from whence.emit import _threads


def test_spare_threads_are_used_first_and_made_only_where_they_are_needed(monkeypatch):
    monkeypatch.setattr(_threads, "REFUSED_AT_EXIT", False)
    monkeypatch.setattr(_threads, "_spares", type(_threads._spares)())
    _threads.keep_spares(2)
    assert not _threads._spares
    monkeypatch.setattr(_threads, "REFUSED_AT_EXIT", True)
    _threads.keep_spares(2)
    _threads.keep_spares(2)
    spares = list(_threads._spares)
    assert len(spares) == 2
    done = []
    started = [
        _threads.start_thread(lambda: done.append(threading.current_thread().name), f"work {n}") for n in range(3)
    ]
    for thread in started:
        thread.join(10)
    assert started[:2] == spares
    assert sorted(done) == ["work 0", "work 1", "work 2"]
    assert all(thread.daemon for thread in started)
