import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * DuckDB's library, loaded at its first use: a command that reads begins to list the source before. It is CommonJS in some ninety files:
 * `import` would also look through all of them for the names that they export, which takes another tenth of a second.
 */
export function duckdb(): typeof import('@duckdb/node-api') {
  return require('@duckdb/node-api')
}
