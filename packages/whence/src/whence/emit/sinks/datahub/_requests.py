"""Which events go in one request: as many as the limits allow, and none that changes an aspect in another way.

Events are put on levels, sent one after another: an event that changes an aspect in another way than one before it
comes a level later, so that each request changes an aspect in one way only (`_proposals.py` says why). A CREATE of what
an event before it creates, patches or writes is left out.

Must not: send an event of a run before one that came earlier: they share aspects, so that levels keep their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whence.emit.sinks.datahub._proposals import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from whence.emit.sinks.datahub._proposals import Proposal

MAX_PROPOSALS = 200  # both limits are the official client's
MAX_BYTES = 15 << 20
_ENVELOPE = 64


class Unit(NamedTuple):
    """An event's number in the batch, and what it changes."""

    number: int
    proposals: list[Proposal]


def packed(units: Iterable[Unit]) -> list[list[Unit]]:
    """Put events together that may go in one request; one that is larger than a request stays alone."""
    levels: list[list[Unit]] = []
    last: dict[Key, tuple[int, str]] = {}
    for unit in units:
        kept = [each for each in unit.proposals if not _is_needless(each, last)]
        level = max(
            (last[each.key][0] + (last[each.key][1] != each.change) for each in kept if each.key in last), default=0
        )
        last.update({each.key: (level, each.change) for each in kept})
        if level == len(levels):
            levels.append([])
        levels[level].append(Unit(unit.number, kept))
    return [group for level in levels for group in _filled(level)]


def _is_needless(proposal: Proposal, last: Mapping[Key, tuple[int, str]]) -> bool:
    return proposal.change == "CREATE" and proposal.key in last


def _filled(units: Iterable[Unit]) -> list[list[Unit]]:
    """Cut a level into requests that keep the limits."""
    groups: list[list[Unit]] = []
    keys = set[Key]()
    size = 0
    for unit in units:
        new, more = {each.key for each in unit.proposals}, _size(unit)
        if not groups or len(keys | new) > MAX_PROPOSALS or size + more > MAX_BYTES - _ENVELOPE:
            groups.append([])
            keys, size = set[Key](), 0
        groups[-1].append(unit)
        keys |= new
        size += more
    return groups


def _size(unit: Unit) -> int:
    return sum(len(each.body) + 1 for each in unit.proposals)


def pieces(bodies: Sequence[bytes]) -> list[list[bytes]]:
    """Cut proposals into requests that keep the limits; one that is too large for any goes alone."""
    made: list[list[bytes]] = []
    size = 0
    for body in bodies:
        if not made or len(made[-1]) == MAX_PROPOSALS or size + len(body) + 1 > MAX_BYTES - _ENVELOPE:
            made.append([])
            size = 0
        made[-1].append(body)
        size += len(body) + 1
    return made
