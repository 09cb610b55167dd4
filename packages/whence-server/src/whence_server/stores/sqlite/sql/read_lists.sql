-- Lists and totals.

-- name: namespaces
SELECT id, name, first_seen, last_seen, dataset_count, job_count, hidden
FROM namespace ORDER BY name LIMIT :limit OFFSET :offset;

-- name: namespace
SELECT id, name, first_seen, last_seen, dataset_count, job_count, hidden FROM namespace WHERE name = :name;

-- name: source_names
SELECT name FROM source UNION SELECT key ->> 0 FROM admin WHERE kind = 'source' ORDER BY 1 LIMIT :limit OFFSET :offset;

-- name: source_total
SELECT count(*) FROM (SELECT name FROM source UNION SELECT key ->> 0 FROM admin WHERE kind = 'source');

-- name: sources
SELECT name, uri, first_seen, last_seen FROM source WHERE name IN (SELECT value FROM json_each(:names));

-- name: admin_all
SELECT kind, key, body, created_at, updated_at FROM admin WHERE kind = :kind ORDER BY key LIMIT :limit OFFSET :offset;

-- name: admin_under
-- a key is a JSON array: those that begin with the same elements lie between '[..,' and '[..-'
SELECT kind, key, body, created_at, updated_at FROM admin
WHERE kind = :kind AND (key = :whole OR (key >= :first AND key < :beyond))
ORDER BY key LIMIT :limit OFFSET :offset;

-- name: admin_keys
SELECT key, body, created_at, updated_at FROM admin
WHERE kind = :kind AND key IN (SELECT value FROM json_each(:keys));

-- name: jobs_page
SELECT j.id FROM job AS j JOIN namespace AS n ON n.id = j.namespace_id
WHERE j.hidden = 0 AND n.hidden = 0 ORDER BY j.name, n.name LIMIT :limit OFFSET :offset;

-- name: jobs_page_of_namespace
SELECT j.id FROM job AS j
WHERE j.namespace_id = (SELECT id FROM namespace WHERE name = :namespace AND hidden = 0) AND j.hidden = 0
ORDER BY j.name LIMIT :limit OFFSET :offset;

-- name: jobs_page_in_states
SELECT j.id FROM job AS j JOIN namespace AS n ON n.id = j.namespace_id JOIN run AS r ON r.id = j.latest_run_id
WHERE j.hidden = 0 AND n.hidden = 0 AND (:namespace IS NULL OR n.name = :namespace)
  AND r.state IN (SELECT value FROM json_each(:states))
ORDER BY j.name, n.name LIMIT :limit OFFSET :offset;

-- name: job_total
SELECT coalesce(sum(job_count), 0) FROM namespace WHERE hidden = 0 AND (:namespace IS NULL OR name = :namespace);

-- name: job_total_in_states
SELECT count(*) FROM job AS j JOIN namespace AS n ON n.id = j.namespace_id JOIN run AS r ON r.id = j.latest_run_id
WHERE j.hidden = 0 AND n.hidden = 0 AND (:namespace IS NULL OR n.name = :namespace)
  AND r.state IN (SELECT value FROM json_each(:states));

-- name: datasets_page
SELECT d.id FROM dataset AS d JOIN namespace AS n ON n.id = d.namespace_id
WHERE d.used = 1 AND d.hidden = 0 AND n.hidden = 0 ORDER BY d.name, n.name LIMIT :limit OFFSET :offset;

-- name: datasets_page_of_namespace
SELECT d.id FROM dataset AS d
WHERE d.namespace_id = (SELECT id FROM namespace WHERE name = :namespace AND hidden = 0) AND d.used = 1 AND d.hidden = 0
ORDER BY d.name LIMIT :limit OFFSET :offset;

-- name: dataset_total
SELECT coalesce(sum(dataset_count), 0) FROM namespace WHERE hidden = 0 AND (:namespace IS NULL OR name = :namespace);

-- name: counters
SELECT name, value FROM counter
UNION ALL SELECT 'last_seq', coalesce(max(seq), 0) FROM event;

-- name: jobs_created
SELECT count(*) FROM job WHERE first_seen >= :since AND hidden = 0;

-- name: datasets_created
SELECT count(*) FROM dataset WHERE first_seen >= :since AND used = 1 AND hidden = 0;

-- name: sources_created
SELECT count(*) FROM (
    SELECT name, min(first_seen) AS first_seen FROM (
        SELECT name, first_seen FROM source UNION ALL SELECT key ->> 0, created_at FROM admin WHERE kind = 'source'
    ) GROUP BY name
) WHERE first_seen >= :since;
