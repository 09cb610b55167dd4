"""A run as OpenLineage events: START, then one of COMPLETE, FAIL and ABORT; OTHER for what was committed later.

Dictionaries in, dictionaries out. START has no datasets (a START with outputs makes false edges in some back ends)
unless a hand-made run names inputs. Datasets come with the end. Row data, parameters and literals never get here.
Source: OpenLineage 2-0-2 and the facet versions that
`whence.model.facet` pins; LineageFacet 1-0-0.
"""

from __future__ import annotations

import sys

from whence._datasets.columns import column_lineage
from whence.model import CORE_SCHEMA, PRODUCER, JobId, ParentRun, facet, format_event_time, parent_facet, schema_facet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from typing import Any

    from whence._datasets.fold import RunLineage, SourceField, Use
    from whence._datasets.given import Given
    from whence._datasets.objects import ObjectUse, RunObjects
    from whence.context import Run

_OWN_FACETS = PRODUCER + "/spec/facets/1-0-0/"  # in this repository: spec/facets
_LINEAGE = "https://openlineage.io/spec/facets/1-0-0/LineageFacet.json#/$defs/"
_MAX_SQL = 32_768
_READABLE = ("redacted", "full")  # what the fold already did to the texts
Json = dict[str, "Any"]
Name = tuple[str, str]


def event(
    run: Run, event_type: str, time_us: int, run_facets: Json | None = None, job_facets: Json | None = None
) -> Json:
    """Return an event of the run without datasets."""
    return {
        "eventType": event_type,
        "eventTime": format_event_time(time_us),
        "producer": PRODUCER,
        "schemaURL": CORE_SCHEMA + "RunEvent",
        "run": {"runId": run.run_id, "facets": {**_run_facets(run), **(run_facets or {})}},
        "job": {
            "namespace": run.job_namespace,
            "name": run.job_name,
            "facets": {**_job_facets(run), **(job_facets or {})},
        },
        "inputs": [],
        "outputs": [],
    }


def dataset_event(dataset: Json, time_us: int, origins: Sequence[Json] = ()) -> Json:
    """Return an event that describes a dataset outside any job, and says which datasets it comes from if any are given.

    `dataset` and `origins` are OpenLineage datasets.
    """
    facets = dict(dataset.get("facets") or {})
    sources = {(each["namespace"], each["name"]) for each in origins}
    if sources:
        facets["lineage"] = _origins(sources, set())
        for source in facets["lineage"]["inputs"]:
            for each in origins:
                told = each.get("facets", {}).get("whence_datahub")
                if told and (each["namespace"], each["name"]) == (source["namespace"], source["name"]):
                    source["whence_datahub"] = {"urn": told["urn"]}
    return {
        "eventTime": format_event_time(time_us),
        "producer": PRODUCER,
        "schemaURL": CORE_SCHEMA + "DatasetEvent",
        "dataset": {"namespace": dataset["namespace"], "name": dataset["name"], "facets": facets},
    }


def _run_facets(run: Run) -> Json:
    spec = run.spec
    facets: Json = {"processing_engine": _ENGINE}
    if run.parent is not None:
        facets["parent"] = _parent(run)
    if spec.nominal_time is not None:
        start, end = spec.nominal_time
        times = {"nominalStartTime": start, "nominalEndTime": end}
        facets["nominalTime"] = facet("NominalTimeRunFacet", **{key: time for key, time in times.items() if time})
    if run.attempt is not None:
        facets["whence_attempt"] = own_facet("WhenceAttemptRunFacet", attempt=run.attempt)
    if spec.upstream_jobs:
        jobs = [{"namespace": each[0] or run.job_namespace, "name": each[1]} for each in spec.upstream_jobs]
        upstream = [{"job": job, "dependency_type": "IMPLICIT_DEPENDENCY"} for job in jobs]
        facets["jobDependencies"] = facet("JobDependenciesRunFacet", upstream=upstream)
    if run.facets:
        facets.update(run.facets)
    return facets


