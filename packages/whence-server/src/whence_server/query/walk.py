"""The walk: breadth first over datasets and jobs, one hop at a time, within a budget.

Pure but for the reader it is given: frontier in, neighbours out. A hop leads from dataset to dataset; passing through
a job counts one, and the job has the distance of the dataset it leads to. Explicit sources restrict the way through a
job: that is decided by what `steps` returns, never here. Hidden nodes stop the walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whence_server.query.limits import Budget
    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import Direction, Step

CHUNK = 500  # steps: rows of nodes are read for so many at a time, so that none are read far beyond the budget


class Walker:
    """One walk in one direction.

    `distances` maps node -> hops, in the order in which nodes were reached; `through` maps a node to the step that
    first reached it; `steps` holds every step between nodes that were reached.
    """

    __slots__ = ("_book", "_budget", "_frontier", "_reader", "direction", "distances", "hop", "steps", "through")

    def __init__(self, reader: Reader, book: NodeBook, budget: Budget, direction: Direction) -> None:
        self._reader = reader
        self._book = book
        self._budget = budget
        self._frontier: list[int] = []
        self.direction: Direction = direction
        self.hop = 0
        self.distances: dict[int, int] = {}
        self.through: dict[int, Step] = {}
        self.steps: list[Step] = []

    def start(self, nodes: Iterable[int]) -> Walker:
        """Begin at these nodes, distance 0. They cost nothing: the caller has spent them."""
        self._frontier = list(nodes)
        self.distances = dict.fromkeys(self._frontier, 0)
        return self

    @property
    def is_done(self) -> bool:
        """Tell whether there is nowhere left to go."""
        return not self._frontier

    @property
    def frontier_size(self) -> int:
        """Return how many nodes the next hop starts from."""
        return len(self._frontier)

    def advance(self, known: Sequence[dict[int, int]] = ()) -> list[int]:
        """Walk one hop and return the nodes where the next begins.

        Nodes in `known` (of walks that share the budget) cost nothing.
        """
        self.hop += 1
        if not self._budget.is_in_time(self.hop):
            self._frontier = []
            return []
        steps = self._reader.steps(self._frontier, self.direction, self._budget.row_limit)
        self._budget.note_rows(len(steps), self.hop)
        reached: list[int] = []
        for start in range(0, len(steps), CHUNK):
            some = steps[start : start + CHUNK]
            self._book.load(self._ends(some))
            reached += self._reach(some, known)
            if self._budget.is_exhausted:
                break
        self._frontier = [] if self._budget.is_exhausted else reached
        return reached

    def finish(self, depth: int) -> Walker:
        """Walk until `depth` hops are done or nothing is left."""
        while not self.is_done and self.hop < depth:
            self.advance()
        return self

    def _ends(self, steps: list[Step]) -> set[int]:
        ends = {step.far for step in steps}
        ends.update(-step.job_id for step in steps)
        return ends - self.distances.keys()

    def _reach(self, steps: list[Step], known: Sequence[dict[int, int]]) -> list[int]:
        reached: list[int] = []
        for step in steps:
            if step.job_id and not self._enter(-step.job_id, step, known):
                continue
            far = step.far
            if far and far not in self.distances and self._enter(far, step, known):
                reached.append(far)
            if not far or far in self.distances:
                self.steps.append(step)
        return reached

    def _enter(self, node: int, step: Step, known: Sequence[dict[int, int]]) -> bool:
        """Note that a node was reached; False when it is hidden or the budget is spent."""
        if node in self.distances:
            return True
        if not self._book.is_shown(node):
            return False
        if not any(node in walked for walked in known) and not self._budget.take_node(self.hop):
            return False
        self.distances[node] = self.hop
        self.through[node] = step
        return True


def chain(step: Step, direction: Direction) -> list[int]:
    """Return the nodes of a step in the direction of the data: origin, job, destination, those that it has."""
    nodes = [step.near] if step.job_id in {0, -step.near} else [step.near, -step.job_id]
    if step.far:
        nodes.append(step.far)
    return nodes if direction == "down" else nodes[::-1]
