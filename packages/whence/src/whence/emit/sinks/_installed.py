"""Whether a built-in sink's library is there, asked when a process is set up, so that a missing one is said at once.

Must not: import the library; that is the background's to do.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from whence.emit.sinks._table import GROUP
from whence.errors import MissingExtraError

if TYPE_CHECKING:
    from whence.emit._settings import SinkSettings


def require(sink: SinkSettings) -> None:
    """Raise `MissingExtraError` when the extra that this sink needs is not installed."""
    library, extra = _needed(sink)
    if library and find_spec(library) is None:
        raise MissingExtraError(GROUP, sink.kind, extra)


def _needed(sink: SinkSettings) -> tuple[str, str]:
    if sink.kind == "kafka":
        return "confluent_kafka", "kafka"
    if sink.kind != "folder" or sink.url.startswith("folder+file:"):
        return "", ""
    return ("botocore", "s3") if sink.url.startswith("s3:") else ("fsspec", "fsspec")
