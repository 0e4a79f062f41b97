/**
 * Where rows come from. `rows_of`: the version whose load wrote the rows that a version has, where another had the same bytes; `ended_at`:
 * when the rows of a version left the table. Of entries that are older than these columns it is what can be told from the others.
 */
export const LINEAGE_COLUMNS = `
  ALTER TABLE tidemark.files ADD COLUMN rows_of INTEGER;
  ALTER TABLE tidemark.files ADD COLUMN ended_at TIMESTAMPTZ;

  CREATE TABLE tidemark.reloaded (
    pipeline VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sequence INTEGER NOT NULL,
    fingerprint VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    modified_at TIMESTAMPTZ,
    partition_key VARCHAR NOT NULL,
    rows BIGINT,
    content_hash VARCHAR,
    workflow_id VARCHAR,
    run_id VARCHAR,
    code_version VARCHAR,
    loaded_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    rows_of INTEGER
  );

  UPDATE tidemark.files SET rows_of = told.writer FROM (
    SELECT pipeline, path, sequence, first_value(sequence) OVER (PARTITION BY pipeline, path, wrote ORDER BY sequence) AS writer
    FROM (
      SELECT pipeline, path, sequence, sum(CASE WHEN same THEN 0 ELSE 1 END) OVER (PARTITION BY pipeline, path ORDER BY sequence) AS wrote
      FROM (
        SELECT pipeline, path, sequence,
          coalesce(content_hash = lag(content_hash) OVER earlier AND partition_key = lag(partition_key) OVER earlier
            AND (decision IS NULL OR carried_out_at IS DISTINCT FROM loaded_at), false) AS same
        FROM tidemark.files WHERE loaded_at IS NOT NULL
        WINDOW earlier AS (PARTITION BY pipeline, path ORDER BY sequence)))) told
  WHERE files.pipeline = told.pipeline AND files.path = told.path AND files.sequence = told.sequence AND told.writer <> told.sequence;

  UPDATE tidemark.files SET ended_at = told.ended_at FROM (
    SELECT pipeline, path, sequence,
      CASE status
        WHEN 'superseded' THEN lead(coalesce(loaded_at, settled_at)) OVER later
        ELSE coalesce(CASE WHEN decision = 'remove' THEN carried_out_at END, last_value(gone_at) OVER later) END AS ended_at
    FROM tidemark.files WHERE loaded_at IS NOT NULL OR status = 'duplicate' OR gone_at IS NOT NULL
    WINDOW later AS (PARTITION BY pipeline, path ORDER BY sequence ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) told
  WHERE files.pipeline = told.pipeline AND files.path = told.path AND files.sequence = told.sequence
    AND files.status IN ('superseded', 'removed');
`

/** What is kept of each load of a version. */
export const OF_A_LOAD =
  'pipeline, path, sequence, fingerprint, size, modified_at, partition_key, rows, content_hash, workflow_id, run_id, code_version, loaded_at, ended_at, rows_of'

export const LINEAGE_VIEWS = `
  CREATE VIEW tidemark.loads AS
    SELECT ${OF_A_LOAD} FROM tidemark.files WHERE loaded_at IS NOT NULL
    UNION ALL
    SELECT ${OF_A_LOAD} FROM tidemark.reloaded;

  CREATE VIEW tidemark.lineage AS
    SELECT now.pipeline, now.partition_key, now.path, now.sequence AS version, now.rows, wrote.loaded_at, wrote.workflow_id, wrote.run_id,
      wrote.code_version, now.fingerprint, now.content_hash, now.size, now.modified_at, wrote.sequence AS rows_of_version
    FROM tidemark.files now JOIN tidemark.files wrote
      ON wrote.pipeline = now.pipeline AND wrote.path = now.path AND wrote.sequence = coalesce(now.rows_of, now.sequence)
    WHERE now.status = 'loaded';

  CREATE VIEW tidemark.versions AS
    WITH changes AS (
      SELECT pipeline, partition_key, loaded_at AS changed_at, 1 AS files, coalesce(rows, 0) AS rows, rows_of IS NULL AS wrote, path, workflow_id,
        run_id, code_version
      FROM tidemark.loads
      UNION ALL
      SELECT pipeline, partition_key, ended_at, -1, -coalesce(rows, 0), false, path, NULL, NULL, NULL
      FROM tidemark.loads WHERE ended_at IS NOT NULL),
    paths AS (
      SELECT pipeline, partition_key, changed_at, path, sum(files)::BIGINT AS files, sum(rows)::BIGINT AS rows, bool_or(wrote) AS wrote,
        max(workflow_id) FILTER (wrote) AS workflow_id, max(run_id) FILTER (wrote) AS run_id, max(code_version) FILTER (wrote) AS code_version
      FROM changes GROUP BY ALL),
    moments AS (
      SELECT pipeline, partition_key, changed_at, sum(files)::BIGINT AS files, sum(rows)::BIGINT AS rows,
        coalesce(list(path ORDER BY path) FILTER (wrote), []) AS loaded,
        coalesce(list(path ORDER BY path) FILTER (NOT wrote AND files < 0), []) AS removed,
        max(workflow_id) AS workflow_id, max(run_id) AS run_id, max(code_version) AS code_version
      FROM paths WHERE wrote OR files <> 0 GROUP BY ALL)
    SELECT pipeline, partition_key, row_number() OVER before AS version, changed_at, (sum(files) OVER before)::BIGINT AS files,
      (sum(rows) OVER before)::BIGINT AS rows, loaded, removed, workflow_id, run_id, code_version
    FROM moments WINDOW before AS (PARTITION BY pipeline, partition_key ORDER BY changed_at);
`
