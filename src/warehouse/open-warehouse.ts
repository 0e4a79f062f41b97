import type { Config } from '../config/pipeline.ts'
import { duckdbWarehouse } from './duckdb/duckdb-warehouse.ts'
import type { Warehouse } from './warehouse.ts'

/** The worker's warehouse: it waits for as long as somebody else holds it, and says who. */
export function openWarehouse({ warehouse }: Config, onWaiting: (holder: string | undefined) => void): Warehouse {
  return duckdbWarehouse({ file: warehouse.file, onWaiting })
}

/** How long a command waits for its turn. */
const PATIENCE_MS = 10_000

/** For a command that reads, also while a worker runs. */
export function openForReading({ warehouse }: Config): Warehouse {
  return duckdbWarehouse({ file: warehouse.file, readOnly: true, patienceMs: PATIENCE_MS })
}

/** For a command that may make the warehouse. */
export function openForCommand({ warehouse }: Config): Warehouse {
  return duckdbWarehouse({ file: warehouse.file, patienceMs: PATIENCE_MS })
}
