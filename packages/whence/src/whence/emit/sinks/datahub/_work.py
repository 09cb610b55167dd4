"""A job and its run as DataHub has them: the flow, the job with its edges, the run with its beginning and end.

Must not: overwrite what a person said of a flow or job, or invent a start time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from whence.emit.sinks.datahub._names import escaped, job_urn, key_of, orchestrator_of, run_urn
from whence.emit.sinks.datahub._proposals import Origin, Proposal, create, edge, patch, stamp, upsert
from whence.emit.sinks.datahub._told import description_of, objects
from whence.model._json import is_object

if TYPE_CHECKING:
    from whence.emit.sinks.datahub._names import Names
    from whence.emit.sinks.datahub._told import Json, Told

NATIVE = "whence"
_OWNERS = {"team": "corpGroup", "group": "corpGroup", "user": "corpuser"}


class Work(NamedTuple):
    """A job by its names in DataHub."""

    orchestrator: str
    flow: str
    flow_urn: str
    job_id: str
    urn: str


def work_of(told: Told, names: Names) -> Work:
    """Return the job that an event tells of.

    Its flow is the one that its author named; for jobs of an orchestrator whose names begin with their parent's
    (`dag.task`), the parent; else the namespace.
    """
    said = told.job_facet("whence_flow")
    orchestrator = said.get("orchestrator") or orchestrator_of(told.job_facet("jobType").get("integration"))
    flow, job_id = said.get("name"), told.job_name
    if not flow and not told.is_ours:
        parent = _parent_name(told)
        if parent and job_id.startswith(f"{parent}.") and len(job_id) > len(parent) + 1:
            flow, job_id = parent, job_id[len(parent) + 1 :]
    flow = str(flow or told.job_namespace)
    flow_urn = names.flow(str(orchestrator), flow)
    return Work(str(orchestrator), flow, flow_urn, job_id, job_urn(flow_urn, job_id))


def describe(told: Told, work: Work, names: Names, origin: Origin) -> list[Proposal]:
    """Return the flow and the job, with the job's description and owners."""
    flow: Json = {"customProperties": {}, "name": work.flow, "env": names.env}
    if isinstance(said := told.job_facet("whence_flow").get("description"), str) and said:
        flow["description"] = said
    job: Json = {
        "customProperties": {"namespace": told.job_namespace},
        "name": work.job_id,
        "type": {"string": str(told.job_facet("jobType").get("integration") or "PYTHON").upper()},
        "flowUrn": work.flow_urn,
        "env": names.env,
    }
    description = description_of(told.job.get("facets"))
    if description:
        job["description"] = description
    made = [create(work.flow_urn, "dataFlowInfo", flow, origin)]
    if description and told.is_ours and told.result:  # the START has created the job, in a request before
        made.append(patch(work.urn, "dataJobInfo", {("description",): description}, origin, whole=job))
    else:
        made.append(create(work.urn, "dataJobInfo", job, origin))
    owners = [
        owner_urn(each["name"]) for each in objects(told.job_facet("ownership").get("owners")) if each.get("name")
    ]
    if owners:
        listed = [{"owner": urn, "type": "TECHNICAL_OWNER"} for urn in dict.fromkeys(owners)]
        made.append(create(work.urn, "ownership", {"owners": listed, "lastModified": stamp(origin)}, origin))
    return made


def connect(told: Told, work: Work, names: Names, ends: tuple[list[str], list[str]], origin: Origin) -> list[Proposal]:
    """Return the job's edges: to the datasets that it reads and writes, and to the jobs that it waits for."""
    jobs = upstream_jobs(told, work, names)
    fields = {"inputDatasetEdges": ends[0], "outputDatasetEdges": ends[1], "inputDatajobEdges": jobs}
    if not any(fields.values()):
        return []
    whole: Json = {"inputDatasets": [], "outputDatasets": []}
    whole |= {field: [edge(urn, origin) for urn in urns] for field, urns in fields.items()}
    paths = {(field, urn): edge(urn, origin) for field, urns in fields.items() for urn in urns}
    return [patch(work.urn, "dataJobInputOutput", paths, origin, whole=whole)]


