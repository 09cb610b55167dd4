"""What keeps one read from being told twice: the mark that a hook further out already names the place.

pandas reads through pyarrow, that through fsspec, that through aiobotocore, and each has a hook. The outermost one
knows most (the dataset, its rows and columns), so while the library's call runs it sets `inside` to `[bytes read,
bytes written]`. A hook that finds a list there adds what it moved and says nothing itself. Where the outer call could
not name a place (a buffer, an open remote file) nothing is set and the inner hook speaks. A thread that does not
inherit the context has no run either; and what is told twice all the same, under one name, is one dataset.
"""

from __future__ import annotations

from contextvars import ContextVar

inside: ContextVar[list[int] | None] = ContextVar("whence_inside", default=None)
"""`[bytes read, bytes written]` of the call around this one; None when nobody further out has named the place."""
