"""What a hook remembers of a library's objects: by identity, without keeping them alive, without asking their hash."""

from __future__ import annotations

from weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Remembered:
    """Notes on objects that live elsewhere. An object that takes no weak reference is not remembered."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Any, Any]] = {}

    def put(self, thing: Any, value: Any) -> None:
        """Remember a value; one known before is replaced."""
        key = id(thing)
        held = self._held

        def forget(gone: Any) -> None:
            known = held.get(key)
            if known is not None and known[0] is gone:
                del held[key]

        try:
            held[key] = ref(thing, forget), value
        except TypeError:
            return

    def get(self, thing: Any) -> Any:
        """Return what is known of an object."""
        known = self._held.get(id(thing)) if self._held else None
        return known[1] if known is not None and known[0]() is thing else None

    def pop(self, thing: Any) -> Any:
        """Return what is known of an object, and forget it."""
        value = self.get(thing)
        if value is not None:
            self._held.pop(id(thing), None)
        return value

    def __len__(self) -> int:
        return len(self._held)
