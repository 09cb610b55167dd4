import copy
import pickle

import pytest

from whence.model import DatasetId, EventWarning, JobId, NodeId
from whence.model._platforms import PLATFORMS
from whence.model._record import Record, put


class Pair(Record):
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        put(self, "left", left)
        put(self, "right", right)


class Other(Pair):
    __slots__ = ()


def test_equal_when_class_and_slots_are():
    assert Pair(1, 2) == Pair(1, 2)
    assert Pair(1, 2) != Pair(2, 1)
    assert Pair(1, 2) != (1, 2)
    assert DatasetId("a", "b") != JobId("a", "b")
    assert len({DatasetId("a", "b"), DatasetId("a", "b"), JobId("a", "b")}) == 2


def test_hash_and_repr_follow_the_slots():
    assert hash(Pair(1, 2)) == hash(Pair(1, 2))
    assert repr(Pair(1, "x")) == "Pair(left=1, right='x')"


def test_frozen():
    pair = Pair(1, 2)
    with pytest.raises(AttributeError, match="Pair is frozen: 'left' cannot be set"):
        pair.left = 3
    with pytest.raises(AttributeError, match="'right' cannot be deleted"):
        del pair.right
    with pytest.raises(AttributeError):
        pair.new = 1
    assert pair == Pair(1, 2)


@pytest.mark.parametrize(
    "value",
    [
        Pair(1, [2]),
        DatasetId("ns", "n"),
        EventWarning("code", "$", "message"),
        NodeId("datasetField", "ns", "n", "f", "v"),
        PLATFORMS["athena"],
        PLATFORMS["mysql"].dialect,
    ],
)
def test_pickles_and_copies(value):
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.copy(value) == value
