"""What a function is, for those who wrap it: what calling it gives, its name, what its documentation says of it.

It must not import `inspect`: that costs 10 ms, and flags of code objects say the same.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    W = TypeVar("W")

_COROUTINE, _GENERATOR, _ASYNC_GENERATOR = 0x80, 0x20, 0x200  # of a code object's co_flags


def for_kind(function: Any, plain: W, coroutine: W, generator: W, async_generator: W) -> W:
    """Return the one that is for functions like this."""
    flags = _flags_of(function)
    if flags & _COROUTINE:
        return coroutine
    if flags & _ASYNC_GENERATOR:
        return async_generator
    return generator if flags & _GENERATOR else plain


def name_of(function: Any) -> str:
    """Return the name of a function as its module has it."""
    return getattr(function, "__qualname__", type(function).__name__).replace("<locals>.", "")


def summary_of(function: Any) -> str:
    """Return the first paragraph of a function's documentation."""
    text = getattr(function, "__doc__", None) or ""
    return " ".join(text.strip().split("\n\n", 1)[0].split())


def _flags_of(function: Any) -> int:
    """Return the code flags that say what calling the function gives; of a callable object, those of its `__call__`."""
    while (inner := getattr(function, "func", None) or getattr(function, "__func__", None)) is not None:
        function = inner  # functools.partial, bound and static methods
    code = getattr(function, "__code__", None)
    if code is None:
        kind: Any = function.__class__
        call: Any = getattr(kind, "__call__", None)  # noqa: B004  its code, not whether there is one
        code = getattr(call, "__code__", None)
    return getattr(code, "co_flags", 0)


def unseen(body: Any) -> Callable[[Any], Any]:
    """Return the first step of an async generator that its event loop shall not know: the one around it closes it.

    A loop that ends closes all that it knows, in any order, and the one around would find this one closed already.
    """

    def step(value: Any) -> Any:
        import sys  # noqa: PLC0415  as light as can be

        known = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        try:
            return body.asend(value)
        finally:
            sys.set_asyncgen_hooks(*known)

    return step
