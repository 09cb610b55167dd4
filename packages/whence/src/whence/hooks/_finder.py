"""Being told when a module has been imported, without importing it.

A finder at the head of `sys.meta_path` that answers None for every module but the watched ones; for these it asks the
finders behind it and wraps the loader for this one import. Once nothing is watched it is gone. It must not fail an
import: trouble in a callback is swallowed.
Source: the import system of the language reference, section 5.3 to 5.5.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_watched: dict[str, list[Callable[[], None]]] = {}


class _Finder:
    """Finds nothing itself; lets others find what is watched and listens."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _watched:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """The real loader, for one import; afterwards the module has its own again."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        _tell(module.__name__)


_FINDER = _Finder()


def watch(module: str, callback: Callable[[], None]) -> None:
    """Call back once, when the module has been imported."""
    callbacks = _watched.setdefault(module, [])
    if callback not in callbacks:
        callbacks.append(callback)
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)  # type: ignore[arg-type]


def unwatch(module: str, callback: Callable[[], None]) -> None:
    """Forget a callback."""
    callbacks = _watched.get(module, [])
    if callback in callbacks:
        callbacks.remove(callback)
    if not callbacks:
        _watched.pop(module, None)
    _leave_when_idle()


def _tell(module: str) -> None:
    for callback in _watched.pop(module, []):
        try:
            callback()
        except Exception as failure:  # noqa: BLE001  border: the host's import must go on
            import logging  # noqa: PLC0415  only trouble pays for it

            logging.getLogger("whence").warning("the hook for %s could not be installed: %s", module, failure)
    _leave_when_idle()


def _leave_when_idle() -> None:
    if not _watched and _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)  # type: ignore[arg-type]
