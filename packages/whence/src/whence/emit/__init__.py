"""The way out: events go to a spool on the disk, and from there to the sinks.

    settings = settings_from({"sinks": "http://localhost:8300"}, os.environ)
    emitter = Emitter(settings)
    emitter.emit(event)          # microseconds, no network, no exception; the background sends

What `emit` has taken survives SIGKILL, a full queue, a dead server and a fork. Delivery is at least once: a re-sent
event is byte-equal.

Must not: import anything outside the standard library and `whence`, or load anything before it is used: each name here
is loaded by its first use, so that `import whence` stays light.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.emit._dead import Letter
    from whence.emit._emitter import Emitter, EmitterStats, FlushResult, SinkStats
    from whence.emit._environment import SETTING_NAMES, load_settings, settings_from
    from whence.emit._settings import SettingRow, Settings, SinkSettings
    from whence.emit._state import (
        DrainResult,
        SinkDrain,
        SpoolState,
        drain,
        refused_events,
        resend_refused,
        spool_state,
    )

__all__ = [
    "SETTING_NAMES",
    "DrainResult",
    "Emitter",
    "EmitterStats",
    "FlushResult",
    "Letter",
    "SettingRow",
    "Settings",
    "SinkDrain",
    "SinkSettings",
    "SinkStats",
    "SpoolState",
    "drain",
    "load_settings",
    "refused_events",
    "resend_refused",
    "settings_from",
    "spool_state",
]

_HOMES = {
    "_dead": ("Letter",),
    "_emitter": ("Emitter", "EmitterStats", "FlushResult", "SinkStats"),
    "_environment": ("SETTING_NAMES", "load_settings", "settings_from"),
    "_settings": ("SettingRow", "Settings", "SinkSettings"),
    "_state": ("DrainResult", "SinkDrain", "SpoolState", "drain", "refused_events", "resend_refused", "spool_state"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> "Any":
    """Load a public name by its first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those not loaded yet."""
    return sorted({*globals(), *__all__})
