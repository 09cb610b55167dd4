-- The log and the search.

-- name: event
SELECT seq, id, kind, type, received_at, warnings, fold_error, body FROM event WHERE id = :id;

-- name: events_with_seq
SELECT e.seq, e.id, e.kind, e.type, e.received_at, e.warnings, e.fold_error, e.body
FROM json_each(:seqs) AS asked CROSS JOIN event AS e ON e.seq = asked.value ORDER BY e.seq;

-- name: events_newest_first
SELECT seq, id, kind, type, received_at, warnings, fold_error, body
FROM event WHERE id >= :first AND id < :beyond ORDER BY id DESC LIMIT :limit OFFSET :offset;

-- name: events_oldest_first
SELECT seq, id, kind, type, received_at, warnings, fold_error, body
FROM event WHERE id >= :first AND id < :beyond ORDER BY id LIMIT :limit OFFSET :offset;

-- name: event_total
SELECT count(*) FROM event WHERE id >= :first AND id < :beyond;

-- name: events_of_run
SELECT e.seq, e.id, e.kind, e.type, e.received_at, e.warnings, e.fold_error, e.body
FROM run_event AS r JOIN event AS e ON e.seq = r.seq WHERE r.run_id = :run ORDER BY r.seq LIMIT :limit OFFSET :offset;

-- name: events_of_node
SELECT e.seq, e.id, e.kind, e.type, e.received_at, e.warnings, e.fold_error, e.body
FROM node_event AS n JOIN event AS e ON e.seq = n.seq
WHERE n.node = :node ORDER BY n.at DESC, n.seq DESC LIMIT :limit OFFSET :offset;

-- name: events_with_warnings
SELECT seq, id, kind, type, received_at, warnings, fold_error, body FROM event WHERE seq IN (
    SELECT seq FROM event WHERE warnings IS NOT NULL UNION SELECT seq FROM event WHERE fold_error IS NOT NULL
    ORDER BY 1 DESC LIMIT :limit OFFSET :offset
) ORDER BY seq DESC;

-- name: event_counts
SELECT hour, type, value FROM event_count WHERE hour >= :since AND hour < :until ORDER BY hour, type;

-- name: found_by_text
-- three letters or more: the trigram index
SELECT rowid FROM search WHERE search MATCH :match

-- name: found_by_scan
-- fewer: every name is looked at
SELECT 2 * id FROM dataset WHERE name LIKE :like ESCAPE '\'
UNION ALL SELECT 2 * id + 1 FROM job WHERE name LIKE :like ESCAPE '\'

-- name: search_rows
-- {found} is one of the two statements above
WITH found (row_id) AS MATERIALIZED ({found}), shown AS (
    SELECT d.id AS node, n.name AS namespace, d.name AS name, d.last_seen AS last_seen
    FROM found CROSS JOIN dataset AS d ON d.id = found.row_id / 2 CROSS JOIN namespace AS n ON n.id = d.namespace_id
    WHERE found.row_id % 2 = 0 AND d.used = 1 AND d.hidden = 0 AND n.hidden = 0 AND coalesce(:kind, 'dataset') = 'dataset'
    UNION ALL
    SELECT -j.id, n.name, j.name, j.last_seen
    FROM found CROSS JOIN job AS j ON j.id = found.row_id / 2 CROSS JOIN namespace AS n ON n.id = j.namespace_id
    WHERE found.row_id % 2 = 1 AND j.hidden = 0 AND n.hidden = 0 AND coalesce(:kind, 'job') = 'job'
)
SELECT node, namespace, name, last_seen FROM shown
WHERE (:namespace IS NULL OR namespace = :namespace)
  AND (:after IS NULL OR last_seen >= :after) AND (:before IS NULL OR last_seen < :before)
