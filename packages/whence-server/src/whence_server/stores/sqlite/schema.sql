-- The tables of Whence's SQLite store, version 1 (PRAGMA user_version).
--
-- Changes since this file was first shared with readers of it are announced here:
-- dataset.fields moved to its own table dataset_field; flow is called passage (a flow is a group of jobs) and lost
-- last_seen; edge and derivation hold their own stamps
--
-- Three groups: the log and the administrative rows are the truth and are never dropped; everything under "derived"
-- is a fold over them and is dropped and made again by `rebuild`; see docs/explanation/fold.md.
--
-- Conventions
--   * times are integers: microseconds since 1970 in UTC
-- * an event id is 20 bytes: 8 bytes big-endian (event time + 2^63), 12 bytes blake2b of the event's canonical JSON.
-- Ids therefore sort by
--     event time, the same event has the same id, and "the later of two facets" is the greater of two ids
--   * a node is an integer: a dataset's id, or minus a job's id. 0 is no node
--   * direction: 0 = input (dataset -> job), 1 = output (job -> dataset)
--   * source: 0 = inferred from inputs x outputs, 1 = columnLineage facet, 2 = lineage facet
-- * JSON columns of the log are BLOBs (UTF-8 bytes as received); JSON columns of derived tables are BLOBs, too: no
-- decoding on the way out

-- == the truth: never dropped ==

-- The event log. `seq` is the order of receipt and says nothing about time.
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL,   -- 20 bytes, see above
    kind        INTEGER NOT NULL,   -- 0 run event, 1 job event, 2 dataset event
    type        TEXT,               -- START, RUNNING, COMPLETE, ABORT, FAIL, OTHER; NULL: the event had none
    received_at INTEGER NOT NULL,
    warnings    BLOB,               -- JSON [{code, path, message}], NULL: none
    fold_error  TEXT,               -- why the event is in the log but not in the graph, NULL: it is
    body        BLOB    NOT NULL    -- the event as received
) STRICT;
CREATE UNIQUE INDEX event_by_id ON event (id);                                   -- deduplicates and lists by time
CREATE INDEX event_with_warnings ON event (seq) WHERE warnings IS NOT NULL;
CREATE INDEX event_not_folded ON event (seq) WHERE fold_error IS NOT NULL;

