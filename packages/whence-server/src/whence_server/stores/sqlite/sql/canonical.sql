-- What the canonical export shows, by names. Each statement answers one kind of line; the first column is not part of
-- its order.

-- name: datasets
SELECT d.id, n.name, d.name, cn.name, c.name, d.used, d.first_seen, d.last_seen, d.version_count, s.name, f.fields
FROM dataset AS d
JOIN namespace AS n ON n.id = d.namespace_id
JOIN dataset AS c ON c.id = d.canonical_id
JOIN namespace AS cn ON cn.id = c.namespace_id
LEFT JOIN source AS s ON s.id = d.source_id
LEFT JOIN dataset_field AS f ON f.dataset_id = d.id;

-- name: aliases
SELECT n.name, d.name, tn.name, t.name, a.type
FROM alias AS a
JOIN dataset AS d ON d.id = a.dataset_id
JOIN namespace AS n ON n.id = d.namespace_id
JOIN dataset AS t ON t.id = a.target_id
JOIN namespace AS tn ON tn.id = t.namespace_id;

-- name: jobs
SELECT j.id, n.name, j.name, j.used, j.first_seen, j.last_seen, j.run_count, pn.name, p.name, r.uuid
FROM job AS j
JOIN namespace AS n ON n.id = j.namespace_id
LEFT JOIN job AS p ON p.id = j.parent_job_id
LEFT JOIN namespace AS pn ON pn.id = p.namespace_id
LEFT JOIN run AS r ON r.id = j.latest_run_id;

-- name: runs
SELECT r.id, n.name, j.name, r.uuid, r.state, r.first_seen, r.last_seen, r.started_at, r.ended_at, r.completed_at,
       r.parent_uuid, pn.name, p.name, r.location
FROM run AS r
JOIN job AS j ON j.id = r.job_id
JOIN namespace AS n ON n.id = j.namespace_id
LEFT JOIN job AS p ON p.id = r.parent_job_id
LEFT JOIN namespace AS pn ON pn.id = p.namespace_id;

-- name: run_datasets
SELECT n.name, j.name, r.uuid, o.direction, dn.name, d.name, o.at, o.facets
FROM run_io AS o
JOIN run AS r ON r.id = o.run_id
JOIN job AS j ON j.id = r.job_id
JOIN namespace AS n ON n.id = j.namespace_id
JOIN dataset AS d ON d.id = o.dataset_id
JOIN namespace AS dn ON dn.id = d.namespace_id;

-- name: versions
SELECT n.name, d.name, v.at
FROM node_event AS v
JOIN dataset AS d ON d.id = v.node
JOIN namespace AS n ON n.id = d.namespace_id;

-- name: edges
SELECT n.name, j.name, e.direction, dn.name, d.name, e.first_seen, e.last_seen, e.current, e.listed, e.source
FROM edge AS e
JOIN job AS j ON j.id = e.job_id
JOIN namespace AS n ON n.id = j.namespace_id
JOIN dataset AS d ON d.id = e.dataset_id
JOIN namespace AS dn ON dn.id = d.namespace_id;

-- name: passages
SELECT job_id, target, origin, source FROM passage;

-- name: derivations
SELECT job_id, target, source, fields FROM derivation WHERE origins IS NOT NULL;

-- name: sources
SELECT name, uri, first_seen, last_seen FROM source;

-- name: job_name
SELECT n.name, j.name FROM job AS j JOIN namespace AS n ON n.id = j.namespace_id WHERE j.id = :id;

-- name: dataset_name
SELECT n.name, d.name FROM dataset AS d JOIN namespace AS n ON n.id = d.namespace_id WHERE d.id = :id;
