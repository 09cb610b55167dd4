"""Putting wrappers in the place of a library's functions, and taking them out again without hurting anybody.

A wrapper is a plain closure made around the original. Taken out, the original is back; where somebody else has wrapped
ours meanwhile it stays, switched off, because putting the original back would take theirs away too. It must not import
the libraries.
"""

from __future__ import annotations

import sys
from functools import WRAPPER_ASSIGNMENTS

from whence._capture.active import active

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MAX_FAILURES = 20
_NO_LINE = 1_000_000
_MISSING: Any = object()


class Patches:
    """The wrappers of one hook. `is_on` is what each of them asks first.

    With `blends` a wrapper's frame counts as the library's own: pandas and polars look for the first frame outside of
    their folders to say where a warning comes from, and that must be the host's line.
    """

    def __init__(self, hook: str, *, blends: bool = False) -> None:
        self.hook = hook
        self._blends = blends
        self.is_on = False
        self.failures = 0
        self._held: dict[tuple[int, str], tuple[Any, str, Any, Any]] = {}  # -> owner, name, what it had, ours

    def switch_on(self) -> None:
        """Let the wrappers work; call it before `put`."""
        self.is_on = True
        self.failures = 0

    def put(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace `owner.name` by `make(original)`. Without such an attribute, or with ours in place, nothing."""
        original = getattr(owner, name, None)
        if original is None or (id(owner), name) in self._held:
            return
        self._replace(owner, name, self._wrapper(original, make))

    def put_everywhere(self, package: str, name: str, make: Callable[[Any], Any]) -> None:
        """Replace `package.name` by one wrapper, there and in every module of the package that has it as well."""
        owner = sys.modules[package]
        original = getattr(owner, name, None)
        if original is None or (id(owner), name) in self._held:
            return
        wrapper = self._wrapper(original, make)
        start = package + "."
        for module_name, module in list(sys.modules.items()):
            if (module is owner or module_name.startswith(start)) and vars(module).get(name) is original:
                self._replace(module, name, wrapper)

    def _wrapper(self, original: Any, make: Callable[[Any], Any]) -> Any:
        wrapper = make(original)
        code = getattr(original, "__code__", None)
        if (
            self._blends and code is not None
        ):  # the line is beyond the file's last, so that a traceback shows no other's
            wrapper.__code__ = wrapper.__code__.replace(co_filename=code.co_filename, co_firstlineno=_NO_LINE)
        dress(wrapper, original)
        return wrapper

    def _replace(self, owner: Any, name: str, wrapper: Any) -> None:
        before = _own(owner).get(name, _MISSING)
        try:
            setattr(owner, name, wrapper)
        except (AttributeError, TypeError):
            return  # a type of C: out of reach
        self._held[id(owner), name] = owner, name, before, wrapper

    def take_out(self) -> None:
        """Put the originals back. Repeating it has no effect."""
        self.is_on = False
        for key, (owner, name, before, wrapper) in list(self._held.items()):
            if _own(owner).get(name) is not wrapper:
                continue
            del self._held[key]
            if before is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

    def failed(self, failure: Exception) -> None:
        """Count a failure of ours; say it once; after too many switch off."""
        self.failures += 1
        if self.failures >= _MAX_FAILURES:
            self.is_on = False
        self.say(f"the {self.hook} hook failed and may miss data: {type(failure).__name__}")

    def say(self, text: str) -> None:
        """Log something once, from the background."""
        try:
            collector = active()
            if collector is not None:
                collector.say(text, text)
        except Exception:  # noqa: BLE001  border: not even this may reach the host
            return


def _own(owner: Any) -> Any:
    """Return the attributes of a module or class that are not inherited."""
    return owner.__dict__


def dress(wrapper: Any, original: Any) -> None:
    """Give a wrapper the name, the documentation and the signature of what it wraps."""
    for name in WRAPPER_ASSIGNMENTS:
        value = getattr(original, name, _MISSING)
        if value is not _MISSING:
            try:
                setattr(wrapper, name, value)
            except (AttributeError, TypeError):
                continue
    wrapper.__wrapped__ = original
