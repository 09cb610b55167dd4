"""Loading the parts that are asked for by name: sinks, hooks, scanners, dialects, stores.

A built-in is a line in its package's static table; a third party's part is an entry point of the group, read only when
the name is not in the table. Four outcomes, never mixed up: loaded; its libraries are not installed
(`MissingExtraError` names the command); installed and broken (`BrokenPluginError`, from the cause); unknown
(`UnknownPluginError` lists the known names).

Must not: load anything at import, or know a particular part.
"""

from __future__ import annotations

from importlib import import_module

from whence.errors import BrokenPluginError, MissingExtraError, UnknownPluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Builtin:
    """One line of a table.

    Where the part is ("module:ATTRIBUTE"), which extra it needs and the top-level modules of that extra.
    """

    __slots__ = ("extra", "libraries", "target")

    def __init__(self, target: str, *, extra: str = "", libraries: tuple[str, ...] = ()) -> None:
        self.target = target
        self.extra = extra
        self.libraries = libraries


def load_plugin(group: str, name: str, builtins: Mapping[str, Builtin]) -> Any:
    """Load the part `name` of `group`: from the table, else from the installed entry points.

    Raises one of three `PluginError`s.
    """
    builtin = builtins.get(name)
    if builtin is not None:
        return _load_builtin(group, name, builtin)
    found = {entry.name: entry for entry in _entry_points(group)}
    if name not in found:
        raise UnknownPluginError(group, name, tuple(sorted({*builtins, *found})))
    try:
        return found[name].load()
    except Exception as cause:
        raise _broken(group, name, cause) from cause


def _load_builtin(group: str, name: str, builtin: Builtin) -> Any:
    module, _, attribute = builtin.target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as cause:
        if cause.name is not None and cause.name.partition(".")[0] in builtin.libraries:
            raise MissingExtraError(group, name, builtin.extra) from cause
        raise _broken(group, name, cause) from cause
    except Exception as cause:
        raise _broken(group, name, cause) from cause


def _broken(group: str, name: str, cause: Exception) -> BrokenPluginError:
    return BrokenPluginError(
        group, name, f"{group} {name!r} is installed but failed to load: {type(cause).__name__}: {cause}"
    )


def _entry_points(group: str) -> Iterable[Any]:
    return import_module("importlib.metadata").entry_points(
        group=group
    )  # 30 ms of import that only a foreign name costs
