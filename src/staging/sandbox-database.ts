import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdb } from '../duckdb.ts'
import { literalPath, quotedText } from '../sql-text.ts'

/** Staging shares the machine with the warehouse and with other loads. */
const THREADS = '2'
const MEMORY = '1GB'
const SPILL = '20GB'
/** To start one takes as long as to read a small file, and small files come one after the other. */
const KEPT_MS = 1_000

/** A DuckDB in memory that reads and writes one folder and nothing else. */
export interface SandboxDatabase {
  readonly connection: DuckDBConnection
  close(): void
}

/** `spillTo`: where it puts what its memory has no room for; without it, it fails then. */
export async function startDatabase(folder: string, spillTo?: string): Promise<SandboxDatabase> {
  const instance = await duckdb().DuckDBInstance.create(':memory:', {
    threads: THREADS,
    memory_limit: MEMORY,
    temp_directory: spillTo ?? '',
    max_temp_directory_size: SPILL,
  })
  const connection = await instance.connect()
  // DuckDB takes a folder's name for a pattern too, so `parse` escapes it; what the pattern finds is looked at as well.
  const folders = [folder, literalPath(folder)].map(quotedText).join(', ')
  // In this order: the first cannot be set after the second, and the last makes both of them stay.
  await connection.run(
    `SET TimeZone='UTC'; SET allowed_directories=[${folders}]; SET enable_external_access=false; SET lock_configuration=true`,
  )
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Databases that nobody uses at the moment, by their folder, with what ends them. */
const kept = new Map<string, { readonly database: SandboxDatabase; readonly timer: NodeJS.Timeout }[]>()

/** One that was kept for this folder, or a new one. */
export async function takeDatabase(folder: string): Promise<SandboxDatabase> {
  const found = kept.get(folder)?.pop()
  if (found === undefined) return await startDatabase(folder)
  clearTimeout(found.timer)
  return found.database
}

/** Keeps it for a moment, for who comes next. */
export function keepDatabase(folder: string, database: SandboxDatabase): void {
  const others = kept.get(folder) ?? []
  kept.set(folder, others)
  const timer = setTimeout(() => {
    others.splice(
      others.findIndex((one) => one.database === database),
      1,
    )
    if (others.length === 0) kept.delete(folder)
    database.close()
  }, KEPT_MS).unref()
  others.push({ database, timer })
}
