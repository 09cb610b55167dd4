"""The Celery hook: a worker's processes know how to read before they fork, and tell what they know before they leave.

A prefork worker's children leave by `os._exit` and never run `atexit`: what they know is written to the spool before
that, within `exit_timeout_s`, and sent by the main process at its own end. The main process loads the SQL reader before
it forks, some 0.3 s and 30 MB once instead of once for each child. What a task is, and whose run it works for, is in
`whence.integrations.celery`.

It works by Celery's signals, which swallow what a receiver raises.
Source: Celery 5.7 `celery/signals.py`, `celery/concurrency/prefork.py` (`process_destructor`).
"""

from __future__ import annotations

import sys

from whence._capture import active
from whence._capture.background import load_reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UID = "whence.hooks.celery"


class CeleryHook:
    """Connects and disconnects the receivers."""

    requires = "celery.signals"

    def __init__(self) -> None:
        self._signals: list[Any] = []

    def install(self) -> None:
        """Listen to workers that start and end. Repeating it has no effect."""
        module = sys.modules[self.requires]
        for name, receiver in _RECEIVERS.items():
            signal = getattr(module, name)
            signal.connect(receiver, weak=False, dispatch_uid=_UID)
            self._signals.append(signal)

    def uninstall(self) -> None:
        """Leave Celery as it was."""
        while self._signals:
            self._signals.pop().disconnect(dispatch_uid=_UID)


def _load(**_: Any) -> None:
    """Load the reader in the worker's main process, for its children too."""
    if active.active() is not None:
        load_reader()


def _settle_down(**_: Any) -> None:
    """Write down what a child of the worker knows, before it leaves."""
    collector = active.known()
    if collector is not None:
        collector.settle_down()


def _flush(**_: Any) -> None:
    """Send what the children left: the main process may have had no run of its own."""
    collector = active.active()
    if collector is not None:
        collector.flush(collector.settings.exit_timeout_s)


_RECEIVERS = {"worker_init": _load, "worker_process_shutdown": _settle_down, "worker_shutdown": _flush}

HOOK = CeleryHook()