-- What people said through the administrative API and no event can say. One row per (kind, key), the last word stays.
--   kind             key (JSON array)                body
--   namespace        [namespace]                     {"ownerName", "description"}
--   source           [name]                          {"type", "connectionUrl", "description"}
--   tag              [tag]                           {"description"}
--   dataset_tag      [namespace, name, tag]          {}
--   field_tag        [namespace, name, field, tag]   {}
--   job_tag          [namespace, name, tag]          {}
--   hidden_dataset   [namespace, name]               {"seq": the log's last seq when it was hidden}
--   hidden_job       [namespace, name]               the same
--   hidden_namespace [namespace]                     the same
CREATE TABLE admin (
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- == derived: dropped and folded again by rebuild ==

CREATE TABLE namespace (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    first_seen    INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    dataset_count INTEGER NOT NULL DEFAULT 0,   -- listed datasets (used = 1 and hidden = 0)
    job_count     INTEGER NOT NULL DEFAULT 0,   -- jobs (hidden = 0)
    hidden        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Sources of data, from dataSource facets. The source of the greatest event id wins.
CREATE TABLE source (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    uri        TEXT,
    stamp      BLOB    NOT NULL,                -- event id of the winner
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL
) STRICT;

CREATE TABLE dataset (
    id            INTEGER PRIMARY KEY,
    namespace_id  INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    canonical_id  INTEGER NOT NULL,             -- the dataset that stands for this one's alias component; itself mostly
    used          INTEGER NOT NULL,             -- 1: an event reads, writes or describes it; 0: only ever the target of a symlink
    hidden        INTEGER NOT NULL DEFAULT 0,   -- deleted through the API and not seen in an event since
    first_seen    INTEGER NOT NULL,             -- event times
    last_seen     INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL,             -- receipt of the last event that used it
    version_count INTEGER NOT NULL DEFAULT 0,   -- (run writes it) + (DatasetEvents of it)
    source_id     INTEGER,                      -- from the winning dataSource facet
    stamps        BLOB    NOT NULL              -- JSON {event id hex: {facet key: content hash, "" for a deleted facet}}
) STRICT;
CREATE UNIQUE INDEX dataset_by_name ON dataset (namespace_id, name);
CREATE INDEX dataset_by_bare_name ON dataset (name);
CREATE INDEX dataset_listed ON dataset (namespace_id, name) WHERE used = 1 AND hidden = 0;
CREATE INDEX dataset_listed_all ON dataset (name, namespace_id) WHERE used = 1 AND hidden = 0;
CREATE INDEX dataset_by_canonical ON dataset (canonical_id) WHERE canonical_id <> id;
CREATE INDEX dataset_by_first_seen ON dataset (first_seen) WHERE used = 1;

-- Facets that won. A deleted facet has no row, its stamp remains.
CREATE TABLE dataset_facet (
    dataset_id INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    PRIMARY KEY (dataset_id, key)
) STRICT, WITHOUT ROWID;

-- Fields of the winning schema facet: JSON [{"name", "type", "description"}], nested ones as a.b.
-- Apart from dataset, because every event updates that.
CREATE TABLE dataset_field (
    dataset_id INTEGER PRIMARY KEY,
    fields     BLOB    NOT NULL
) STRICT;

-- What the winning symlinks facet of a dataset says: dataset is also target.
CREATE TABLE alias (
    dataset_id INTEGER NOT NULL,
    target_id  INTEGER NOT NULL,
    type       TEXT,                            -- TABLE, LOCATION, ...
    PRIMARY KEY (dataset_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_by_target ON alias (target_id);

CREATE TABLE job (
    id               INTEGER PRIMARY KEY,
    namespace_id     INTEGER NOT NULL,
    name             TEXT    NOT NULL,
    used             INTEGER NOT NULL,          -- 1: has events of its own; 0: only named as a parent or as a lineage source
    hidden           INTEGER NOT NULL DEFAULT 0,
    first_seen       INTEGER NOT NULL,
    last_seen        INTEGER NOT NULL,
    last_seq         INTEGER NOT NULL,
    run_count        INTEGER NOT NULL DEFAULT 0,
    latest_run_id    INTEGER,                   -- the run with the greatest (started_at, run uuid)
    parent_job_id    INTEGER,                   -- from the parent facet with the greatest event id of all its runs
    parent_stamp     BLOB,
    input_threshold  INTEGER,                   -- an input edge last seen before it is history; NULL: none is
    output_threshold INTEGER,
    stamps           BLOB    NOT NULL           -- as in dataset
) STRICT;
CREATE UNIQUE INDEX job_by_name ON job (namespace_id, name);
CREATE INDEX job_by_bare_name ON job (name);
CREATE INDEX job_listed ON job (namespace_id, name) WHERE hidden = 0;
CREATE INDEX job_listed_all ON job (name, namespace_id) WHERE hidden = 0;
CREATE INDEX job_by_first_seen ON job (first_seen);
CREATE INDEX job_by_parent ON job (parent_job_id) WHERE parent_job_id IS NOT NULL;

CREATE TABLE job_facet (
    job_id INTEGER NOT NULL,
    key    TEXT    NOT NULL,
    body   BLOB    NOT NULL,
    PRIMARY KEY (job_id, key)
) STRICT, WITHOUT ROWID;

-- A run belongs to one job: the same run id in two jobs makes two rows.
CREATE TABLE run (
    id            INTEGER PRIMARY KEY,
    job_id        INTEGER NOT NULL,
    uuid          BLOB    NOT NULL,             -- 16 bytes
    state         TEXT    NOT NULL,             -- NEW, RUNNING, COMPLETED, FAILED, ABORTED, OTHER
    state_stamp   BLOB    NOT NULL,             -- event id that decided the state
    first_seen    INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    start_time    INTEGER,                      -- earliest START event, NULL: none yet
    started_at    INTEGER NOT NULL,             -- start_time, else first_seen
    ended_at      INTEGER,                      -- time of the event that decided, when terminal
    completed_at  INTEGER,                      -- latest COMPLETE event: what the job's edges are measured by
    parent_uuid   BLOB,                         -- parent facet with the greatest event id
    parent_job_id INTEGER,
    location      TEXT,                         -- url of the run's sourceCodeLocation job facet
    job_version   BLOB,                         -- 16 bytes: uuid5 of sorted inputs, sorted outputs, location; NULL until terminal
    stamps        BLOB    NOT NULL              -- as in dataset; also "parent" and "job:location"
) STRICT;
CREATE UNIQUE INDEX run_by_uuid ON run (uuid, job_id);
CREATE INDEX run_by_start ON run (job_id, started_at, uuid);
CREATE INDEX run_by_version ON run (job_id, job_version, started_at) WHERE job_version IS NOT NULL;
CREATE INDEX run_by_parent ON run (parent_uuid) WHERE parent_uuid IS NOT NULL;

CREATE TABLE run_facet (
    run_id INTEGER NOT NULL,
    key    TEXT    NOT NULL,
    body   BLOB    NOT NULL,
    PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

-- What a run read and wrote. An output row is a dataset version (uuid5 of namespace, name and run uuid, made when
-- read).
CREATE TABLE run_io (
    run_id     INTEGER NOT NULL,
    direction  INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,                -- earliest event that says so
    stamps     BLOB,                            -- as in dataset, of inputFacets or outputFacets; NULL: none
    facets     BLOB,                            -- JSON {key: facet}: inputFacets or outputFacets; NULL: none
    PRIMARY KEY (run_id, direction, dataset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_io_by_dataset ON run_io (dataset_id, direction, at);

-- The events of a run, and of entities outside runs (job and dataset events), to read single versions back from the
-- log.
CREATE TABLE run_event (
    run_id INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE node_event (
    node INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,                      -- event time
    PRIMARY KEY (node, at, seq)
) STRICT, WITHOUT ROWID;

-- Edges between jobs and datasets, by the names the events used (aliases are resolved when read).
CREATE TABLE edge (
    job_id     INTEGER NOT NULL,
    direction  INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,                -- latest event that lists it, or end of the latest complete run that has it
    current    INTEGER NOT NULL,                -- last_seen >= the job's threshold of the direction
    listed     INTEGER NOT NULL,                -- 1: in inputs/outputs; 0: only named inside a columnLineage or lineage facet
    source     INTEGER NOT NULL,                -- outputs: what its sources come from (0 = all current inputs, else only `passage`);
                                                -- inputs: the best source of a passage that uses it, 0 = only
                                                -- inferred
    stamp      BLOB,                            -- outputs: event id of the columnLineage facet that won for (job, output)
    content    TEXT,                            -- its content hash, '' when deleted
    PRIMARY KEY (job_id, direction, dataset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_by_dataset ON edge (dataset_id, direction, current, job_id, source);

-- Explicit passages between nodes: (job, output) pairs whose edge has source > 0, and what jobs and datasets say about
-- others. Live rows only. job_id is the job whose event said it and through which the data flows, 0 for a
-- DatasetEvent.
CREATE TABLE passage (
    job_id    INTEGER NOT NULL,
    target    INTEGER NOT NULL,                 -- node
    origin    INTEGER NOT NULL,                 -- node the data comes from
    source    INTEGER NOT NULL,                 -- 1, 2 or 3 as in derivation; 0: a lineage facet calls it inferred
    PRIMARY KEY (target, job_id, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_by_origin ON passage (origin, job_id, target, source);

-- What one (job, target) says about where the target's fields come from: the facets behind `passage`, resolved to
-- dataset ids.
CREATE TABLE derivation (
    target  INTEGER NOT NULL,                   -- node
    job_id  INTEGER NOT NULL,                   -- 0: a DatasetEvent
    source  INTEGER NOT NULL,                   -- 1, 2 or 3
    stamp   BLOB    NOT NULL,   -- source 2: id of the last declaration; source 1 of dataset events, source 3: of the winner
    content TEXT    NOT NULL,   -- source 1 of dataset events, source 3: content hash
    origins BLOB,               -- JSON [node, ...]; NULL: nothing is said any more
    fields  BLOB,               -- JSON, see graph/derivations.py: FieldMap
    seen    BLOB,               -- source 2: JSON {statement: hex id of the last event that made it}
    PRIMARY KEY (target, job_id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX derivation_by_job ON derivation (job_id);

-- Names of datasets (rowid = 2 * id) and jobs (rowid = 2 * id + 1) for substring search.
CREATE VIRTUAL TABLE search USING fts5 (name, content = '', tokenize = 'trigram');

-- Counters that answers need without counting: 'events', 'runs', 'datasets', 'jobs', 'namespaces', ...
CREATE TABLE counter (
    name  TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Events per hour of event time and type ('START', ..., 'JOB', 'DATASET').
CREATE TABLE event_count (
    hour  INTEGER NOT NULL,                     -- microseconds, start of the hour in UTC
    type  TEXT    NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (hour, type)
) STRICT, WITHOUT ROWID;
