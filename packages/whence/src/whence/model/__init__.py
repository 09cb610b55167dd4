"""The model: events, datasets, jobs, runs, and the names they go by.

One place decides what a thing is called (per platform, in OpenLineage form and in DataHub form) and what an event may
look like. Values in, values out: standard library only, no I/O except that `file_dataset` reads the one file it is
given. Each name loads its module when first used, so that a process pays for what it touches.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whence.model._check import (
        EVENT_TYPES,
        MAX_WARNINGS,
        TERMINAL_EVENT_TYPES,
        WARNING_CODES,
        Checked,
        EventWarning,
        check_event,
    )
    from whence.model._identity import DatasetId, JobId
    from whence.model._nodes import (
        NODE_KINDS,
        NodeId,
        dataset_node_id,
        escape_node_part,
        field_node_id,
        job_node_id,
        parse_node_id,
        run_node_id,
        split_candidates,
        split_version,
        unescape_node_part,
    )
    from whence.model._time import format_event_time, now_us, parse_event_time
    from whence.model._uuid5 import canonical_run_id, named_uuid
    from whence.model._uuid7 import new_run_id, run_id_time_us
    from whence.model._uuid_text import is_uuid

_MODULE_OF = {
    "Checked": "_check",
    "DatasetId": "_identity",
    "EVENT_TYPES": "_check",
    "EventWarning": "_check",
    "JobId": "_identity",
    "MAX_WARNINGS": "_check",
    "NODE_KINDS": "_nodes",
    "NodeId": "_nodes",
    "TERMINAL_EVENT_TYPES": "_check",
    "WARNING_CODES": "_check",
    "canonical_run_id": "_uuid5",
    "check_event": "_check",
    "dataset_node_id": "_nodes",
    "escape_node_part": "_nodes",
    "field_node_id": "_nodes",
    "format_event_time": "_time",
    "is_uuid": "_uuid_text",
    "job_node_id": "_nodes",
    "named_uuid": "_uuid5",
    "new_run_id": "_uuid7",
    "now_us": "_time",
    "parse_event_time": "_time",
    "parse_node_id": "_nodes",
    "run_id_time_us": "_uuid7",
    "run_node_id": "_nodes",
    "split_candidates": "_nodes",
    "split_version": "_nodes",
    "unescape_node_part": "_nodes",
}

__all__ = [
    "EVENT_TYPES",
    "MAX_WARNINGS",
    "NODE_KINDS",
    "TERMINAL_EVENT_TYPES",
    "WARNING_CODES",
    "Checked",
    "DatasetId",
    "EventWarning",
    "JobId",
    "NodeId",
    "canonical_run_id",
    "check_event",
    "dataset_node_id",
    "escape_node_part",
    "field_node_id",
    "format_event_time",
    "is_uuid",
    "job_node_id",
    "named_uuid",
    "new_run_id",
    "now_us",
    "parse_event_time",
    "parse_node_id",
    "run_id_time_us",
    "run_node_id",
    "split_candidates",
    "split_version",
    "unescape_node_part",
]


def __getattr__(name: str) -> object:
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    from importlib import import_module  # noqa: PLC0415  (importlib itself costs 1 ms of the light path)

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
