"""The wrapper around one call of a library that reads or writes places: the same for pandas, polars and pyarrow.

    places found from the arguments -> the call, with the hooks below it quiet -> rows and columns from its answer ->
    the run is told

A call that raises tells nothing. Outside of runs a wrapper costs one look-up. It must not change arguments or answer.
"""

from __future__ import annotations

from whence.context import current_run, get
from whence.hooks._frames.places import tell
from whence.hooks._inside import inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.hooks._frames.places import Fields, Place
    from whence.hooks._patches import Patches

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]
    Find = Callable[[Args, Kwargs], list[Place]]
    Facts = Callable[[Any, Args, Kwargs], tuple[int | None, Fields | None] | None]


def telling(patches: Patches, direction: str, find: Find, facts: Facts) -> Callable[[Any], Any]:
    """Return what makes a wrapper that tells each call as one read or write of what `find` finds.

    `facts` gives (rows, fields) of a call that succeeded, or None when nothing was moved after all.
    """

    def make(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if get() is None or not patches.is_on or inside.get() is not None:
                return original(*args, **kwargs)
            places = _places(patches, find, args, kwargs)
            if not places:
                return original(*args, **kwargs)
            moved = [0, 0]
            token = inside.set(moved)
            try:
                answer = original(*args, **kwargs)
            finally:
                inside.reset(token)
            try:
                told = facts(answer, args, kwargs)
                run = None if told is None else current_run()  # asked for when there is a fact: that may begin a run
                if run is not None and told is not None:
                    size = moved[direction == "output"] or None
                    tell(run, direction, places, rows=told[0], fields=told[1], size=size)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                patches.failed(failure)
            return answer

        return call

    return make


def _places(patches: Patches, find: Find, args: Args, kwargs: Kwargs) -> list[Place]:
    """Return the places of a call; none when there is nothing to tell."""
    try:
        return find(args, kwargs)
    except Exception as failure:  # noqa: BLE001  border
        patches.failed(failure)
        return []


def argument(args: Args, kwargs: Kwargs, position: int, *names: str) -> Any:
    """Return an argument by its position, else by its names; None when it was not given."""
    if len(args) > position:
        return args[position]
    for name in names:
        if name in kwargs:
            return kwargs[name]
    return None
