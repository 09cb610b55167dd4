"""Events of any content: JSON both ways without loss, and no exception but EventError."""

import json

from hypothesis import given
from hypothesis import strategies as st

from whence.errors import EventError
from whence.model import Checked, check_event, event_from_json, format_event_time, is_uuid

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
# texts that mean something to the check, so that random events get past its first lines
WORDS = st.sampled_from(["", "START", "start", "x", "2026-01-01T00:00:00Z", "2026-01-01", "a\0", "\ud800"])
KEYS = st.sampled_from(
    [
        "eventTime",
        "eventType",
        "producer",
        "schemaURL",
        "run",
        "job",
        "dataset",
        "inputs",
        "outputs",
        "runId",
        "namespace",
        "name",
        "facets",
        "inputFacets",
        "outputFacets",
        "_producer",
        "_schemaURL",
    ]
)
ANY_JSON = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)
# keys that no version of the specification knows: none of them can be a word of KEYS
UNKNOWN = st.dictionaries(st.text(max_size=6).map("?{}".format), ANY_JSON, max_size=4)

NAMES = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1, max_size=12)
FACETS = st.dictionaries(st.text(max_size=12), ANY_JSON, max_size=4) | st.none()
TIMES = st.integers(-(10**15), 10**16).map(format_event_time)


def shuffled(required, optional=None):
    """Return objects with these keys and some unknown ones, in any order."""
    objects = st.fixed_dictionaries(required, optional=optional or {})
    return st.tuples(UNKNOWN, objects).flatmap(
        lambda pair: st.permutations(list({**pair[0], **pair[1]}.items())).map(dict)
    )


def parts(own=None):
    return shuffled({"namespace": NAMES, "name": NAMES}, {"facets": FACETS, **({own: FACETS} if own else {})})


BASE = {"eventTime": TIMES, "producer": st.text(max_size=8)}
WORK = {
    "schemaURL": st.text(max_size=8),
    "inputs": st.lists(parts("inputFacets"), max_size=3) | st.none(),
    "outputs": st.lists(parts("outputFacets"), max_size=3),
}
RUNS = shuffled({"runId": NAMES}, {"facets": FACETS})
EVENTS = (
    shuffled({**BASE, "run": RUNS, "job": parts()}, {**WORK, "eventType": st.text(max_size=8) | st.none()})
    | shuffled({**BASE, "job": parts()}, WORK).filter(lambda event: "run" not in event)
    | shuffled({**BASE, "dataset": parts()}).filter(lambda event: not event.keys() & {"run", "job"})
)


@given(EVENTS)
def test_events_go_through_without_loss(event):
    read = event_from_json(event)
    assert json.dumps(read.to_json()) == json.dumps(event)
    assert type(read).from_json(read.to_json()) == read


@given(EVENTS)
def test_the_check_always_tells_kind_time_and_run(event):
    checked = check_event(event)
    assert checked.kind in {"run", "job", "dataset"}
    assert format_event_time(checked.event_time) == event["eventTime"]
    assert (checked.run_id is None) == (checked.kind != "run")
    assert checked.run_id is None or is_uuid(checked.run_id)


def outcome(value):
    """Return what the check says of a value: the Checked or the EventError. Every other exception comes through."""
    try:
        return check_event(value)
    except EventError as error:
        return error


@given(ANY_JSON | st.fixed_dictionaries(BASE, optional=dict.fromkeys(["run", "job", "dataset", "inputs"], ANY_JSON)))
def test_any_json_is_checked_or_refused(value):
    said = outcome(value)
    if isinstance(said, EventError):
        assert said.path.startswith("$")
        assert str(said)
    else:
        assert isinstance(said, Checked)
        event = event_from_json(value)
        assert event.to_json() == value
        assert repr(event)


@given(EVENTS, KEYS, ANY_JSON)
def test_one_wrong_value_is_refused_or_read(event, key, value):
    event[key] = value
    assert isinstance(outcome(event), (Checked, EventError))
