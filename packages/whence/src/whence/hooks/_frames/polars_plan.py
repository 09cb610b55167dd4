"""What a lazy plan of polars reads, asked of the plan itself after it ran.

By then polars has resolved the scans and keeps the answer in the plan, so that asking again opens no file and copies no
frame: the optimiser runs once more and nothing else. What was refused, and why: a callback after optimisation
(`collect(post_opt_callback=...)`) knows the same for less, but polars then runs another engine than without it;
`serialize` copies every frame in memory that the plan holds. Both tried with 1.31 and 2.1. The one thing a host can
see: the function of `pipe_with_schema` is called once more.
"""

from __future__ import annotations

from whence.hooks._frames.arrow_places import dataset_places
from whence.hooks._frames.places import place_of_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence.hooks._frames.places import Fields, Place


class Scan:
    """One scan of a plan."""

    __slots__ = ("fields", "is_whole", "places")

    def __init__(self, places: list[Place], fields: Fields, *, is_whole: bool = False) -> None:
        self.places = places
        self.fields = fields
        self.is_whole = is_whole


_MAX_NODES = 2000
_MAX_FIELDS = 2000
_SCAN = " SCAN ["


def scans_of(frame: Any) -> list[Scan]:
    """Return the scans of a lazy frame that was collected before; `is_whole` when its rows are those of the answer."""
    plan = frame._ldf.visit()  # noqa: SLF001  the public `explain` cuts long lists of paths
    root = plan.get_node()
    found: dict[tuple[Place, ...], Scan] = {}
    todo, seen, has_more = [root], 0, False
    while todo and seen < _MAX_NODES:
        node = todo.pop()
        seen += 1
        plan.set_node(node)
        try:
            view = plan.view_current_node()
        except Exception:  # noqa: BLE001  polars does not show every kind of node; its text does
            has_more = True
        else:
            scan = _scan(plan, view, is_root=node == root)
            if scan is not None:
                key = tuple(scan.places)
                found[key] = _joined(found.get(key), scan)
        todo += plan.get_inputs()
    if has_more:
        for scan in _scans_of_text(frame._ldf.describe_plan()):  # noqa: SLF001
            found.setdefault(tuple(scan.places), scan)
    return list(found.values())


def _scan(plan: Any, view: Any, *, is_root: bool) -> Scan | None:
    kind = type(view).__name__
    if kind == "Scan":
        places = [place for path in view.paths if (place := place_of_text(str(path)))]
    elif kind == "PythonScan":
        places = _places_of_python(view.options)
    else:
        return None
    is_whole = is_root and kind == "Scan" and view.predicate is None
    return Scan(places, fields_of(plan.get_schema()), is_whole=is_whole) if places else None


def _places_of_python(options: Any) -> list[Place]:
    """Return the places of a scan that is a Python function: only datasets of pyarrow are known."""
    for part in getattr(options[0], "args", ()):
        places = dataset_places(part)
        if places:
            return places
    return []


def _joined(known: Scan | None, scan: Scan) -> Scan:
    if known is None:
        return scan
    return Scan(scan.places, list(dict(known.fields + scan.fields).items()))


def fields_of(schema: Any) -> Fields:
    """Return names and types. The categories of an Enum are values, and stay here."""
    if len(schema) > _MAX_FIELDS:
        return []
    return [(name, _type_name(kind)) for name, kind in schema.items()]


def _type_name(kind: Any) -> str:
    text = str(kind)
    return type(kind).__name__ if "categories" in text else text


def _scans_of_text(text: str) -> list[Scan]:
    """Return the scans that the plan's text shows; it may leave out some of many paths, which share a folder."""
    scans: list[Scan] = []
    for line in text.splitlines():
        _, mark, rest = line.partition(_SCAN)
        if mark:
            paths = rest.rpartition("]" if "] [id:" not in rest else "] [id:")[0].split(", ")
            shown = [path for path in paths if not path.startswith("... ")]
            places = [place for path in shown if (place := place_of_text(path))]
            if places:
                scans.append(Scan(places, []))
    return scans
