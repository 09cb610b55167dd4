"""Which datasets are one: components of the alias relation, and the member that stands for each.

Aliases are kept as said (this dataset is also that one) and components are worked out from what is said *now*: so two
datasets merge when a symlink arrives late, and part again when the winning facet no longer names it. Nothing is ever
rewritten to the canonical dataset's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Member(NamedTuple):
    """A dataset as the choice of the canonical one sees it; members compare by it."""

    only_named: bool  # no event uses it; only a symlink names it
    namespace: str
    name: str
    id: int


def canonical_of(members: Iterable[Member], aliases: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the canonical dataset of each member: the least of its component, those that events use before others."""
    by_id = {member.id: member for member in members}
    parent = {identifier: identifier for identifier in by_id}

    def root(identifier: int) -> int:
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier

    for one, other in aliases:
        if one in parent and other in parent:
            first, second = sorted((root(one), root(other)), key=by_id.__getitem__)
            parent[second] = first
    return {identifier: root(identifier) for identifier in by_id}
