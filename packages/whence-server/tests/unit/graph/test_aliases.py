from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence_server.graph.aliases import Member, canonical_of

MEMBERS = [Member(only_named=bool(i % 3), namespace=f"n{i % 2}", name=f"d{i}", id=i) for i in range(8)]


def test_used_datasets_stand_for_others_then_the_least_name():
    found = canonical_of(MEMBERS[:4], [(1, 2), (2, 3)])
    assert found == {0: 0, 1: 3, 2: 3, 3: 3}


def test_unknown_ends_are_passed_over():
    assert canonical_of(MEMBERS[:1], [(0, 99)]) == {0: 0}


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7))), st.randoms())
def test_order_does_not_matter_and_components_agree(aliases, random):
    found = canonical_of(MEMBERS, aliases)
    shuffled = aliases[:]
    random.shuffle(shuffled)
    assert canonical_of(MEMBERS, [pair[::-1] for pair in shuffled]) == found
    by_id = {member.id: member for member in MEMBERS}
    for one, other in aliases:
        assert found[one] == found[other]
    for each, canonical in found.items():
        assert by_id[canonical] <= by_id[each]
