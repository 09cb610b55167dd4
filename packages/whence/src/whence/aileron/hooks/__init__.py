"""Installing the hooks, under the names of aileron-meta-collector. Twice is once; absent libraries are hooked later."""

from __future__ import annotations

import whence
from whence.aileron import config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install", "install_all_hooks"]


def install_all_hooks(env: str | None = None) -> None:
    """Watch every library that Whence knows. `env` is that of DataHub's URNs; by default what the settings say.

    Airflow is not watched: as with the original, jobs are those that the program names.
    """
    install(lambda name: not name.startswith("airflow"), env)


def install(is_wanted: Callable[[str], bool], env: str | None) -> None:
    """Install the wanted hooks and take the environment of URNs."""
    config.use_env(env)
    if config.is_switched_off():
        return
    from whence.hooks import BUILTIN  # noqa: PLC0415  a process pays for it when it installs a hook

    try:
        whence.install(*filter(is_wanted, BUILTIN))
    except Exception as failure:  # noqa: BLE001  border: the original never raises here
        config.say("install", f"a hook could not be installed: {failure}")
