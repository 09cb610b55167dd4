"""The second judge of what is sent to DataHub: acryl-datahub's own classes. A program, for a process of its own.

    python datahub_oracle.py read PROPOSALS.json   each proposal becomes its class again, is validated, written anew
    python datahub_oracle.py own                   the JSON patches and URNs that its own builders make
    python datahub_oracle.py emit URL              one batch by its own emitter

Prints JSON. Apart because importing acryl-datahub takes most of a second and warns.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

import datahub.emitter.mce_builder as builder  # noqa: E402
from datahub.emitter.mcp import MetadataChangeProposalWrapper  # noqa: E402
from datahub.emitter.rest_emitter import DatahubRestEmitter, EmitMode  # noqa: E402
from datahub.emitter.serialization_helper import post_json_transform, pre_json_transform  # noqa: E402
from datahub.ingestion.source.file import read_metadata_file  # noqa: E402
from datahub.metadata.schema_classes import (  # noqa: E402
    ASPECT_NAME_MAP,
    DataJobInfoClass,
    EdgeClass,
    FineGrainedLineageClass,
    MetadataChangeProposalClass,
    StatusClass,
    UpstreamClass,
)
from datahub.metadata.urns import DataFlowUrn, DataJobUrn, DatasetUrn, SchemaFieldUrn, Urn  # noqa: E402
from datahub.specific.datajob import DataJobPatchBuilder  # noqa: E402
from datahub.specific.dataset import DatasetPatchBuilder  # noqa: E402

Json = dict[str, Any]


def read(path: Path) -> list[Json]:
    """Read proposals as `datahub ingest -c file` would; say of each what became of it."""
    said: list[Json] = []
    for item in read_metadata_file(path):
        assert isinstance(item, (MetadataChangeProposalWrapper, MetadataChangeProposalClass))
        assert item.entityUrn is not None
        proposal = item.make_mcp() if isinstance(item, MetadataChangeProposalWrapper) else item
        typed = str(Urn.from_string(item.entityUrn))
        value = None
        is_valid = proposal.validate()
        if proposal.changeType != "PATCH" and proposal.aspect is not None:
            told = post_json_transform(json.loads(proposal.aspect.value))
            aspect = ASPECT_NAME_MAP[str(proposal.aspectName)].from_obj(told)
            is_valid, value = is_valid and aspect.validate(), aspect.to_obj()
        said.append(
            {
                "urn": typed,
                "aspect": item.aspectName,
                "change": item.changeType,
                "valid": is_valid,
                "headers": proposal.headers,
                "value": None if value is None else pre_json_transform(value),
            }
        )
    return said


def patches() -> list[Any]:
    """Make the patches of a dataset and of a job."""
    dataset = builder.make_dataset_urn("s3", "lake/a~b", "PROD")
    source = builder.make_dataset_urn("postgres", "d.s.t", "PROD")
    job = builder.make_data_job_urn("pythonSdk", "daily", "load", "PROD")
    built = DatasetPatchBuilder(dataset)
    built.add_upstream_lineage(UpstreamClass(dataset=source, type="TRANSFORMED"))
    field = FineGrainedLineageClass(
        upstreamType="FIELD_SET",
        downstreamType="FIELD",
        upstreams=[builder.make_schema_field_urn(source, "x")],
        downstreams=[builder.make_schema_field_urn(source, "y")],
        transformOperation="IDENTITY",
        confidenceScore=0.5,
    )
    built.add_fine_grained_lineage(field)
    work = DataJobPatchBuilder(job)
    work.add_input_dataset(EdgeClass(destinationUrn=dataset)).add_output_dataset(source).add_input_datajob(job)
    made = [*built.build(), *work.build()]
    return [json.loads(each.aspect.value) for each in made if each.aspect is not None]


def urns() -> list[str]:
    """Make URNs of odd names."""
    flow = DataFlowUrn("pythonSdk", "a,b (c)", "PROD")
    dataset = DatasetUrn("urn:li:dataPlatform:postgres", "d.s.t,(1)", "DEV")
    return [str(each) for each in (flow, DataJobUrn(flow, "f(x, y)"), dataset, SchemaFieldUrn(dataset, "a,b"))]


def emit(url: str) -> list[str]:
    """Send a batch with the official emitter."""
    emitter = DatahubRestEmitter(url, openapi_ingestion=False)
    urn = builder.make_dataset_urn("s3", "lake/theirs", "PROD")
    job = builder.make_data_job_urn("pythonSdk", "daily", "theirs", "PROD")
    proposals: list[Any] = [
        MetadataChangeProposalWrapper(entityUrn=urn, aspect=StatusClass(removed=False)),
        MetadataChangeProposalWrapper(entityUrn=job, aspect=DataJobInfoClass(name="theirs", type="PYTHON")),
        *DatasetPatchBuilder(urn).add_upstream_lineage(UpstreamClass(dataset=urn, type="COPY")).build(),
    ]
    emitter.emit_mcps(proposals, emit_mode=EmitMode.SYNC_PRIMARY)
    emitter.close()
    return [urn, job]


def own(_: str) -> Json:
    """Give what its builders make."""
    return {"patches": patches(), "urns": urns(), "envs": sorted(builder.ALL_ENV_TYPES)}


if __name__ == "__main__":
    calls = {"read": lambda word: read(Path(word)), "own": own, "emit": emit}
    print(json.dumps(calls[sys.argv[1]](sys.argv[-1])))
