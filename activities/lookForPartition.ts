import { Context } from '@temporalio/activity'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'

/** Whether a partition has a file at all, or had one that was loaded: then its import is worth a run. */
export function lookForPartition({ pipelines, loading }: ActivityContext) {
  return ({
    pipeline,
    partition,
  }: {
    readonly pipeline: string
    readonly partition: string
  }): Promise<{ readonly there: boolean }> => {
    const { cancellationSignal } = Context.current()
    return withFailures(async () => {
      const { source, pattern } = pipelines.get(pipeline)
      for await (const page of source.list(pattern.narrow(partition), cancellationSignal))
        if (page.length > 0) return { there: true }
      const known = await loading.warehouse.files(pipeline, { key: partition })
      return { there: known.some(({ status }) => status === 'loaded') }
    })
  }
}
