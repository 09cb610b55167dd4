"""Identities: what names a dataset, a job, a field. Nothing else about them lives here.

Both parts are kept exactly as given (OpenLineage compares names byte by byte): no case folding, no trimming.
"""

from __future__ import annotations

from whence.errors import NamingError, shown
from whence.model._json import json_type
from whence.model._record import Record, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class _Id(Record):
    """A namespace and a name in it; sorts by namespace, then name."""

    __slots__ = ("name", "namespace")
    namespace: str
    name: str

    def __init__(self, namespace: str, name: str) -> None:
        fault = name_fault(namespace)
        if fault:
            raise NamingError(namespace, f"namespace {shown(namespace)} {fault}")
        fault = name_fault(name)
        if fault:
            raise NamingError(name, f"name {shown(name)} {fault}")
        put(self, "namespace", namespace)
        put(self, "name", name)

    def _values(self) -> tuple[str, str]:
        return self.namespace, self.name

    def __lt__(self, other: Self) -> bool:
        return self._values() < other._values()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.namespace!r}, {self.name!r})"


class DatasetId(_Id):
    """The identity of a dataset: `DatasetId("postgres://db:5432", "shop.public.orders")`."""

    __slots__ = ()


class JobId(_Id):
    """The identity of a job: `JobId("shop", "load_orders")`."""

    __slots__ = ()


def name_fault(text: object) -> str:
    """Say what forbids this text as a namespace or name, or return an empty string.

    A namespace or name is a string that is not empty, holds no NUL (databases cut there) and can be written as UTF-8.
    """
    if not isinstance(text, str):
        return f"must be a string, not {json_type(text)}"
    if not text:
        return "must not be empty"
    if "\0" in text:
        return "must not hold a NUL character"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "must be Unicode text without lone surrogates"
    return ""
