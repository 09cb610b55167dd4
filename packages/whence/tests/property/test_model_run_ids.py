"""Run ids: canonical whatever their spelling, rising whatever the clock does."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from whence.model import canonical_run_id, is_uuid, named_uuid
from whence.model._uuid7 import RunIds, run_id_time_us


@given(st.uuids(), st.sampled_from([str, lambda u: str(u).upper(), lambda u: u.hex, lambda u: u.urn, "{{{}}}".format]))
def test_every_spelling_is_the_same_run(value, spell):
    assert canonical_run_id(spell(value))[0] == str(value)


@given(st.text(max_size=40))
def test_any_text_leads_to_one_uuid(text):
    run_id, was_uuid = canonical_run_id(text)
    assert is_uuid(run_id)
    assert canonical_run_id(text) == (run_id, was_uuid)
    assert was_uuid == (text.lower() == run_id)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_different_parts_make_different_ids(some, others):
    assert (named_uuid(*some) == named_uuid(*others)) == (some == others)


@given(st.lists(st.integers(0, 2**47), min_size=1, max_size=50))
def test_ids_rise_whatever_the_clock_does(clock):
    source = RunIds()
    ids = [source.new(millis) for millis in clock]
    assert ids == sorted(set(ids))
    assert run_id_time_us(ids[0]) == clock[0] * 1000
    assert all(uuid.UUID(run_id).version == 7 for run_id in ids)
