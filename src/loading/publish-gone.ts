import { randomUUID } from 'node:crypto'
import type { Run } from '../warehouse/claim.ts'
import { absentFiles } from './absent-files.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { releaseClaim } from './release-claim.ts'

interface GoneRequest {
  readonly open: OpenPipeline
  readonly run: Run
  /** Paths that sweeps did not find. */
  readonly paths: readonly string[]
  readonly claimKeys: (claim: string, keys: readonly string[]) => Promise<{ has(key: string): boolean; keys(): Iterable<string> }>
  readonly signal: AbortSignal
}

/**
 * Looks at the paths themselves, and writes down which are gone. In a transaction of its own, with a claim as any other: a load of the
 * same partition may just be publishing the file's last version.
 */
export async function publishGone(context: LoadContext, request: GoneRequest): Promise<void> {
  const { open, run, signal } = request
  const absent = await absentFiles(open, request.paths)
  if (absent.length === 0) return
  const known = await context.warehouse.known(
    open.pipeline.name,
    absent.map(({ path }) => path),
    signal,
  )
  // What an earlier try has written down is no reason for a claim: its end would make deaths forgotten.
  const suspects = absent.filter(({ path }) => known.get(path)?.fingerprint)
  if (suspects.length === 0) return
  const claim = randomUUID()
  try {
    const keys = await request.claimKeys(claim, [...new Set(suspects.map(({ key }) => key))])
    // Once more: the claim's former owner may have seen it come back.
    const gone = await absentFiles(
      open,
      suspects.filter(({ key }) => keys.has(key)).map(({ path }) => path),
    )
    await context.warehouse.publish(
      { pipeline: open.pipeline, claim, keys: [...keys.keys()], outcomes: [], gone, unfinished: [...keys.keys()], run },
      signal,
    )
    for (const { path } of gone) {
      open.absences.forget(path)
      open.view.known.forget(path)
    }
  } finally {
    await releaseClaim(context.warehouse, open.pipeline.name, claim, signal)
  }
}
