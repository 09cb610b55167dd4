"""Waiting until lineage has arrived, and telling it at once, under the names of aileron-meta-collector's emitter."""

from __future__ import annotations

import whence
from whence.aileron import config
from whence.aileron.lineage import emit_lineage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["emit_dataset_description_async", "emit_lineage_async", "flush_emit"]


def flush_emit(timeout: float = 30.0) -> None:
    """Wait until everything that was told has arrived, at most so many seconds; the rest waits on the disk.

    With `DATAHUB_SILENT_FAIL=false` what did not arrive is a TimeoutError; else it is logged.
    """
    result = whence.flush(timeout)
    if result is None or result.is_complete:
        return
    text = f"lineage did not reach {', '.join(result.waiting_for)} within {timeout:g} s; it is kept and sent later"
    if not config.is_silent_fail():
        raise TimeoutError(text)
    config.say("flush", text)


def emit_lineage_async(job: Any, input_urns: list[str], output_urns: list[str]) -> None:  # noqa: ARG001  the original's
    """Say that the outputs come from the inputs; see `emit_lineage`."""
    emit_lineage(input_urns, output_urns)


def emit_dataset_description_async(urn: str, description: str) -> None:
    """Describe a dataset."""
    if description:
        emit_lineage([], [urn], descriptions={urn: description})
