"""What a run did with files and objects, as datasets: which were read and written, how many, how large, which rows.

`Run.touch` writes an entry an object on the host's thread; here, at the end of the run or in the background, path rules
make datasets of them (`paths`). Bounded: of objects only sums and a bounded set of hashes stay, and beyond
`MAX_DATASETS` names are cut to folders until there are few enough. It must not look at files or ask a store.
"""

from __future__ import annotations

from whence._datasets.given import read_fields
from whence._datasets.paths import PathRules, folder_of
from whence._runs.run import FACETS, FIELDS, GONE, MOVED, PARTS, ROWS, SIZE, SOURCES, WEAK
from whence.model import DatasetId

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from whence.model import Field

    Place = tuple[str, str]  # namespace and name of a dataset
    Key = tuple[str, str, str]  # direction, namespace, name
    Touches = Mapping[Key, list[Any]]  # what `Run.touch` wrote down

MAX_DATASETS = 1000
"""Datasets that one run may tell of, in each direction."""
_MAX_SEEN = 20_000


class ObjectUse:
    """One dataset as a run used it through its objects."""

    __slots__ = ("facets", "fields", "files", "gone", "is_weak", "passed", "rows", "size", "sources", "whole")

    def __init__(self) -> None:
        self.files = 0  # objects that were read or written
        self.gone = 0  # objects that were deleted
        self.whole = True  # the dataset is one object, not a table of them
        self.size: int | None = 0  # None: not known of each object
        self.rows: int | None = 0
        self.fields: list[Field] = []
        self.facets: dict[str, Any] = {}
        self.is_weak = True  # it was only looked at
        self.sources: dict[Place, None] = {}  # datasets whose objects were copied here
        self.passed = False  # something passed through the program itself, not only from store to store

    def add(self, entry: list[Any], *, is_new: bool, is_file: bool) -> None:
        """Add one object; of one that was counted before only what is said of the whole dataset."""
        self.is_weak = self.is_weak and entry[WEAK]
        if entry[FACETS]:
            self.facets.update(entry[FACETS])
        if not is_new:
            return
        if entry[GONE]:
            self.gone += 1
        elif not entry[WEAK]:
            self.files += is_file
            self.size = _sum(self.size, max(entry[SIZE], entry[PARTS]))
            self.rows = _sum(self.rows, entry[ROWS])

    def merge(self, other: ObjectUse) -> None:
        """Add what is known of another dataset that is now the same."""
        self.files += other.files
        self.gone += other.gone
        self.whole = False
        self.size = None if self.size is None or other.size is None else self.size + other.size
        self.rows = None if self.rows is None or other.rows is None else self.rows + other.rows
        self.fields = max(self.fields, other.fields, key=len)
        self.facets.update(other.facets)
        self.is_weak = self.is_weak and other.is_weak
        self.sources.update(other.sources)
        self.passed = self.passed or other.passed


def _sum(known: int | None, more: int) -> int | None:
    """Add a number to a sum; one below zero is not known, and then the sum is not."""
    return None if known is None or more < 0 else known + more


class RunObjects:
    """The datasets that a run's objects belong to. Fed batch by batch, by one thread at a time."""

    def __init__(self, rules: PathRules) -> None:
        self._rules = rules
        self._seen: set[int] = set()
        self._depth = 0  # above 0: names are cut to so many parts, there were too many
        self.failures = 0
        self.inputs: dict[Place, ObjectUse] = {}
        self.outputs: dict[Place, ObjectUse] = {}

    def add(self, touches: Touches) -> RunObjects:
        """Add what a run touched. What cannot be understood is counted in `failures` and costs nothing else."""
        for (direction, namespace, name), entry in list(touches.items()):
            try:
                self._add(direction, namespace, name, entry)
            except Exception:  # noqa: BLE001  border: a hook said something that is no file or object
                self.failures += 1
        return self

    def _add(self, direction: str, namespace: str, name: str, entry: list[Any]) -> None:
        fields = read_fields(entry[FIELDS]) if entry[FIELDS] else []
        DatasetId(namespace, name)  # refuses what can be no name
        uses = self.inputs if direction == "input" else self.outputs
        use = self._use(uses, namespace, name)
        mark = hash((direction, namespace, name))
        is_new = mark not in self._seen
        if is_new and len(self._seen) < _MAX_SEEN:
            self._seen.add(mark)
        use.fields = max(use.fields, fields, key=len)
        use.add(entry, is_new=is_new, is_file=not name.endswith("/") and "*" not in name)
        use.sources.update((self._place(*source), None) for source in entry[SOURCES] or ())
        if not entry[MOVED] and not entry[GONE]:
            use.passed = True

    def _place(self, namespace: str, name: str) -> Place:
        place = self._rules.dataset(namespace, name)
        if self._depth:
            return place[0], folder_of(place[1], self._depth)
        return place

    def _use(self, uses: dict[Place, ObjectUse], namespace: str, name: str) -> ObjectUse:
        place = self._place(namespace, name)
        use = uses.get(place)
        if use is None:
            if len(uses) >= MAX_DATASETS:
                self._coarsen(uses)
                place = self._place(namespace, name)
            use = uses.get(place) or uses.setdefault(place, ObjectUse())
        use.whole = use.whole and place == (namespace, name)
        return use

    def _coarsen(self, uses: dict[Place, ObjectUse]) -> None:
        """Cut the names of all datasets by one folder and another, until there is room for more."""
        self._depth = self._depth or max(name.count("/") for _, name in uses) + 1
        while len(uses) > MAX_DATASETS // 2 and self._depth > 1:
            self._depth -= 1
            known = list(uses.items())
            uses.clear()
            for (namespace, name), use in known:
                place = namespace, folder_of(name, self._depth)
                if place in uses:
                    uses[place].merge(use)
                else:
                    uses[place] = use
                    use.whole = use.whole and place[1] == name
