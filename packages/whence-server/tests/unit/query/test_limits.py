from __future__ import annotations

from whence_server.query.limits import MIN_ROWS, Limits


class Clock:
    """A clock that is told the time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nodes_are_spent_one_by_one():
    budget = Limits(max_nodes=2, time_limit_s=1).budget()
    assert [budget.take_node(hop) for hop in (0, 3, 7)] == [True, True, False]
    assert budget.reason == "node cap 2 reached at hop 7"
    assert budget.is_exhausted
    assert budget.nodes_left == 0


def test_time_runs_out():
    clock = Clock()
    budget = Limits(max_nodes=2, time_limit_s=1.5).budget(clock)
    clock.now += 1.4
    assert budget.is_in_time(3)
    clock.now += 0.2
    assert not budget.is_in_time(4)
    assert budget.reason == "time cap 1.5 s reached at hop 4"


def test_the_first_bound_reached_is_the_one_told():
    budget = Limits(max_nodes=0, time_limit_s=0).budget()
    budget.take_node(1)
    budget.is_in_time(2)
    budget.note_rows(10**6, 3)
    assert budget.reason == "node cap 0 reached at hop 1"


def test_a_step_that_returned_as_many_rows_as_asked_for_was_cut():
    budget = Limits(max_nodes=10, time_limit_s=1).budget()
    assert budget.row_limit == MIN_ROWS
    budget.note_rows(MIN_ROWS - 1, 1)
    assert budget.reason is None
    budget.note_rows(MIN_ROWS, 2)
    assert budget.reason == f"edge cap {MIN_ROWS} reached at hop 2"
