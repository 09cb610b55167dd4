"""Installing the hooks, under the names of aileron-meta-collector. Twice is once; absent libraries are hooked later."""

from __future__ import annotations

import whence
from whence.aileron import config

__all__ = ["install", "install_all_hooks"]


def install_all_hooks(env: str | None = None) -> None:
    """Watch every library that Whence knows. `env` is that of DataHub's URNs; by default what the settings say."""
    install((), env)


def install(wanted: tuple[str, ...], env: str | None) -> None:
    """Install those of these hooks that there are, all without a name, and take the environment of URNs."""
    config.use_env(env)
    if config.is_switched_off():
        return
    from whence.hooks import BUILTIN  # noqa: PLC0415  a process pays for it when it installs a hook

    try:
        if not wanted or BUILTIN.keys() & set(wanted):
            whence.install(*(name for name in wanted if name in BUILTIN))
    except Exception as failure:  # noqa: BLE001  border: the original never raises here
        config.say("install", f"a hook could not be installed: {failure}")