def _job_facets(run: Run) -> Json:
    spec = run.spec
    facets: Json = {"jobType": _JOB_TYPE}
    if spec.description:
        facets["documentation"] = facet("DocumentationJobFacet", description=spec.description)
    if spec.owners:
        facets["ownership"] = facet("OwnershipJobFacet", owners=[{"name": owner} for owner in spec.owners])
    if spec.flow:
        said = {"description": spec.flow_description, "orchestrator": spec.orchestrator}
        more: Json = {key: text for key, text in said.items() if text}
        elsewhere = [
            {"namespace": namespace or run.job_namespace, "name": name, "flow": flow}
            for namespace, name, flow in spec.upstream_jobs
            if flow not in (None, spec.flow)
        ]
        if elsewhere:
            more["upstream"] = elsewhere
        facets["whence_flow"] = own_facet("WhenceFlowJobFacet", name=spec.flow, **more)
    if spec.upstream_jobs:
        inputs = [
            {"namespace": namespace or run.job_namespace, "name": name, "type": "JOB"}
            for namespace, name, _ in spec.upstream_jobs
        ]
        facets["lineage"] = {
            "_producer": PRODUCER,
            "_schemaURL": _LINEAGE + "LineageJobFacet",
            "entries": [{"type": "JOB", "inputs": inputs}],
        }
    return facets


def _parent(run: Run) -> Json:
    parent = run.parent
    root = parent
    while root is not None and root.parent is not None:
        root = root.parent
    if parent is None or root is None:
        return {}
    job, root_job = (JobId(each.job_namespace, each.job_name) for each in (parent, root))
    return parent_facet(ParentRun(parent.run_id, job, root_run_id=root.run_id, root_job=root_job))


def own_facet(name: str, /, **body: Any) -> Json:
    """Write one of the facets that this repository describes in `spec/facets`."""
    return {"_producer": PRODUCER, "_schemaURL": f"{_OWN_FACETS}{name}.json#/$defs/{name}", **body}


_VERSION = PRODUCER.rpartition("/")[2]
_ENGINE = facet(
    "ProcessingEngineRunFacet",
    version=".".join(map(str, sys.version_info[:3])),
    name="Python",
    openlineageAdapterVersion=_VERSION,
)
_JOB_TYPE = facet("JobTypeJobFacet", processingType="BATCH", integration="PYTHON", jobType="JOB")


def error_facet(message: str, trace: str) -> Json:
    """Return the facet that says why a run failed."""
    return facet("ErrorMessageRunFacet", message=message, programmingLanguage="PYTHON", stackTrace=trace)


_UNREAD = facet(
    "ExtractionErrorRunFacet",
    totalTasks=1,
    failedTasks=1,
    errors=[{"errorMessage": "what the run read and wrote was not told in full: it was not read in time"}],
)


def say_unread(body: Json) -> None:
    """Say of a last event that statements and files of its run are missing in it."""
    body["run"]["facets"]["extractionError"] = _UNREAD


def add_given(body: Json, given: Iterable[Given]) -> None:
    """Add the datasets that were named by hand. One named twice is one, with the facets of both."""
    for each in given:
        key = "inputs" if each.direction == "input" else "outputs"
        dataset = _entry(body[key], each.namespace, each.name)
        facets = dataset.setdefault("facets", {})
        if each.columns:
            facets["columnLineage"] = column_lineage(each.columns)
        facets.update(each.facets)
        if each.io_facets:
            dataset.setdefault("inputFacets" if key == "inputs" else "outputFacets", {}).update(each.io_facets)


def add_objects(body: Json, objects: RunObjects) -> set[Name]:
    """Add the files and objects that the run touched; return the inputs of which nothing passed the program."""
    for (namespace, name), use in objects.inputs.items():
        dataset = _entry(body["inputs"], namespace, name)
        _merge_facets(dataset, _object_facets(namespace, use))
        _add_statistics(dataset, "inputFacets", "inputStatistics", "InputStatisticsInputDatasetFacet", use)
    for (namespace, name), use in objects.outputs.items():
        dataset = _entry(body["outputs"], namespace, name)
        is_explicit = _is_explicit(dataset)
        _merge_facets(dataset, _object_facets(namespace, use))
        _add_statistics(dataset, "outputFacets", "outputStatistics", "OutputStatisticsOutputDatasetFacet", use)
        if use.gone:
            _merge_facets(dataset, {"lifecycleStateChange": _end_of_life(use)})
        if not use.passed and not is_explicit:
            _merge_facets(dataset, {"lineage": _origins(set(use.sources), set())})
    return {place for place, use in objects.inputs.items() if not use.passed}


def _object_facets(namespace: str, use: ObjectUse) -> Json:
    facets = dict(use.facets)
    if use.fields:
        facets["schema"] = schema_facet(use.fields)
    if "://" in namespace:
        facets["dataSource"] = facet("DatasourceDatasetFacet", name=namespace, uri=namespace)
    return facets


