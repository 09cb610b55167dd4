import pytest

from whence.errors import NamingError
from whence.model import DatasetId, JobId
from whence.model._identity import name_fault


def test_keeps_both_parts_as_given():
    name = DatasetId("postgres://DB:5432", " shop.public.Orders ")
    assert (name.namespace, name.name) == ("postgres://DB:5432", " shop.public.Orders ")


def test_repr_can_be_typed_in():
    assert repr(DatasetId("ns", "n")) == "DatasetId('ns', 'n')"
    assert eval(repr(JobId("ns", "n"))) == JobId("ns", "n")


def test_sorts_by_namespace_then_name():
    assert sorted([JobId("b", "a"), JobId("a", "z"), JobId("a", "b")]) == [
        JobId("a", "b"),
        JobId("a", "z"),
        JobId("b", "a"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("orders", ""),
        ("주문 🧾", ""),
        ("", "must not be empty"),
        ("a\0b", "must not hold a NUL character"),
        ("\ud800", "must be Unicode text without lone surrogates"),
        (None, "must be a string, not null"),
        (5, "must be a string, not a number"),
        (["x"], "must be a string, not an array"),
    ],
)
def test_name_fault(text, fault):
    assert name_fault(text) == fault


def test_refuses_what_cannot_be_a_name():
    with pytest.raises(NamingError, match="namespace '' must not be empty"):
        DatasetId("", "n")
    with pytest.raises(NamingError, match=r"name 'a.x00' must not hold a NUL") as caught:
        JobId("ns", "a\0")
    assert caught.value.value == "a\0"
