"""Warnings that arise while facets are read: kept with the event, so that they can be read back.

Bounded per event: a broken facet of 10,000 fields must not make 10,000 warnings.
"""

from __future__ import annotations

from typing import Final

from whence.errors import shown

MAX_NOTES: Final = 20

MALFORMED: Final = "facet_malformed"
IGNORED: Final = "facet_ignored"
MORE: Final = "more_warnings"


class Notes:
    """Collects warnings of one event; after MAX_NOTES it only counts."""

    __slots__ = ("_left_out", "_notes")

    def __init__(self) -> None:
        self._notes: list[dict[str, str]] = []
        self._left_out = 0

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self._notes) + self._left_out

    def malformed(self, path: str, value: object, expected: str) -> None:
        """Note that a part of a facet is not what its schema says; it is kept there and left out of the graph."""
        found = "missing" if value is None else f"{shown(value)}"
        self.add(MALFORMED, path, f"{expected} expected, found {found}; this part is kept and left out of the graph")

    def add(self, code: str, path: str, message: str) -> None:
        """Note a warning."""
        if len(self._notes) < MAX_NOTES:
            self._notes.append({"code": code, "path": path, "message": message})
        else:
            self._left_out += 1

    def to_json(self) -> list[dict[str, str]]:
        """Return the warnings in the shape that whence.model's warnings have."""
        if not self._left_out:
            return self._notes
        message = f"{self._left_out} more warnings about this event's facets were left out"
        return [*self._notes, {"code": MORE, "path": "$", "message": message}]
