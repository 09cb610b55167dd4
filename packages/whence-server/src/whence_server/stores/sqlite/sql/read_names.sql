-- Entities by name and by id. :ids and :names are JSON arrays; the order of the columns is that of the rows in
-- stores/rows.py.

-- name: dataset_ids
SELECT n.name, d.name, d.id
FROM json_each(:names) AS asked
CROSS JOIN namespace AS n ON n.name = asked.value ->> 0
CROSS JOIN dataset AS d ON d.namespace_id = n.id AND d.name = asked.value ->> 1;

-- name: job_ids
SELECT n.name, j.name, j.id
FROM json_each(:names) AS asked
CROSS JOIN namespace AS n ON n.name = asked.value ->> 0
CROSS JOIN job AS j ON j.namespace_id = n.id AND j.name = asked.value ->> 1;

-- name: nodes_named
SELECT node FROM (
    SELECT 0 AS kind, d.id AS node, n.name AS namespace
    FROM dataset AS d JOIN namespace AS n ON n.id = d.namespace_id WHERE d.name = :name
    UNION ALL
    SELECT 1, -j.id, n.name FROM job AS j JOIN namespace AS n ON n.id = j.namespace_id WHERE j.name = :name
) ORDER BY kind, namespace LIMIT :limit;

-- name: datasets
SELECT d.id, n.name, d.name, d.canonical_id, d.used, d.hidden OR n.hidden, d.first_seen, d.last_seen, d.version_count, s.name,
       f.fields
FROM json_each(:ids) AS asked
CROSS JOIN dataset AS d ON d.id = asked.value
CROSS JOIN namespace AS n ON n.id = d.namespace_id
LEFT JOIN source AS s ON s.id = d.source_id
LEFT JOIN dataset_field AS f ON f.dataset_id = d.id;

-- name: dataset_names
SELECT d.id, n.name, d.name
FROM json_each(:ids) AS asked
CROSS JOIN dataset AS d ON d.id = asked.value AND d.hidden = 0
CROSS JOIN namespace AS n ON n.id = d.namespace_id AND n.hidden = 0;

-- name: jobs
SELECT j.id, n.name, j.name, j.used, j.hidden OR n.hidden, j.first_seen, j.last_seen, j.run_count, j.latest_run_id, j.parent_job_id
FROM json_each(:ids) AS asked
CROSS JOIN job AS j ON j.id = asked.value
CROSS JOIN namespace AS n ON n.id = j.namespace_id;

-- name: canonical
SELECT d.id, d.canonical_id FROM json_each(:ids) AS asked CROSS JOIN dataset AS d ON d.id = asked.value;

-- name: has_aliases
SELECT EXISTS (SELECT 1 FROM dataset WHERE canonical_id <> id);

-- name: members
SELECT d.canonical_id, d.id
FROM json_each(:ids) AS asked
CROSS JOIN dataset AS d INDEXED BY dataset_by_canonical ON d.canonical_id = asked.value AND d.canonical_id <> d.id
ORDER BY d.canonical_id, d.id LIMIT :limit;

-- name: aliases
SELECT a.dataset_id, a.target_id, a.type FROM json_each(:ids) AS asked CROSS JOIN alias AS a ON a.dataset_id = asked.value
UNION
SELECT a.dataset_id, a.target_id, a.type FROM json_each(:ids) AS asked CROSS JOIN alias AS a ON a.target_id = asked.value
LIMIT :limit;

-- name: dataset_facets
SELECT f.dataset_id, f.key, f.body
FROM json_each(:ids) AS asked CROSS JOIN dataset_facet AS f ON f.dataset_id = asked.value;

-- name: dataset_facets_of_keys
-- the plus: one look for each dataset over its few facets is faster than one for each key
SELECT f.dataset_id, f.key, f.body
FROM json_each(:ids) AS asked
CROSS JOIN dataset_facet AS f ON f.dataset_id = asked.value AND +f.key IN (SELECT value FROM json_each(:keys));

-- name: job_facets
SELECT f.job_id, f.key, f.body FROM json_each(:ids) AS asked CROSS JOIN job_facet AS f ON f.job_id = asked.value;

-- name: job_facets_of_keys
SELECT f.job_id, f.key, f.body
FROM json_each(:ids) AS asked
CROSS JOIN job_facet AS f ON f.job_id = asked.value AND +f.key IN (SELECT value FROM json_each(:keys));

-- name: run_facets
SELECT f.run_id, f.key, f.body FROM json_each(:ids) AS asked CROSS JOIN run_facet AS f ON f.run_id = asked.value;
