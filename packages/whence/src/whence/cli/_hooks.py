"""Which hooks a program on this machine could install, and if not, why.

Must not: import a hooked library, which may be heavy or have effects; that it could be imported is enough.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from whence._plugins import load_plugin
from whence.cli._command import version_of
from whence.errors import PluginError
from whence.hooks import BUILTIN, GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whence.hooks import Hook


class HookState(NamedTuple):
    """A hook, the library it watches, that library's version here, and whether the hook could be installed."""

    name: str
    library: str
    version: str | None
    is_possible: bool
    detail: str


def hook_states() -> Iterator[HookState]:
    """Look at each built-in hook, then at those that other distributions bring."""
    for name in dict.fromkeys([*BUILTIN, *sorted(point.name for point in entry_points(group=GROUP))]):
        try:
            hook: Hook = load_plugin(GROUP, name, BUILTIN)
        except PluginError as fault:
            yield HookState(name, "", None, is_possible=False, detail=str(fault))
            continue
        library = hook.requires.partition(".")[0]
        if find_spec(library) is None:
            yield HookState(name, library, None, is_possible=False, detail="the library is not installed")
        else:
            how = f"possible with whence.install({name!r})"
            yield HookState(name, library, version_of(library), is_possible=True, detail=how)
