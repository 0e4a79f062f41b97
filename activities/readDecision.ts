import { type Decision, isOpen } from '../src/warehouse/decision.ts'
import type { FileStatus } from '../src/warehouse/ledger.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'

/** What came of a decision so far. */
export interface DecisionState {
  readonly open: boolean
  /** Of the version that was decided on, or of the rows that were taken out. */
  readonly status: FileStatus
  readonly rows: number
  readonly reason: string | null
}

export function readDecision({ loading, pipelines }: ActivityContext) {
  return ({
    pipeline,
    path,
    action,
  }: {
    readonly pipeline: string
    readonly path: string
    readonly action: Decision
  }): Promise<DecisionState> =>
    heartbeating(() =>
      withFailures(async () => {
        const versions = await loading.warehouse.files(pipeline, { path, versions: true })
        const newest = versions.at(-1)
        if (newest === undefined)
          return { open: false, status: 'removed', rows: 0, reason: 'the ledger knows nothing of it any more' }
        const gone = action !== 'remove' && (await pipelines.get(pipeline).source.stat(path)) === undefined
        const open = isOpen(newest) && newest.decision === action && !gone
        const loaded = versions.find(({ status }) => status === 'loaded')
        if (action === 'remove' && !open && loaded === undefined) return { open, status: 'removed', rows: 0, reason: null }
        return { open, status: newest.status, rows: newest.status === 'loaded' ? (newest.rows ?? 0) : 0, reason: newest.error }
      }),
    )
}
