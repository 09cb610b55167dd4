"""What hooks write down, apart from any library: bounds, and commits that are refused."""

from __future__ import annotations

from _weakref import ref

import pytest

from whence._runs.ledger import Link, Tally


class _Run:
    """A run that keeps what is handed to it."""

    settles_now = False

    def __init__(self):
        self.handed = []

    def hand_over(self, _source, layer, *, settled=True):
        self.handed += [text for text in layer if settled]


@pytest.fixture
def run():
    return _Run()


class Held(Tally):
    """A tally that keeps its link alive."""


@pytest.fixture
def tally(run):
    link = Link(None, None)
    made = Held(run, None, ref(link), 0)
    made.keeps = link
    return made


def _held(tally):
    return sum(len(text) for layer in (*tally.layers, tally.done, tally.undone) for text in layer)


def test_many_short_statements_of_one_transaction_are_bounded(tally):
    for number in range(3000):
        tally.open(f"insert into t values ({number})", 1, None)
        tally.open("select 1", 1, None)
    assert tally.dropped == 3000 - 2047
    assert tally.layers[0]["select 1"][0] == 3000


def test_long_statements_of_one_transaction_are_bounded(tally):
    for number in range(300):
        tally.open(f"insert into t values ({number}, '{'x' * 100_000}')", 1, None)
    assert tally.dropped > 200
    assert _held(tally) <= 8 * 1024 * 1024
    tally.open("select 1", 1, None)
    assert "select 1" in tally.layers[0]


def test_long_statements_are_bounded_over_many_transactions(tally, run):
    for number in range(300):
        tally.open(f"insert into t values ({number}, '{'x' * 300_000}')", 1, None)
        if number % 2:
            tally.commit()
        else:
            tally.rollback()
        assert _held(tally) <= 1024 * 1024
    assert len(run.handed) == 149  # the last commit is held: it may be refused
    assert tally.dropped == 150


def test_commit_that_is_refused_hands_nothing_over_however_much_it_was(tally, run):
    for number in range(1000):
        tally.open(f"insert into t{number} values (1)", 1, None)
    tally.open("insert into long values ('" + "x" * 500_000 + "')", 1, None)
    tally.commit()
    tally.take_back()
    tally.open("insert into kept values (1)", 1, None)
    tally.commit()
    tally.commit()
    assert run.handed == []
    assert list(tally.done) == ["insert into kept values (1)"]


def test_commit_after_the_run_is_handed_over_at_once(tally, run):
    run.settles_now = True
    tally.open("insert into t values (1)", 1, None)
    tally.commit()
    assert run.handed == ["insert into t values (1)"]
