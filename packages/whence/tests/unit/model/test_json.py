import pytest

from whence.model._json import copy_json, is_array, is_object, json_type


def test_tells_objects_and_arrays():
    assert is_object({})
    assert not is_object([])
    assert is_array([])
    assert not is_array("text")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        ("", "a string"),
        ([], "an array"),
        ({}, "an object"),
        ((), "tuple"),
    ],
)
def test_names_types_as_json_does(value, name):
    assert json_type(value) == name


def test_copy_shares_nothing_that_can_change():
    original = {"b": [1, {"c": []}], "a": {"d": "x"}}
    copied = copy_json(original)
    assert copied == original
    assert list(copied) == ["b", "a"]
    copied["b"][1]["c"].append(1)
    copied["a"]["d"] = "y"
    assert original == {"b": [1, {"c": []}], "a": {"d": "x"}}


def test_copy_of_a_scalar():
    assert copy_json("x") == "x"
    assert copy_json(None) is None


def test_copy_goes_deeper_than_the_stack():
    deep: list = []
    inner = deep
    for _ in range(100_000):
        inner.append([])
        inner = inner[0]
    copied = copy_json(deep)
    depth = 0
    while copied:
        copied = copied[0]
        depth += 1
    assert depth == 100_000
    while deep:  # take it apart, or freeing it would recurse
        deep = deep.pop()