def _add_statistics(dataset: Json, kind: str, key: str, definition: str, use: ObjectUse) -> None:
    numbers = {"rowCount": use.rows, "size": use.size, "fileCount": use.files or None}
    known: Json = {name: number for name, number in numbers.items() if number is not None}
    if known and not use.is_weak and (use.files or use.rows or use.size):
        dataset.setdefault(kind, {}).setdefault(key, facet(definition, **known))


def _end_of_life(use: ObjectUse) -> Json:
    """Say what became of a dataset when objects were deleted: all of it, a piece, or a piece to write it anew."""
    change = "OVERWRITE" if use.files else "DROP" if use.whole else "ALTER"
    return facet("LifecycleStateChangeDatasetFacet", lifecycleStateChange=change)


def describe(body: Json, describers: Iterable[Callable[[str, str], Json]]) -> None:
    """Add what is known of the datasets from elsewhere, such as the table that lies in a folder."""
    for ask in describers:
        for dataset in (*body["inputs"], *body["outputs"]):
            facets = ask(dataset["namespace"], dataset["name"])
            if facets:
                _merge_facets(dataset, facets)


def add_inferred(body: Json, unread: AbstractSet[Name]) -> None:
    """Say of outputs that nobody explained that they come from what the program read, where that is not every input."""
    everything = _names(body["inputs"])
    if everything.isdisjoint(unread):
        return
    for dataset in body["outputs"]:
        if not _is_explicit(dataset):
            _merge_facets(dataset, {"lineage": _origins(set(), everything - unread)})


def add_lineage(body: Json, lineage: RunLineage, sql_text: str, unread: AbstractSet[Name] = frozenset()) -> None:
    """Add what the run's statements read and wrote; of the inputs there are, `unread` never passed the program."""
    held = (_names(body["inputs"]) - unread) | {(each.namespace, each.name) for each in lineage.read}
    by_hand = _names(body["outputs"])
    for use in lineage.inputs.values():
        dataset = _entry(body["inputs"], use.dataset.namespace, use.dataset.name)
        _merge_facets(dataset, _table_facets(use))
        size = getattr(use.source, "sizes", {}).get(use.dataset)  # as the engine itself told it
        if size:
            statistics = facet("InputStatisticsInputDatasetFacet", size=size)
            dataset.setdefault("inputFacets", {}).setdefault("inputStatistics", statistics)
    everything = _names(body["inputs"])
    for use in lineage.outputs.values():
        dataset = _entry(body["outputs"], use.dataset.namespace, use.dataset.name)
        facets = _table_facets(use)
        if use.fields:
            facets["columnLineage"] = _column_lineage(use)
        name = (use.dataset.namespace, use.dataset.name)
        if not _is_explicit(dataset):
            passed = held - {name} if use.takes_values or name in by_hand else set[Name]()
            _add_origins(facets, use, passed, everything - {name})
        _merge_facets(dataset, facets)
        told_later = getattr(use.source, "rows", None)  # by the engine, with the results
        rows = use.rows if use.rows is not None or told_later is None else told_later(use.dataset)
        if rows is not None and use.is_counted:
            statistics = facet("OutputStatisticsOutputDatasetFacet", rowCount=rows)
            dataset.setdefault("outputFacets", {}).setdefault("outputStatistics", statistics)
    for namespace, name in by_hand - {(each.namespace, each.name) for each in lineage.outputs}:
        dataset = _entry(body["outputs"], namespace, name)
        if held != everything and not _is_explicit(dataset):
            _merge_facets(dataset, {"lineage": _origins(set(), held)})
    _add_statements(body, lineage, sql_text)


def _is_explicit(dataset: Json) -> bool:
    """Whether somebody said by hand where a dataset comes from; nothing of ours shall outrank that."""
    return not {"columnLineage", "lineage"}.isdisjoint(dataset.get("facets", {}))


def _names(datasets: list[Json]) -> set[Name]:
    return {(dataset["namespace"], dataset["name"]) for dataset in datasets}


