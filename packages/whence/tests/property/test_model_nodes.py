"""Node ids: what was written is among the readings, and escaped parts have one reading."""

from hypothesis import given
from hypothesis import strategies as st

from whence.errors import NamingError
from whence.model import (
    dataset_node_id,
    escape_node_part,
    field_node_id,
    job_node_id,
    parse_node_id,
    split_candidates,
    unescape_node_part,
)

PARTS = st.text(st.sampled_from("ab:/.%#3A2") | st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=15)


@given(PARTS, PARTS)
def test_what_was_written_is_a_candidate(namespace, name):
    # a part that itself ends in colons can still be read, since splits inside it are candidates too
    assert ("dataset", namespace, name) in split_candidates(dataset_node_id(namespace, name))


@given(PARTS, PARTS, PARTS)
def test_a_field_is_a_candidate(namespace, name, field):
    wanted = ("datasetField", namespace, name, field)
    assert wanted in split_candidates(field_node_id(namespace, name, field))


@given(PARTS, PARTS)
def test_escaped_parts_have_one_reading(namespace, name):
    node_id = job_node_id(escape_node_part(namespace), escape_node_part(name))
    parsed = parse_node_id(node_id)
    assert (parsed.namespace, parsed.name) == (namespace, name)
    assert {candidate[1:] for candidate in split_candidates(node_id)} <= {
        (namespace, name),
        (escape_node_part(namespace), escape_node_part(name)),
    }


@given(PARTS)
def test_escaping_is_reversible(part):
    assert unescape_node_part(escape_node_part(part)) == part


@given(st.text(st.sampled_from("dataset:jobFieldrun#%/ ") | st.characters(), max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        candidates = split_candidates(text)
    except NamingError:
        return
    assert candidates
    assert all(all(part for part in candidate[2:]) for candidate in candidates)
    assert len(candidates) == len(set(candidates))
    assert str(parse_node_id(text))
