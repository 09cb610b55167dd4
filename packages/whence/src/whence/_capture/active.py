"""The collector that is active in this process: made by `configure`, else from the environment for the first run.

It must not load a collector before somebody needs one: `import whence` imports this module.
"""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from whence._capture.collector import Collector
    from whence.emit import Settings

_lock = allocate_lock()
_made: list[Collector | None] = []  # empty: nobody asked yet; None: collection is off
_more: list[Callable[[], Mapping[str, Any]]] = []


def active() -> Collector | None:
    """Return the active collector; None when collection is off. Never raises."""
    if not _made:
        with _lock:
            if not _made:
                _made.append(_from_environment())
    return _made[0]


def _from_environment() -> Collector | None:
    try:
        return _make({name: value for more in _more for name, value in more().items()})
    except Exception as failure:  # noqa: BLE001  border: bad settings in the environment must not stop the host
        import logging  # noqa: PLC0415  10 ms of import that only trouble costs

        logging.getLogger("whence").warning("Whence's collection is off: %s", failure)
        return None


def is_decided() -> bool:
    """Whether it is settled already what is collected: by `configure`, or because somebody asked."""
    return bool(_made)


def add_settings(more: Callable[[], Mapping[str, Any]]) -> None:
    """Ask for these settings when nobody has called `configure` before the first run.

    For a package in front of whence that has its own names in the environment.
    """
    if more not in _more:
        _more.append(more)


def known() -> Collector | None:
    """Return the active collector if somebody asked for one already."""
    return _made[0] if _made else None


def adopt(settings: Settings) -> None:
    """Collect as another process does, which started this one, unless it is decided already. Never raises."""
    from whence._capture import collector  # noqa: PLC0415  as below

    with _lock:
        if not _made:
            try:
                _made.append(collector.make_from(settings))
            except Exception:  # noqa: BLE001  border: then the environment decides
                return


def configure(settings: Mapping[str, Any]) -> None:
    """Make a collector active and close the old one. Raises ConfigError, PluginError."""
    _replace(_make(settings), None)


def shutdown(timeout_s: float | None) -> bool:
    """Close the active collector; runs are swallowed until somebody configures again."""
    return _replace(None, timeout_s)


def _make(settings: Mapping[str, Any]) -> Collector | None:
    from whence._capture import collector  # noqa: PLC0415  a process pays for it when it begins to collect

    return collector.make(settings)


def _replace(new: Collector | None, timeout_s: float | None) -> bool:
    with _lock:
        old = _made[0] if _made else None
        _made[:] = [new]
    if old is None:
        return True
    return old.close(old.settings.exit_timeout_s if timeout_s is None else timeout_s)
