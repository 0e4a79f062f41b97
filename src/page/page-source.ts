import type { Client } from '@temporalio/client'
import type { Config } from '../config/pipeline.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** Where the page has its answers from. */
export interface PageSource extends AsyncDisposable {
  readonly config: Config
  /** Where the Temporal Web UI is, as far as is known. */
  webUi(): Promise<string | undefined>
  /**
   * Reads the warehouse, which is let go at once where this process has no other work with it.
   * @throws TidemarkError WarehouseBusy, WarehouseFailed
   */
  read<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T>
  /**
   * Asks the Temporal server.
   * @throws TidemarkError ServerUnavailable, UsageError
   */
  ask<T>(work: (client: Client, namespace: string) => Promise<T>): Promise<T>
}
