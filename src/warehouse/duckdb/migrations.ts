import { LINEAGE_COLUMNS, LINEAGE_VIEWS } from './lineage-migration.ts'

/** Each runs once, in its own transaction, in this order. One that has been released is never changed: add another. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tidemark.identity (id VARCHAR NOT NULL);
  INSERT INTO tidemark.identity VALUES (uuid()::VARCHAR);

  CREATE TABLE tidemark.files (
    pipeline VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sequence INTEGER NOT NULL,
    fingerprint VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    modified_at TIMESTAMPTZ,
    partition_key VARCHAR NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('loaded', 'held', 'duplicate', 'ignored', 'superseded', 'removed')),
    rows BIGINT,
    rejected_rows BIGINT,
    content_hash VARCHAR,
    error VARCHAR,
    checks VARCHAR NOT NULL DEFAULT '[]',
    decision VARCHAR,
    reason VARCHAR,
    decided_at TIMESTAMPTZ,
    gone_at TIMESTAMPTZ,
    claim VARCHAR,
    workflow_id VARCHAR,
    run_id VARCHAR,
    code_version VARCHAR,
    first_seen_at TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    loaded_at TIMESTAMPTZ
  );

  CREATE TABLE tidemark.claims (
    pipeline VARCHAR NOT NULL,
    partition_key VARCHAR NOT NULL,
    claim VARCHAR,
    workflow_id VARCHAR,
    run_id VARCHAR,
    deaths INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    error VARCHAR,
    not_before TIMESTAMPTZ
  );

  CREATE TABLE tidemark.rejected_rows (
    pipeline VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sequence INTEGER NOT NULL,
    line BIGINT,
    "column" VARCHAR,
    error VARCHAR NOT NULL,
    text VARCHAR
  );
  `,
  `
  ALTER TABLE tidemark.files ADD COLUMN decided_by VARCHAR;
  ALTER TABLE tidemark.files ADD COLUMN carried_out_at TIMESTAMPTZ;
  ALTER TABLE tidemark.files ADD COLUMN after_load VARCHAR;
  ALTER TABLE tidemark.files ADD COLUMN moved_to VARCHAR;

  CREATE TABLE tidemark.told (
    pipeline VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    told_at TIMESTAMPTZ NOT NULL
  );
  `,
  // What has entries by now has begun long ago: no file of it was there before that.
  `
  CREATE TABLE tidemark.begun (pipeline VARCHAR NOT NULL, begun_at TIMESTAMPTZ NOT NULL);
  INSERT INTO tidemark.begun SELECT DISTINCT pipeline, now() FROM tidemark.files;
  `,
  LINEAGE_COLUMNS,
  LINEAGE_VIEWS,
]