def upstream_jobs(told: Told, work: Work, names: Names) -> list[str]:
    """Return the jobs that must run before this one.

    They are of its own flow, of the one that is told with them, or of the one that another namespace is.
    """
    named: list[Any] = [each.get("job") for each in objects(told.run_facet("jobDependencies").get("upstream"))]
    for entry in objects(told.job_facet("lineage").get("entries")):
        if entry.get("type") == "JOB":
            named += [each for each in objects(entry.get("inputs")) if each.get("type") == "JOB"]
    flows = {key_of(each): each.get("flow") for each in objects(told.job_facet("whence_flow").get("upstream"))}
    found: dict[str, None] = {}
    for each in named:
        if is_object(each) and (key := key_of(each)):
            namespace, name = key
            other = flows.get(key) or (None if namespace == told.job_namespace else namespace)
            found[names.upstream_job(work.flow_urn, work.orchestrator, other, name)] = None
    return list(found)


def begin(told: Told, work: Work, started_ms: int | None, origin: Origin) -> list[Proposal]:
    """Return what a run is: its properties, its job and the run around it."""
    urn = run_urn(escaped(told.run_id))
    error = told.run_facet("errorMessage").get("message") if told.result else None
    custom = {"namespace": told.job_namespace, "job": told.job_name}
    if isinstance(error, str) and error:
        custom["error"] = error
    created = stamp(Origin(told.time_ms if started_ms is None else started_ms, ""))
    properties = {"customProperties": custom, "name": told.run_id, "type": _process_type(told), "created": created}
    parent = _parent_run(told)
    relations: Json = {"parentTemplate": work.urn, "upstreamInstances": []}
    if parent:
        relations["parentInstance"] = run_urn(escaped(parent))
    knows = told.is_start or told.is_ours
    return [
        (upsert if knows else create)(urn, "dataProcessInstanceProperties", properties, origin),
        (upsert if knows or parent else create)(urn, "dataProcessInstanceRelationships", relations, origin),
    ]


def move(told: Told, ends: tuple[list[str], list[str]], origin: Origin) -> list[Proposal]:
    """Return what a run read and wrote. Only its end knows all of it; no other word may shorten that."""
    urn = run_urn(escaped(told.run_id))
    write = upsert if told.result else create
    made: list[Proposal] = []
    if ends[0]:
        made.append(write(urn, "dataProcessInstanceInput", {"inputs": ends[0]}, origin))
    if ends[1]:
        made.append(write(urn, "dataProcessInstanceOutput", {"outputs": ends[1]}, origin))
    return made


def happen(told: Told, started_ms: int | None, origin: Origin) -> list[Proposal]:
    """Return the point in the run's time series. An end lies after its start, also within one millisecond."""
    if not told.is_start and not told.result:
        return []
    point: Json = {"timestampMillis": told.time_ms, "status": "STARTED" if told.is_start else "COMPLETE"}
    if told.result:
        point["timestampMillis"] = told.end_ms
        point["result"] = {"type": told.result, "nativeResultType": NATIVE}
        if started_ms is not None and started_ms <= told.time_ms:
            point["durationMillis"] = told.time_ms - started_ms
            point["timestampMillis"] = max(told.end_ms, started_ms + 1)
    attempt = told.run_facet("whence_attempt").get("attempt")
    if isinstance(attempt, int):
        point["attempt"] = attempt
    point["messageId"] = f"{told.run_id} {told.event_type} {told.time_ms}"
    point["partitionSpec"] = {"partition": "FULL_TABLE_SNAPSHOT", "type": "FULL_TABLE"}
    return [upsert(run_urn(escaped(told.run_id)), "dataProcessInstanceRunEvent", point, origin)]


def owner_urn(name: object) -> str:
    """Return the URN of an owner named as `team:data`, `user:kim`, `kim@example.com` or a URN."""
    text = str(name)
    if text.startswith("urn:li:corp"):
        return text
    kind, mark, rest = text.partition(":")
    entity = _OWNERS.get(kind) if mark and rest else None
    return f"urn:li:{entity}:{escaped(rest)}" if entity else f"urn:li:corpuser:{escaped(text)}"


def _process_type(told: Told) -> str:
    if str(told.job_facet("jobType").get("processingType")).upper() == "STREAMING":
        return "STREAMING"
    return "BATCH_SCHEDULED" if told.run_facet("nominalTime") else "BATCH_AD_HOC"


def _parent_name(told: Told) -> str | None:
    job = told.run_facet("parent").get("job")
    if not is_object(job) or job.get("namespace") != told.job_namespace:
        return None
    name = job.get("name")
    return name if isinstance(name, str) else None


def _parent_run(told: Told) -> str | None:
    run = told.run_facet("parent").get("run")
    run_id = run.get("runId") if is_object(run) else None
    return run_id if isinstance(run_id, str) and run_id and run_id != told.run_id else None
