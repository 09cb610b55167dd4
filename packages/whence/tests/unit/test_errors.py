import inspect
import pickle

import pytest

from whence import errors
from whence.errors import (
    BrokenPluginError,
    ConfigError,
    EventError,
    MissingExtraError,
    NamingError,
    PluginError,
    SinkError,
    SpoolError,
    UnknownPluginError,
    WhenceError,
    shown,
)

ONE_OF_EACH = [
    WhenceError("said"),
    EventError("$.job", {"a": 1}, "said"),
    NamingError("x", "said"),
    ConfigError("sinks", "x", "said"),
    SpoolError("/spool", "said"),
    SinkError("openlineage", "said"),
    PluginError("sink", "x", "said"),
    MissingExtraError("sink", "kafka", "kafka"),
    BrokenPluginError("sink", "x", "said"),
    UnknownPluginError("sink", "x", ("console", "file")),
]


def test_every_error_is_here_and_one_of_ours():
    classes = {cls for _, cls in inspect.getmembers(errors, inspect.isclass)}
    assert {type(error) for error in ONE_OF_EACH} == classes
    assert all(issubclass(cls, WhenceError) for cls in classes)
    assert all(cls.__name__ in errors.__doc__ for cls in classes)


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_pickles_whole(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)
    assert error.message in str(error)


def test_messages_say_what_to_do():
    assert str(EventError("$.job", None, "is missing")) == "$.job: is missing"
    assert (
        str(MissingExtraError("sink", "s", "kafka"))
        == "sink 's' needs the extra 'kafka': run pip install 'whence[kafka]'"
    )
    assert str(UnknownPluginError("sink", "s", ("console", "file"))) == "sink 's' is unknown; known: console, file"
    assert str(UnknownPluginError("sink", "s", ())) == "sink 's' is unknown; known: none"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("short", "'short'"),
        ("x" * 100, repr("x" * 80) + "..."),
        (b"x" * 100, repr(b"x" * 80) + "..."),
        ({"a": "SECRET"}, "an object"),
        ([1], "an array"),
        (None, "None"),
        (10**100, "1" + "0" * 79 + "..."),
    ],
)
def test_values_are_shown_short(value, text):
    assert shown(value) == text
