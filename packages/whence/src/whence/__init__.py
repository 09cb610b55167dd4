"""Whence: where every column came from, and where it goes, told by the programs that move the data.

    import whence

    whence.install()                       # watch the libraries that move data, installed or imported later

    @whence.job("load_orders", flow="shop")
    def load() -> None: ...                # what it reads and writes becomes lineage, once committed

Configuration comes from `whence.configure(...)` or the environment (`WHENCE_SINKS`, `WHENCE_SPOOL_DIR`, ...). What is
written wrongly is refused where it is written: a setting, the name of a hook, an option of a job. No other call raises
into the host, blocks on a network or holds unbounded memory. This module must import nothing but the standard library
and whence.
"""

from __future__ import annotations

from whence._capture import active as _active
from whence._carry import propagate
from whence.context import Run, current_run
from whence.job import Job, add_input, add_output, complete_run, fail_run, job, start_run
from whence.parents import parent_environment, parent_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.emit import FlushResult

__all__ = [
    "Job",
    "Run",
    "add_input",
    "add_output",
    "complete_run",
    "configure",
    "current_run",
    "fail_run",
    "flush",
    "install",
    "job",
    "parent_environment",
    "parent_headers",
    "propagate",
    "shutdown",
    "start_run",
    "uninstall",
]


def configure(**settings: Any) -> None:
    """Say where events go and how; what is not said comes from the environment, `whence.toml`, or the default.

    The settings are those of `whence.emit.Settings`: `sinks`, `spool_dir`, `namespace`, `disabled`, `sql_text`, ...
    Raises `ConfigError`, `PluginError`.
    """
    _active.configure(settings)


def install(*hooks: str) -> tuple[str, ...]:
    """Watch libraries: the hooks of these names, or all known ones. Return those that are now installed or waiting.

    A library that is not imported yet is hooked when it is. Installing twice is installing once. Raises `PluginError`
    for an unknown name.
    """
    from whence import hooks as known  # noqa: PLC0415  a process pays for it when it installs a hook

    return known.install(*hooks)


def uninstall(*hooks: str) -> None:
    """Stop watching: the hooks of these names, or all; the libraries are as they were before."""
    from whence import hooks as known  # noqa: PLC0415  as above

    known.uninstall(*hooks)


def flush(timeout_s: float = 5.0) -> FlushResult | None:
    """Wait until everything told so far has reached every sink, at most so long; None when collection is off."""
    collector = _active.active()
    return None if collector is None else collector.flush(timeout_s)


def shutdown(timeout_s: float | None = None) -> bool:
    """Send what can be sent in the time (the setting `exit_timeout_s` by default) and stop collecting.

    False when something is left in the spool, for the next process to send. `configure` begins anew.
    """
    return _active.shutdown(timeout_s)
