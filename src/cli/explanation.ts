import { TidemarkError } from '../errors.ts'
import { isToBeLeftOut } from '../loading/begin.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { whyWaiting } from '../loading/why-waiting.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { Listed } from '../sources/source.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { nextStep } from './next-step.ts'
import { sameBytesSteps } from './same-bytes-steps.ts'
import { newestSteps, olderSteps } from './version-steps.ts'

export interface Step {
  readonly step: string
  readonly text: string
  /** When it was so, in ISO; null for what has no time. */
  readonly at: string | null
}

export interface Explanation {
  readonly pipeline: string
  readonly path: string
  /** Rows of this path are in the table, and they are those of the file that is there now. */
  readonly inTable: boolean
  readonly steps: readonly Step[]
}

/** A file's way, step by step; undefined when neither source nor ledger know it. */
export async function explain(open: OpenPipeline, warehouse: Warehouse, path: string): Promise<Explanation | undefined> {
  const { pipeline, pattern, source } = open
  const { listed, unavailable } = await lookAt(open, path)
  const versions = await warehouse.files(pipeline.name, { path, versions: true })
  const newest = versions.at(-1)
  if (newest === undefined && unavailable !== undefined) throw unavailable
  if (listed === undefined && newest === undefined) return undefined

  const key = pattern.keyOf(path)
  const steps: Step[] = [
    timeless('pattern', key === undefined ? `${pattern.files} does not match: it is left out` : `${pattern.files} matches`),
  ]
  if (key !== undefined) steps.push(timeless('partition', partitionText(open, key)))
  steps.push(unavailable === undefined ? sourceStep(listed) : timeless('source', unavailable.message))
  for (const version of versions.slice(0, -1)) steps.push(...olderSteps(version))
  if (newest !== undefined) {
    const rejected = await warehouse.rejected(pipeline.name, path, newest.sequence)
    steps.push(...newestSteps(open, newest, rejected), ...(await sameBytesSteps({ source, warehouse, newest, listed })))
  }
  const backoffs = key === undefined ? [] : await warehouse.backoffs(pipeline.name)
  const waits = listed === undefined ? undefined : await whyWaiting(open, warehouse, path, new AbortController().signal)
  const loaded = versions.find(({ status }) => status === 'loaded')
  const backoff = backoffs.find((postponed) => postponed.key === key)
  steps.push(
    timeless(
      'now',
      nextStep({
        open,
        path,
        key,
        listed,
        unavailable: unavailable !== undefined,
        newest,
        loaded,
        backoff,
        waits,
        leftOut: newest === undefined && listed !== undefined && (await isToBeLeftOut(open, warehouse, listed)),
      }),
    ),
  )
  const inTable = newest?.status === 'loaded' && (listed === undefined || listed.fingerprint === newest.fingerprint)
  return { pipeline: pipeline.name, path, inTable, steps }
}

/** What the ledger knows is told also when the source cannot be reached. */
async function lookAt(
  { source }: OpenPipeline,
  path: string,
): Promise<{ listed?: Listed | undefined; unavailable?: TidemarkError }> {
  try {
    return { listed: await source.stat(path) }
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'SourceUnavailable') return { unavailable: error }
    throw error
  }
}

function timeless(step: string, text: string): Step {
  return { step, text, at: null }
}

function partitionText({ pipeline }: OpenPipeline, key: string): string {
  const judged = judgeKey(pipeline.partitions, key)
  return judged.verdict === 'valid' ? key : judged.reason
}

function sourceStep(listed: Listed | undefined): Step {
  if (listed === undefined) return timeless('source', 'not there')
  const text = listed.refused ?? `${listed.size} bytes, fingerprint ${listed.fingerprint}; last modified`
  return { step: 'source', text, at: listed.modifiedAt.toISOString() }
}