def _add_origins(facets: Json, use: Use, inferred: set[Name], everything: set[Name]) -> None:
    """Say which datasets an output comes from, where inputs x outputs or its fields alone would say it wrongly."""
    origins = {(each.namespace, each.name) for each in use.origins}
    told = everything
    if use.fields:
        told = {(source.namespace, source.name) for sources in use.fields.values() for source in sources}
        told |= {(source.namespace, source.name) for source in use.indirect}
    if told != origins | inferred and not use.is_unsure:
        facets["lineage"] = _origins(origins, inferred)
        if use.fields:  # this facet outranks columnLineage, so it must not say less
            facets["lineage"]["inputs"] += _lineage_inputs(use.indirect)
            facets["lineage"]["fields"] = {
                name: {"inputs": _lineage_inputs(sources)} for name, sources in use.fields.items()
            }


def _origins(origins: set[Name], inferred: set[Name]) -> Json:
    """Return the explicit lineage facet. What only passed through the program is marked as inferred."""
    through = [{"type": "DIRECT", "subtype": "INFERRED", "description": "read and written by the same run"}]
    inputs: list[Json] = []
    for namespace, name in sorted(origins | inferred):
        inputs.append({"namespace": namespace, "name": name, "type": "DATASET"})
        if (namespace, name) not in origins:
            inputs[-1]["transformations"] = through
    return {"_producer": PRODUCER, "_schemaURL": _LINEAGE + "LineageDatasetFacet", "inputs": inputs}


def _entry(datasets: list[Json], namespace: str, name: str) -> Json:
    for dataset in datasets:
        if dataset["namespace"] == namespace and dataset["name"] == name:
            return dataset
    dataset: Json = {"namespace": namespace, "name": name}
    datasets.append(dataset)
    return dataset


def _merge_facets(dataset: Json, facets: Json) -> None:
    """Add facets; what somebody said by hand stays."""
    dataset["facets"] = {**facets, **dataset.get("facets", {})}


def _table_facets(use: Use) -> Json:
    facets: Json = {}
    columns = use.columns()
    if columns:
        fields = [
            {"name": column.name, "type": column.type, "ordinal_position": position}
            if column.type
            else {"name": column.name, "ordinal_position": position}
            for position, column in enumerate(columns, 1)
        ]
        facets["schema"] = facet("SchemaDatasetFacet", fields=fields)
    facets["dataSource"] = facet("DatasourceDatasetFacet", name=use.dataset.namespace, uri=use.source.uri)
    more = getattr(use.source, "facets", None)
    if more is not None:
        facets.update(more(use.table))
    return facets


def _column_lineage(use: Use) -> Json:
    fields = {name: {"inputFields": _input_fields(sources)} for name, sources in use.fields.items()}
    if use.indirect:
        return facet("ColumnLineageDatasetFacet", fields=fields, dataset=_input_fields(use.indirect))
    return facet("ColumnLineageDatasetFacet", fields=fields)


def _input_fields(sources: Iterable[SourceField]) -> list[Json]:
    """Return the sources as input fields, each field once with all its transformations."""
    found: dict[tuple[str, str, str], list[Json]] = {}
    for source in sources:
        step = {"type": source.type, "subtype": source.subtype, "masking": source.masking}
        found.setdefault((source.namespace, source.name, source.field), []).append(step)
    return [
        {"namespace": namespace, "name": name, "field": field, "transformations": steps}
        for (namespace, name, field), steps in found.items()
    ]


def _lineage_inputs(sources: Iterable[SourceField]) -> list[Json]:
    return [{**each, "type": "DATASET"} for each in _input_fields(sources)]


def _add_statements(body: Json, lineage: RunLineage, sql_text: str) -> None:
    if lineage.texts and sql_text != "off":
        body["job"]["facets"]["sql"] = _sql_facet(lineage, sql_text)
    if lineage.failures:
        errors = [
            {"errorMessage": message, "task": text} if sql_text in _READABLE else {"errorMessage": message}
            for message, text in lineage.errors
        ]
        body["run"]["facets"]["extractionError"] = facet(
            "ExtractionErrorRunFacet", totalTasks=lineage.statements, failedTasks=lineage.failures, errors=errors
        )


def _sql_facet(lineage: RunLineage, sql_text: str) -> Json:
    from whence.sql import fingerprint  # noqa: PLC0415  only the background comes here

    texts = list(lineage.texts) if sql_text in _READABLE else [f"-- {fingerprint(text)}" for text in lineage.texts]
    query = ";\n".join(texts)
    dialects = set(lineage.texts.values())
    body: Json = {"query": query[:_MAX_SQL]}
    if len(dialects) == 1 and None not in dialects:
        body["dialect"] = dialects.pop()
    return facet("SQLJobFacet", **body)
