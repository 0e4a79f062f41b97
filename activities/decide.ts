import { TidemarkError } from '../src/errors.ts'
import type { OpenPipeline } from '../src/loading/open-pipelines.ts'
import { judgeKey } from '../src/partitions/keys.ts'
import { CHANGED } from '../src/warehouse/decision.ts'
import type { ActOnFileInput } from '../workflows/actOnFile.ts'
import type { ActivityContext } from './context.ts'
import { withFailures } from './failures.ts'
import { heartbeating } from './heartbeating.ts'

export interface DecideInput extends Omit<ActOnFileInput, 'opened'> {
  /** When it was asked for, in milliseconds since 1970: another try of the same request changes nothing. */
  readonly at: number
}

/** Opens a person's decision on a file's newest version; answers which partition must be brought up to date. */
export function decide({ pipelines, loading }: ActivityContext) {
  return ({ pipeline, path, action, fingerprint, reason, by, at }: DecideInput): Promise<{ readonly partition: string }> =>
    heartbeating(({ cancellationSignal }) =>
      withFailures(async () => {
        const open = pipelines.get(pipeline)
        const partition = action === 'remove' ? undefined : await partitionOf(open, path, action, fingerprint)
        const entry = await loading.warehouse.decide(
          pipeline,
          path,
          {
            decision: action,
            reason: reason ?? null,
            by: by ?? null,
            at: new Date(at),
            ...(fingerprint === undefined ? {} : { fingerprint }),
          },
          cancellationSignal,
        )
        return { partition: partition ?? entry.partition_key }
      }),
    )
}

/** What is to be loaded must be there, and be one of the pipeline's. */
async function partitionOf(
  { pipeline, source, pattern }: OpenPipeline,
  path: string,
  action: string,
  fingerprint: string | undefined,
): Promise<string> {
  const refuse = (why: string) => new TidemarkError('UsageError', `cannot ${action} ${JSON.stringify(path)}: ${why}`)
  const key = pattern.keyOf(path)
  if (key === undefined) throw refuse(`${pattern.files} does not match it`)
  const judged = judgeKey(pipeline.partitions, key)
  if (judged.verdict === 'outside') throw refuse(judged.reason)
  const listed = await source.stat(path)
  if (listed === undefined) throw refuse('it is not in the source; put it back there')
  if (fingerprint !== undefined && listed.fingerprint !== fingerprint) throw refuse(CHANGED)
  return key
}
