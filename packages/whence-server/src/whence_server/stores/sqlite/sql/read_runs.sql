-- Runs, and the versions of datasets and jobs that come from them.

-- name: runs
SELECT r.id, r.job_id, r.uuid, r.state, r.first_seen, r.last_seen, r.started_at, r.ended_at, r.completed_at, r.parent_uuid,
       r.parent_job_id, r.location, r.job_version
FROM json_each(:ids) AS asked CROSS JOIN run AS r ON r.id = asked.value;

-- name: runs_with_uuid
SELECT id, job_id, uuid, state, first_seen, last_seen, started_at, ended_at, completed_at, parent_uuid, parent_job_id, location,
       job_version
FROM run WHERE uuid = :uuid ORDER BY job_id;

-- name: child_runs
SELECT id, job_id, uuid, state, first_seen, last_seen, started_at, ended_at, completed_at, parent_uuid, parent_job_id, location,
       job_version
FROM run WHERE parent_uuid = :uuid ORDER BY started_at, uuid LIMIT :limit;

-- name: runs_of_job
SELECT id, job_id, uuid, state, first_seen, last_seen, started_at, ended_at, completed_at, parent_uuid, parent_job_id, location,
       job_version
FROM run WHERE job_id = :job ORDER BY started_at DESC, uuid DESC LIMIT :limit OFFSET :offset;

-- name: latest_runs
SELECT r.id, r.job_id, r.uuid, r.state, r.first_seen, r.last_seen, r.started_at, r.ended_at, r.completed_at, r.parent_uuid,
       r.parent_job_id, r.location, r.job_version
FROM json_each(:ids) AS asked
CROSS JOIN run AS r ON r.id IN (
    SELECT latest.id FROM run AS latest WHERE latest.job_id = asked.value
    ORDER BY latest.started_at DESC, latest.uuid DESC LIMIT :count
)
ORDER BY r.job_id, r.started_at DESC, r.uuid DESC;

-- name: run_datasets
SELECT o.run_id, o.direction, o.dataset_id, o.at, o.facets
FROM json_each(:ids) AS asked CROSS JOIN run_io AS o ON o.run_id = asked.value
LIMIT :limit;

-- name: dataset_versions
SELECT o.at AS at, o.run_id, r.uuid, NULL AS seq
FROM run_io AS o JOIN run AS r ON r.id = o.run_id WHERE o.dataset_id = :dataset AND o.direction = 1
UNION ALL
SELECT e.at, NULL, NULL, e.seq FROM node_event AS e WHERE e.node = :dataset
ORDER BY at DESC, seq DESC LIMIT :limit OFFSET :offset;

-- name: versions_before
-- the latest output row and the latest dataset event of each [dataset, time, run]; a caller takes the later one
SELECT asked.key, o.at, o.run_id, r.uuid
FROM json_each(:asked) AS asked
CROSS JOIN run_io AS o ON o.dataset_id = asked.value ->> 0 AND o.direction = 1 AND o.run_id = (
    SELECT w.run_id FROM run_io AS w
    WHERE w.dataset_id = asked.value ->> 0 AND w.direction = 1 AND w.at <= asked.value ->> 1 AND w.run_id <> asked.value ->> 2
    ORDER BY w.at DESC, w.run_id DESC LIMIT 1
)
CROSS JOIN run AS r ON r.id = o.run_id;

-- name: descriptions_before
SELECT asked.key, e.at, e.seq
FROM json_each(:asked) AS asked
CROSS JOIN node_event AS e ON e.node = asked.value ->> 0 AND (e.at, e.seq) = (
    SELECT w.at, w.seq FROM node_event AS w WHERE w.node = asked.value ->> 0 AND w.at <= asked.value ->> 1
    ORDER BY w.at DESC, w.seq DESC LIMIT 1
);

-- name: readers_of_version
SELECT run_id, direction, dataset_id, at, facets
FROM run_io WHERE dataset_id = :dataset AND direction = 0 AND at >= :after AND at < :before
ORDER BY at DESC, run_id DESC LIMIT :limit OFFSET :offset;

-- name: job_versions
SELECT job_version, min(ended_at), max(ended_at), count(*),
       (SELECT id FROM run AS latest WHERE latest.job_id = :job AND latest.job_version = r.job_version
        ORDER BY latest.started_at DESC, latest.uuid DESC LIMIT 1)
FROM run AS r WHERE job_id = :job AND job_version IS NOT NULL
GROUP BY job_version ORDER BY max(ended_at) DESC, job_version LIMIT :limit OFFSET :offset;

-- name: job_version
SELECT job_version, min(ended_at), max(ended_at), count(*),
       (SELECT id FROM run AS latest WHERE latest.job_id = :job AND latest.job_version = :version
        ORDER BY latest.started_at DESC, latest.uuid DESC LIMIT 1)
FROM run WHERE job_id = :job AND job_version = :version GROUP BY job_version;
