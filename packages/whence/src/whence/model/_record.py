"""The base of every value object of the model: frozen, slotted, compared by value.

Written by hand because `dataclasses` alone adds 10 ms to an import (it loads `inspect`), a quarter of what `import
whence` may cost. It must not grow features that dataclasses have and nobody here needs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

put = object.__setattr__  # how a constructor fills a frozen object


class Record:
    """A value: equal when class and slots are equal. Subclasses fill their slots with `put`."""

    __slots__ = ()

    def _slots(self) -> list[str]:
        return [slot for base in type(self).__mro__ for slot in getattr(base, "__slots__", ())]

    def _values(self) -> tuple[Any, ...]:
        """Return what makes the value; override it where the order of the slots is not the natural one."""
        return tuple(getattr(self, slot) for slot in self._slots())

    def __setattr__(self, slot: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {slot!r} cannot be set, make a new one")

    def __delattr__(self, slot: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {slot!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record) and type(self) is type(other):
            return self._values() == other._values()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        body = ", ".join(f"{slot}={getattr(self, slot)!r}" for slot in self._slots())
        return f"{type(self).__name__}({body})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), {slot: getattr(self, slot) for slot in self._slots()})


def _restore(cls: type[Record], slots: dict[str, Any]) -> Record:
    """Undo pickling, past the constructor: what was pickled was checked when it was made."""
    record = object.__new__(cls)
    for slot, value in slots.items():
        put(record, slot, value)
    return record
