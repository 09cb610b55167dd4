"""The wrapper around one call of a library that reads or writes places: the same for pandas, polars and pyarrow.

    places found from the arguments -> the call, with the hooks below it quiet -> rows and columns from its answer ->
    the run is told

A call that raises tells nothing. Outside of runs a wrapper costs one look-up. It must not change arguments or answer.
"""

from __future__ import annotations

from whence.context import current_run, get
from whence.hooks._files import tell
from whence.hooks._inside import inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.context import Run
    from whence.hooks._files import Fields, Place
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
            begun = _begin(patches, find, args, kwargs)
            if begun is None:
                return original(*args, **kwargs)
            moved = [0, 0]
            token = inside.set(moved)
            try:
                answer = original(*args, **kwargs)
            finally:
                inside.reset(token)
            try:
                told = facts(answer, args, kwargs)
                if told is not None:
                    size = moved[direction == "output"] or None
                    tell(begun[0], direction, begun[1], rows=told[0], fields=told[1], size=size)
            except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
                patches.failed(failure)
            return answer

        return call

    return make


def _begin(patches: Patches, find: Find, args: Args, kwargs: Kwargs) -> tuple[Run, list[Place]] | None:
    """Return the run and the places of a call; None when there is nothing to tell."""
    try:
        run = current_run()
        if run is not None and (places := find(args, kwargs)):
            return run, places
    except Exception as failure:  # noqa: BLE001  border
        patches.failed(failure)
    return None


def argument(args: Args, kwargs: Kwargs, position: int, *names: str) -> Any:
    """Return an argument by its position, else by its names; None when it was not given."""
    if len(args) > position:
        return args[position]
    for name in names:
        if name in kwargs:
            return kwargs[name]
    return None
