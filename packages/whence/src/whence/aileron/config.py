"""The settings under the names of aileron-meta-collector, and what they mean to Whence.

Order: an Airflow Variable (only where Airflow is loaded), `AIL_DATAHUB_*` (0.1.36), `DATAHUB_*` (0.1.4 and the README),
the default. They are read when collection begins, so a program may still set them after its imports. What Whence's own
names say (`whence.configure`, `WHENCE_*`, `OPENLINEAGE_URL`, `whence.toml`) stands above all of them.

Must not: import Airflow, write to the environment, or raise.
"""

from __future__ import annotations

import os
import sys
from time import monotonic

from whence._capture import active
from whence.model import ENVS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_GMS_URL = "http://localhost:8080"
DEFAULT_ENV = "PROD"
_PREFIXES = ("AIL_DATAHUB_", "DATAHUB_")
_VARIABLE_LASTS_S = 60.0
_MIN_PAUSE_S = 0.5
_READ_TIMEOUT_S = 30.0  # the original's, beside its time-out for connecting
_SPELLINGS = {"STAGING": "STG"}
_said: set[str] = set()
_variables: dict[str, tuple[float, str | None]] = {}
_installed_env: list[str] = []


def is_datahub_enabled() -> bool:
    """Whether lineage is collected: what `AIL_DATAHUB_ENABLED` says.

    Where it is not set: yes, as 0.1.4 does; but no if the process speaks with the other names of 0.1.36, whose
    default that was.
    """
    told = _told("ENABLED")
    if told is not None:
        return _is_true(told)
    is_newer = any(name.startswith("AIL_DATAHUB_") for name in os.environ)
    if is_newer:
        say("enabled", "lineage is not collected: AIL_DATAHUB_ENABLED is not set, and other AIL_DATAHUB_ names are")
    return not is_newer


def get_gms_url() -> str:
    """Return where DataHub is."""
    return _told("GMS_URL") or DEFAULT_GMS_URL


def get_env() -> str:
    """Return the environment of DataHub's URNs: what a hook was installed with, else the setting."""
    return fabric(_installed_env[-1] if _installed_env else _told("ENV") or DEFAULT_ENV)


def is_silent_fail() -> bool:
    """Whether `flush_emit` keeps quiet about lineage that did not arrive."""
    return _is_true(_told("SILENT_FAIL") or "true")


def get_connect_timeout_sec() -> float:
    """Return the seconds that connecting to DataHub may take."""
    return _number("CONNECT_TIMEOUT_SEC", 3.0)


def get_retry_max_times() -> int:
    """Return the setting. Whence does not need it: what was not delivered waits on the disk until it is."""
    return int(_number("RETRY_MAX_TIMES", 0))


def get_cooldown_sec() -> float:
    """Return the longest pause in seconds after DataHub failed."""
    return _number("COOLDOWN_SEC", 60.0)


def use_env(env: str | None) -> None:
    """Take the environment that a hook is installed with; None leaves it to the setting."""
    if env is not None:
        _installed_env.append(env)
        del _installed_env[:-1]


def fabric(env: str) -> str:
    """Return DataHub's own word for an environment; what it does not know becomes PROD, which is said once."""
    word = env.strip().upper()
    known = _SPELLINGS.get(word, word)
    if known not in ENVS:
        known = DEFAULT_ENV
    if known != env:
        say(f"env {env}", f"DataHub knows no environment {env[:40]!r}: {known} is used")
    return known


def is_collecting() -> bool:
    """Whether this process collects, which is decided with the first call that wants to know."""
    return active.active() is not None


def is_switched_off() -> bool:
    """Whether nothing will be collected, as far as that is known before the first job."""
    if active.is_decided():
        return not is_collecting()
    from whence.emit import load_settings  # noqa: PLC0415  only a process that collects pays for it

    try:
        return load_settings(settings()).disabled
    except Exception:  # noqa: BLE001  border: settings that are wrong are told where collection begins
        return False


def say(cause: str, text: str) -> None:
    """Log a sentence, once per cause."""
    if cause not in _said:
        _said.add(cause)
        import logging  # noqa: PLC0415  only trouble costs its import

        logging.getLogger("whence.aileron").warning(text)


def settings() -> dict[str, Any]:
    """Return Whence's settings as the names of this module say them, without those that were said in its own names."""
    from whence.emit import SETTING_NAMES, load_settings  # noqa: PLC0415  only a process that collects pays for it

    origins = load_settings().origins
    foreign = {name for name, origin in origins.items() if not origin.startswith("environment DATAHUB_")}
    ours = {
        "disabled": None if is_datahub_enabled() else True,
        "sinks": f"datahub+{get_gms_url()}",
        "datahub_env": get_env(),
        "path_rules": "folder",
        "timeout_s": get_connect_timeout_sec() + _READ_TIMEOUT_S if _told("CONNECT_TIMEOUT_SEC") else None,
        "backoff_max_s": max(get_cooldown_sec(), _MIN_PAUSE_S) if _told("COOLDOWN_SEC") else None,
    }
    return {
        name: value
        for name, value in ours.items()
        if value is not None and name in SETTING_NAMES and name not in foreign
    }


def _told(name: str) -> str | None:
    """Return what a setting was set to, None if nothing."""
    told = _variable(f"ail_datahub_{name.lower()}")
    for prefix in _PREFIXES:
        told = told or os.environ.get(prefix + name, "").strip()
    return told or None


def _variable(key: str) -> str | None:
    """Return an Airflow Variable, remembered for a minute: each read asks Airflow's database."""
    airflow: Any = sys.modules.get("airflow.models") or sys.modules.get("airflow.sdk")
    variable = getattr(airflow, "Variable", None)
    if variable is None:
        return None
    known = _variables.get(key)
    if known is None or monotonic() - known[0] > _VARIABLE_LASTS_S:
        known = _variables[key] = (monotonic(), _ask(variable, key))
    return known[1]


def _ask(variable: Any, key: str) -> str | None:
    try:
        told = variable.get(key)  # raises when it is not there; how to say a default differs between versions
    except Exception:  # noqa: BLE001  border: whatever Airflow's database says, the host goes on
        return None
    return str(told).strip() if told is not None else None


def _is_true(text: str) -> bool:
    return text.strip().lower() == "true"


def _number(name: str, default: float) -> float:
    told = _told(name)
    try:
        number = default if told is None else float(told)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        say(name, f"AIL_DATAHUB_{name} is no number of seconds: {default:g} is used")
        return default
    return number


def __getattr__(name: str) -> Any:
    """Give the constants of 0.1.4, as they are now."""
    readers = {"DATAHUB_GMS_URL": get_gms_url, "DATAHUB_ENV": get_env, "DATAHUB_SILENT_FAIL": is_silent_fail}
    if name not in readers:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return readers[name]()


active.add_settings(settings)
