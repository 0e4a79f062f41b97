import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'
import { untoldIn } from './untold.ts'

/** What of a pipeline people were not told. */
export function findUntold({ pipelines, loading }: ActivityContext) {
  return (pipeline: string) => heartbeating(() => withFailures(async () => untoldIn(loading.warehouse, pipelines.get(pipeline))))
}
