from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence_server.graph.states import stamps_from_json, stamps_to_json

STAMPS = st.dictionaries(st.text(), st.tuples(st.binary(min_size=20, max_size=20), st.text("0123456789abcdef")))


@given(STAMPS)
def test_stamps_read_back(stamps):
    assert stamps_from_json(stamps_to_json(stamps)) == stamps


def test_no_stamps():
    assert stamps_from_json(None) == stamps_from_json(b"{}") == {}
