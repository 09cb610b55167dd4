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
    from whence.model._database_url import DatabaseUrl, parse_database_url
    from whence.model._events import (
        Dataset,
        DatasetEvent,
        Event,
        InputDataset,
        Job,
        JobEvent,
        OutputDataset,
        Run,
        RunEvent,
        event_from_json,
    )
    from whence.model._facets import (
        CORE_SCHEMA,
        FACET_VERSIONS,
        PRODUCER,
        Field,
        ParentRun,
        facet,
        parent_facet,
        schema_facet,
        symlinks_facet,
        version_facet,
    )
    from whence.model._files import file_dataset, file_id, parse_file_id
    from whence.model._identity import DatasetId, JobId
    from whence.model._locations import table_at_location
    from whence.model._naming import dataset_for_path, dataset_id
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
    from whence.model._platforms import PLATFORMS, Platform, platform_for_namespace
    from whence.model._sources import Source, dataset_for_url, source_for_url, split_table_name
    from whence.model._time import format_event_time, now_us, parse_event_time
    from whence.model._urns import (
        ENVS,
        DatasetUrn,
        dataset_for_urn,
        dataset_urn,
        field_urn,
        parse_dataset_urn,
        parse_field_urn,
    )
    from whence.model._uuid5 import canonical_run_id, named_uuid
    from whence.model._uuid7 import new_run_id, run_id_time_us
    from whence.model._uuid_text import is_uuid

_MODULE_OF = {
    "CORE_SCHEMA": "_facets",
    "ENVS": "_urns",
    "EVENT_TYPES": "_check",
    "FACET_VERSIONS": "_facets",
    "MAX_WARNINGS": "_check",
    "NODE_KINDS": "_nodes",
    "PLATFORMS": "_platforms",
    "PRODUCER": "_facets",
    "TERMINAL_EVENT_TYPES": "_check",
    "WARNING_CODES": "_check",
    "Checked": "_check",
    "DatabaseUrl": "_database_url",
    "Dataset": "_events",
    "DatasetEvent": "_events",
    "DatasetId": "_identity",
    "DatasetUrn": "_urns",
    "Event": "_events",
    "EventWarning": "_check",
    "Field": "_facets",
    "InputDataset": "_events",
    "Job": "_events",
    "JobEvent": "_events",
    "JobId": "_identity",
    "NodeId": "_nodes",
    "OutputDataset": "_events",
    "ParentRun": "_facets",
    "Platform": "_platforms",
    "Run": "_events",
    "RunEvent": "_events",
    "Source": "_sources",
    "canonical_run_id": "_uuid5",
    "check_event": "_check",
    "dataset_for_path": "_naming",
    "dataset_for_url": "_sources",
    "dataset_for_urn": "_urns",
    "dataset_id": "_naming",
    "dataset_node_id": "_nodes",
    "dataset_urn": "_urns",
    "escape_node_part": "_nodes",
    "event_from_json": "_events",
    "facet": "_facets",
    "field_node_id": "_nodes",
    "field_urn": "_urns",
    "file_dataset": "_files",
    "file_id": "_files",
    "format_event_time": "_time",
    "is_uuid": "_uuid_text",
    "job_node_id": "_nodes",
    "named_uuid": "_uuid5",
    "new_run_id": "_uuid7",
    "now_us": "_time",
    "parent_facet": "_facets",
    "parse_database_url": "_database_url",
    "parse_dataset_urn": "_urns",
    "parse_event_time": "_time",
    "parse_field_urn": "_urns",
    "parse_file_id": "_files",
    "parse_node_id": "_nodes",
    "platform_for_namespace": "_platforms",
    "run_id_time_us": "_uuid7",
    "run_node_id": "_nodes",
    "schema_facet": "_facets",
    "source_for_url": "_sources",
    "split_candidates": "_nodes",
    "split_table_name": "_sources",
    "split_version": "_nodes",
    "symlinks_facet": "_facets",
    "table_at_location": "_locations",
    "unescape_node_part": "_nodes",
    "version_facet": "_facets",
}

__all__ = [
    "CORE_SCHEMA",
    "ENVS",
    "EVENT_TYPES",
    "FACET_VERSIONS",
    "MAX_WARNINGS",
    "NODE_KINDS",
    "PLATFORMS",
    "PRODUCER",
    "TERMINAL_EVENT_TYPES",
    "WARNING_CODES",
    "Checked",
    "DatabaseUrl",
    "Dataset",
    "DatasetEvent",
    "DatasetId",
    "DatasetUrn",
    "Event",
    "EventWarning",
    "Field",
    "InputDataset",
    "Job",
    "JobEvent",
    "JobId",
    "NodeId",
    "OutputDataset",
    "ParentRun",
    "Platform",
    "Run",
    "RunEvent",
    "Source",
    "canonical_run_id",
    "check_event",
    "dataset_for_path",
    "dataset_for_url",
    "dataset_for_urn",
    "dataset_id",
    "dataset_node_id",
    "dataset_urn",
    "escape_node_part",
    "event_from_json",
    "facet",
    "field_node_id",
    "field_urn",
    "file_dataset",
    "file_id",
    "format_event_time",
    "is_uuid",
    "job_node_id",
    "named_uuid",
    "new_run_id",
    "now_us",
    "parent_facet",
    "parse_database_url",
    "parse_dataset_urn",
    "parse_event_time",
    "parse_field_urn",
    "parse_file_id",
    "parse_node_id",
    "platform_for_namespace",
    "run_id_time_us",
    "run_node_id",
    "schema_facet",
    "source_for_url",
    "split_candidates",
    "split_table_name",
    "split_version",
    "symlinks_facet",
    "table_at_location",
    "unescape_node_part",
    "version_facet",
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
