"""Wrappers that DuckDB does not take for the host's code when it looks for variables.

`select * from df` reads a variable of the Python frame that called. A wrapper is a frame more, and then the host's
query fails: tried. DuckDB 2 passes over frames of modules called `duckdb.<something>`, so wrappers get such globals;
1.x takes the first frame, so there the original is called from one that has the caller's variables. No other library
that we know looks at its callers' variables in what we wrap.
"""

from __future__ import annotations

import builtins
from sys import _getframe  # pyright: ignore[reportPrivateUsage]
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_GLOBALS = {"__name__": "duckdb._whence", "__builtins__": builtins}
_OURS = frozenset(("whence.hooks._frames.unseen", "whence.hooks.duckdb", "whence.hooks._database.duckdb_relations"))
_CALL = compile("__whence_call__(*__whence_args__, **__whence_kwargs__)", "<whence>", "eval")


def unseen(function: Callable[..., Any]) -> Any:
    """Return a function as if it were DuckDB's own. It may use closures and built-in names, no globals."""
    plain: Any = function
    made = FunctionType(plain.__code__, _GLOBALS, plain.__name__, plain.__defaults__, plain.__closure__)
    made.__kwdefaults__ = plain.__kwdefaults__
    return made


def caller() -> FrameType:
    """Return the frame that called the outermost wrapper."""
    frame = _getframe(1)
    start = frame.f_globals
    while frame.f_back is not None and (frame.f_globals is start or _is_ours(frame)):
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    name = frame.f_globals.get("__name__", "")
    return frame.f_globals is _GLOBALS or name in _OURS


def in_callers_frame(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls the original from a frame with the variables of whoever called the wrapper."""

    def call(*args: Any, **kwargs: Any) -> Any:
        frame = caller()
        names = {
            **frame.f_locals,
            "__whence_call__": original,
            "__whence_args__": args,
            "__whence_kwargs__": kwargs,
        }
        return eval(_CALL, frame.f_globals, names)  # noqa: S307  a constant expression

    return call
