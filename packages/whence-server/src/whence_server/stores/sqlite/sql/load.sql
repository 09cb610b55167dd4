-- What the fold loads: the state of everything a group of events touches. :ids and :names are JSON arrays.

-- name: namespaces
SELECT id, name, first_seen, last_seen, hidden
FROM namespace WHERE name IN (SELECT value FROM json_each(:names));

-- name: sources
SELECT id, name, uri, stamp, first_seen, last_seen
FROM source WHERE name IN (SELECT value FROM json_each(:names));

-- name: datasets
-- :names holds [namespace id, name]
SELECT d.id, d.namespace_id, d.name, d.used, d.hidden, d.first_seen, d.last_seen, d.last_seq, d.version_count, d.source_id,
       d.stamps
FROM json_each(:names) AS asked
JOIN dataset AS d ON d.namespace_id = asked.value ->> 0 AND d.name = asked.value ->> 1;

-- name: jobs
SELECT j.id, j.namespace_id, j.name, j.used, j.hidden, j.first_seen, j.last_seen, j.last_seq, j.run_count, j.latest_run_id,
       r.started_at, r.uuid, j.parent_job_id, j.parent_stamp, j.input_threshold, j.output_threshold, j.stamps
FROM json_each(:names) AS asked
JOIN job AS j ON j.namespace_id = asked.value ->> 0 AND j.name = asked.value ->> 1
LEFT JOIN run AS r ON r.id = j.latest_run_id;

-- name: edges
SELECT job_id, direction, dataset_id, first_seen, last_seen, current, listed, source, stamp, content
FROM edge WHERE job_id IN (SELECT value FROM json_each(:ids));

-- name: derivations
-- fields are not loaded: they are only ever replaced
SELECT job_id, target, source, stamp, content, origins, seen
FROM derivation WHERE job_id IN (SELECT value FROM json_each(:ids));

-- name: told
-- what dataset events said about datasets
SELECT target, source, stamp, content, origins, seen
FROM derivation WHERE job_id = 0 AND target IN (SELECT value FROM json_each(:ids));

-- name: run_datasets
SELECT o.run_id, o.direction, o.dataset_id, o.at, o.stamps, o.facets, n.name, d.name
FROM run_io AS o
JOIN dataset AS d ON d.id = o.dataset_id
JOIN namespace AS n ON n.id = d.namespace_id
WHERE o.run_id IN (SELECT value FROM json_each(:ids));

-- name: next_ids
SELECT (SELECT coalesce(max(id), 0) + 1 FROM namespace), (SELECT coalesce(max(id), 0) + 1 FROM source),
       (SELECT coalesce(max(id), 0) + 1 FROM dataset), (SELECT coalesce(max(id), 0) + 1 FROM job),
       (SELECT coalesce(max(id), 0) + 1 FROM run);

-- name: latest_runs
-- the latest run of jobs whose known latest run turned out to be older
SELECT j.value, r.id, r.started_at, r.uuid
FROM json_each(:ids) AS j
JOIN run AS r ON r.id = (SELECT id FROM run WHERE job_id = j.value ORDER BY started_at DESC, uuid DESC LIMIT 1);

-- name: alias_component
-- every dataset joined to the given ones by aliases, in any number of steps
WITH RECURSIVE component (id) AS (
    SELECT value FROM json_each(:ids)
    UNION
    SELECT a.target_id FROM component AS c JOIN alias AS a ON a.dataset_id = c.id
    UNION
    SELECT a.dataset_id FROM component AS c JOIN alias AS a ON a.target_id = c.id
)
SELECT d.id, d.used, n.name, d.name, d.canonical_id
FROM component AS c
JOIN dataset AS d ON d.id = c.id
JOIN namespace AS n ON n.id = d.namespace_id;

-- name: aliases_of
SELECT dataset_id, target_id FROM alias WHERE dataset_id IN (SELECT value FROM json_each(:ids));

-- name: in_alias
-- which of the given datasets any alias concerns
SELECT value FROM json_each(:ids) AS asked
WHERE EXISTS (SELECT 1 FROM alias WHERE dataset_id = asked.value)
   OR EXISTS (SELECT 1 FROM alias WHERE target_id = asked.value);
