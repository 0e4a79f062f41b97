import { createRequire } from 'node:module'

/**
 * DuckDB's library. It is CommonJS in some ninety files: `import` would read and look through all of them for the names that they export,
 * before it loads them as `require` does. A tenth of a second for each command.
 */
const duckdb: typeof import('@duckdb/node-api') = createRequire(import.meta.url)('@duckdb/node-api')

export const { BIGINT, DuckDBDataChunk, DuckDBInstance, DuckDBTimestampTZValue, INTEGER, TIMESTAMPTZ, VARCHAR } = duckdb
