-- The graph, one step at a time. :ids are raw dataset ids (aliases already added), :jobs ids of jobs, :nodes nodes.

-- name: jobs_around
-- (dataset, job, source, last_seen) of the current edges of one direction at datasets
SELECT e.dataset_id, e.job_id, e.source, e.last_seen
FROM json_each(:ids) AS asked
CROSS JOIN edge AS e ON e.dataset_id = asked.value AND e.direction = :direction AND e.current = 1
LIMIT :limit;

-- name: datasets_around
-- (job, dataset, source, last_seen) of the current edges of one direction at jobs
SELECT e.job_id, e.dataset_id, e.source, e.last_seen
FROM json_each(:jobs) AS asked
CROSS JOIN edge AS e ON e.job_id = asked.value AND e.direction = :direction AND e.current = 1
LIMIT :limit;

-- name: passages_from
-- what a job says about a target that it does not write itself leads past it: its part is 0
SELECT f.origin, CASE WHEN o.job_id IS NULL AND f.target <> -f.job_id THEN 0 ELSE f.job_id END, f.target, f.source
FROM json_each(:nodes) AS asked
CROSS JOIN passage AS f ON f.origin = asked.value
LEFT JOIN edge AS o ON o.job_id = f.job_id AND o.direction = 1 AND o.dataset_id = f.target
LIMIT :limit;

-- name: passages_into
SELECT f.target, CASE WHEN o.job_id IS NULL AND f.target <> -f.job_id THEN 0 ELSE f.job_id END, f.origin, f.source
FROM json_each(:nodes) AS asked
CROSS JOIN passage AS f ON f.target = asked.value
LEFT JOIN edge AS o ON o.job_id = f.job_id AND o.direction = 1 AND o.dataset_id = f.target
LIMIT :limit;

-- name: jobs_behind
-- jobs that are told to be sources of what a job writes: no edge leads from job to job
SELECT j.id, o.value, j.last_seen
FROM json_each(:jobs) AS asked
CROSS JOIN job AS j ON j.id = asked.value
CROSS JOIN derivation AS d ON d.job_id = j.id
CROSS JOIN json_each(CAST(d.origins AS TEXT)) AS o
CROSS JOIN edge AS e ON e.job_id = j.id AND e.direction = 1 AND e.dataset_id = d.target
WHERE o.value < 0 AND o.value <> -j.id
  AND EXISTS (SELECT 1 FROM passage AS f WHERE f.target = d.target AND f.job_id = j.id AND f.origin = o.value)
LIMIT :limit;

-- name: last_seen
SELECT d.id, d.last_seen FROM json_each(:nodes) AS asked CROSS JOIN dataset AS d ON d.id = asked.value
UNION ALL
SELECT -j.id, j.last_seen FROM json_each(:nodes) AS asked CROSS JOIN job AS j ON j.id = -asked.value;

-- name: edges_of_jobs
SELECT e.job_id, e.direction, e.dataset_id, e.first_seen, e.last_seen, e.current, e.listed, e.source
FROM json_each(:ids) AS asked CROSS JOIN edge AS e ON e.job_id = asked.value AND e.current >= :current
LIMIT :limit;

-- name: datasets_of_jobs
SELECT e.job_id, e.direction, e.dataset_id
FROM json_each(:ids) AS asked CROSS JOIN edge AS e ON e.job_id = asked.value AND e.current = 1
LIMIT :limit;

-- name: edges_of_datasets
SELECT e.job_id, e.direction, e.dataset_id, e.first_seen, e.last_seen, e.current, e.listed, e.source
FROM json_each(:ids) AS asked CROSS JOIN edge AS e ON e.dataset_id = asked.value AND e.current >= :current
LIMIT :limit;

-- name: jobs_beside
SELECT DISTINCT e.job_id
FROM json_each(:ids) AS asked
CROSS JOIN json_each(:directions) AS way
CROSS JOIN edge AS e ON e.dataset_id = asked.value AND e.direction = way.value AND e.current = 1
LIMIT :limit;

-- name: degrees
SELECT e.dataset_id, e.direction, count(*)
FROM json_each(:ids) AS asked
CROSS JOIN edge AS e ON e.dataset_id = asked.value AND e.direction IN (0, 1) AND e.current = 1
GROUP BY e.dataset_id, e.direction;

-- name: derivations_of
-- as in passages_from, the job is 0 when it does not write the target itself
-- the last column holds the origins that are alive, those that passages bear out (source 0: a guess that a lineage
-- facet tells, see passage)
SELECT d.target, CASE WHEN e.job_id IS NULL THEN 0 ELSE d.job_id END, d.source, coalesce(nullif(d.stamp, x''), e.stamp), d.origins, d.fields,
       (SELECT json_group_array(f.origin) FROM passage AS f WHERE f.target = d.target AND f.job_id = d.job_id AND d.source = CASE f.source WHEN 0 THEN 2 ELSE f.source END)
FROM json_each(:nodes) AS asked
CROSS JOIN derivation AS d ON d.target = asked.value
LEFT JOIN edge AS e ON e.job_id = d.job_id AND e.direction = 1 AND e.dataset_id = d.target
WHERE d.fields IS NOT NULL AND d.origins IS NOT NULL
  AND EXISTS (SELECT 1 FROM passage AS f WHERE f.target = d.target AND f.job_id = d.job_id AND d.source = CASE f.source WHEN 0 THEN 2 ELSE f.source END)
LIMIT :limit;

-- name: derivations_from
SELECT d.target, CASE WHEN e.job_id IS NULL THEN 0 ELSE d.job_id END, d.source, coalesce(nullif(d.stamp, x''), e.stamp), d.origins, d.fields,
       (SELECT json_group_array(f.origin) FROM passage AS f WHERE f.target = d.target AND f.job_id = d.job_id AND d.source = CASE f.source WHEN 0 THEN 2 ELSE f.source END)
FROM (
    SELECT DISTINCT f.target, f.job_id, CASE f.source WHEN 0 THEN 2 ELSE f.source END AS source
    FROM json_each(:nodes) AS asked CROSS JOIN passage AS f ON f.origin = asked.value
) AS p
CROSS JOIN derivation AS d ON d.target = p.target AND d.job_id = p.job_id AND d.source = p.source
LEFT JOIN edge AS e ON e.job_id = d.job_id AND e.direction = 1 AND e.dataset_id = d.target
WHERE d.fields IS NOT NULL AND d.origins IS NOT NULL
LIMIT :limit;

-- name: derivations_of_jobs
SELECT d.target, d.job_id, d.source, coalesce(nullif(d.stamp, x''), e.stamp), d.origins, d.fields,
       (SELECT json_group_array(f.origin) FROM passage AS f WHERE f.target = d.target AND f.job_id = d.job_id AND d.source = CASE f.source WHEN 0 THEN 2 ELSE f.source END)
FROM json_each(:ids) AS asked
CROSS JOIN derivation AS d ON d.job_id = asked.value
LEFT JOIN edge AS e ON e.job_id = d.job_id AND e.direction = 1 AND e.dataset_id = d.target
WHERE d.fields IS NOT NULL AND d.origins IS NOT NULL
  AND EXISTS (SELECT 1 FROM passage AS f WHERE f.target = d.target AND f.job_id = d.job_id AND d.source = CASE f.source WHEN 0 THEN 2 ELSE f.source END)
LIMIT :limit;
