"""Parameters that many routes share, with their bounds.

Names in a path arrive still percent-encoded (see `names_in_paths`), so that a slash inside a namespace is not a
slash between segments; they are decoded here, once.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import unquote

from fastapi import Path, Query
from pydantic import BeforeValidator

MAX_PAGE = 1_000
MAX_DEPTH = 1_000_000
MAX_OFFSET = 2**53

Segment = Annotated[str, BeforeValidator(unquote)]

NamespaceName = Annotated[Segment, Path(description="Namespace, percent-encoded.")]
SourceName = Annotated[Segment, Path(description="Source, percent-encoded.")]
DatasetName = Annotated[Segment, Path(description="Dataset name, percent-encoded.")]
JobName = Annotated[Segment, Path(description="Job name, percent-encoded.")]
FieldName = Annotated[Segment, Path(description="Field name, percent-encoded.")]
TagName = Annotated[Segment, Path(description="Tag, percent-encoded.")]
Version = Annotated[Segment, Path(description="Version, a UUID.")]
RunId = Annotated[Segment, Path(description="Run id, a UUID.")]
EventKey = Annotated[Segment, Path(description="Event id, 40 hexadecimal digits; or a namespace.")]

Limit = Annotated[int, Query(ge=0, le=MAX_PAGE, description="Page size.")]
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET, description="How many to skip.")]
NodeId = Annotated[
    str,
    Query(
        alias="nodeId",
        description="`dataset:<namespace>:<name>`, `job:<namespace>:<name>` or "
        "`datasetField:<namespace>:<name>:<field>`, perhaps with `#<version>`. Colons in names are fine.",
    ),
]
Depth = Annotated[int, Query(ge=0, le=MAX_DEPTH)]
MaxNodes = Annotated[
    int | None, Query(alias="maxNodes", ge=1, le=100_000, description="Most nodes to answer; the server's cap stands.")
]
Direction = Literal["up", "down", "both"]
EntityName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=65_536,
        description="A node id, a dataset or job name, a file id `file::<path>@sha256:<hash>`, "
        "or a model id `model:<name>/<version>`.",
    ),
]
