"""The rows that a store answers with: plain named tuples, the same for every store.

They hold no behaviour and no SQL. Times are microseconds since 1970 in UTC. Ids are integers that mean something in
one store only and may change with a rebuild; uuids are 16 bytes. JSON stays bytes (`orjson.Fragment` puts it into an
answer unread). A *node* is a dataset's id, or minus a job's id; 0 is no node. See stores/sqlite/schema.sql for what
the columns mean.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

INPUT: Final = 0
OUTPUT: Final = 1
INFERRED: Final = 0
FROM_COLUMN_LINEAGE: Final = 1
FROM_LINEAGE: Final = 2
FROM_SQL: Final = 3
RANKS: Final = (0, 2, 3, 1)
"""By source: how much it counts. What was inferred from SQL stands below what was told."""
GUESSED: Final = frozenset({INFERRED, FROM_SQL})
"""Sources that nobody vouches for."""

Direction = Literal["up", "down"]
SearchOrder = Literal["name", "updated_at"]


class NamespaceRow(NamedTuple):
    """A namespace of jobs or datasets, with what people said about it."""

    id: int
    name: str
    first_seen: int
    last_seen: int
    dataset_count: int
    job_count: int
    hidden: bool
    admin: bytes | None


class SourceRow(NamedTuple):
    """A source of data: from dataSource facets, or put through the API (`admin`), or both."""

    name: str
    uri: str | None
    first_seen: int
    last_seen: int
    admin: bytes | None


class TagRow(NamedTuple):
    """A tag that exists on its own."""

    name: str
    description: str | None


class DatasetRow(NamedTuple):
    """A dataset. `fields` is the JSON array of {name, type, description} of its schema facet, None without one."""

    id: int
    namespace: str
    name: str
    canonical_id: int
    used: bool
    hidden: bool
    first_seen: int
    last_seen: int
    version_count: int
    source_name: str | None
    fields: bytes | None


class JobRow(NamedTuple):
    """A job. `parent_job_id` comes from the latest parent facet of its runs."""

    id: int
    namespace: str
    name: str
    used: bool
    hidden: bool
    first_seen: int
    last_seen: int
    run_count: int
    latest_run_id: int | None
    parent_job_id: int | None


class RunRow(NamedTuple):
    """A run of one job."""

    id: int
    job_id: int
    uuid: bytes
    state: str
    first_seen: int
    last_seen: int
    started_at: int
    ended_at: int | None
    completed_at: int | None
    parent_uuid: bytes | None
    parent_job_id: int | None
    location: str | None
    job_version: bytes | None


class RunDatasetRow(NamedTuple):
    """A dataset that a run reads (INPUT) or writes (OUTPUT); the latter is also a dataset version, made at `at`."""

    run_id: int
    direction: int
    dataset_id: int
    at: int
    facets: bytes | None


class DatasetVersionRow(NamedTuple):
    """A version of a dataset: written by a run (`run_id`, `run_uuid`), or described by a DatasetEvent (`seq`)."""

    dataset_id: int
    at: int
    run_id: int | None
    run_uuid: bytes | None
    seq: int | None


class JobVersionRow(NamedTuple):
    """A version of a job, with the first and last of the finished runs that had it."""

    version: bytes
    created_at: int
    updated_at: int
    run_count: int
    latest_run_id: int


class EdgeRow(NamedTuple):
    """A job reads (INPUT) or writes (OUTPUT) a dataset. `source` as in schema.sql; `current` False: history."""

    job_id: int
    direction: int
    dataset_id: int
    first_seen: int
    last_seen: int
    current: bool
    listed: bool
    source: int


class Step(NamedTuple):
    """One step of a traversal from `near` (a node of the frontier) to `far`, through `job_id`.

    Upstream the data flows far -> job -> near, downstream near -> job -> far. `far` is 0 when the job has nothing on
    that side (upstream: it generates, downstream: it only reads); `job_id` is 0 for a passage that a DatasetEvent
    states. `near` and `far` are canonical datasets, or minus the id of a job. `source` says how the pair is known:
    INFERRED, FROM_COLUMN_LINEAGE, FROM_LINEAGE or FROM_SQL.
    """

    near: int
    job_id: int
    far: int
    source: int
    last_seen: int


class DerivationRow(NamedTuple):
    """Where the fields of `target` (a node) come from, said through `job_id` (0: by a DatasetEvent).

    `origins` is a JSON array of nodes, `fields` the FieldMap of graph/derivations.py: decode with
    `graph.derivations.field_map`. Ids in it are not canonical: map them with `canonical`.
    """

    target: int
    job_id: int
    source: int
    event_time: int
    origins: bytes
    fields: bytes


class AliasRow(NamedTuple):
    """The winning symlinks facet of a dataset names another one."""

    dataset_id: int
    target_id: int
    type: str | None


class EventRow(NamedTuple):
    """An event of the log; `body` is the JSON as received, `warnings` a JSON array or None."""

    seq: int
    id: bytes
    kind: int
    type: str | None
    event_time: int
    received_at: int
    warnings: bytes | None
    fold_error: str | None
    body: bytes


class SearchRow(NamedTuple):
    """A dataset or job whose name holds the text searched for."""

    node: int
    namespace: str
    name: str
    last_seen: int


class AdminRow(NamedTuple):
    """An administrative row; kinds, keys and bodies are listed in schema.sql."""

    kind: str
    key: tuple[str, ...]
    body: bytes
    created_at: int
    updated_at: int


class EventCountRow(NamedTuple):
    """How many events of a type have a time in the hour that begins at `hour`."""

    hour: int
    type: str
    value: int


class Page(NamedTuple):
    """Which part of a list: every list has a limit."""

    limit: int = 100
    offset: int = 0


class SearchFilters(NamedTuple):
    """What a search is narrowed to: `kind` is "dataset" or "job"; last seen in [after, before)."""

    kind: str | None = None
    namespace: str | None = None
    after: int | None = None
    before: int | None = None


NO_FILTERS: Final = SearchFilters()
