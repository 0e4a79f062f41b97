import { randomUUID } from 'node:crypto'
import type { Listed } from '../sources/source.ts'
import type { Run } from '../warehouse/claim.ts'
import type { Debt } from '../warehouse/publication.ts'
import { ensureBegun } from './begin.ts'
import { claimFree } from './claim-free.ts'
import { loadChunks, NOTHING_LOADED } from './load-chunks.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { payDebts } from './pay-debts.ts'
import { postponedKeys } from './postponed.ts'
import { publishGone } from './publish-gone.ts'
import { releaseClaim } from './release-claim.ts'
import { loadable } from './settle.ts'
import { lookWithin, sweep } from './sweep.ts'

/** More than this wait for the next pass: a pass holds them in memory. */
const MOST_A_PASS = 100_000

export interface BatchRequest {
  readonly open: OpenPipeline
  readonly run: Run
  /** Takes also what is left alone after failures. */
  readonly alsoPostponed: boolean
  /** Whether a run is still open; a claim of one that has closed is taken over. */
  readonly isOpen: (run: Run) => Promise<boolean>
  /** `toGo`: files that are ready, and that this pass comes to later. */
  readonly progress: (done: BatchPass, toGo: number) => void
  /** All partitions by default. */
  readonly scope?: BatchScope
  /** After this try nobody tries again soon: what cannot be loaded is left alone for a while. */
  readonly lastTry?: boolean
  readonly signal: AbortSignal
}

/** Some of the partitions: only their files are looked at, so that nothing is learnt of what is gone elsewhere. */
export interface BatchScope {
  includes(key: string): boolean
  /** Their files, where they were listed just now. */
  readonly listed?: readonly Listed[]
  /** The order in which they are loaded; by their text by default. */
  readonly order?: (one: string, other: string) => number
}

export interface BatchPass {
  readonly loaded: number
  readonly held: number
  readonly rows: number
  /** Not settled, changed while loading, claimed by a live run, or not readable: for a later pass, or for the sensor. */
  readonly left: number
  /** Held, by whichever pass, and not told yet. Passes of older code have none: then it is what they have held. */
  readonly newlyHeld?: number
  /** Likewise: held, gone, late or missing when people were told last, and well now. */
  readonly recovered?: number
  readonly gone?: number
}

/** One pass over the whole source. It holds in memory what is not up to date. */
export async function loadBatch(context: LoadContext, request: BatchRequest): Promise<BatchPass> {
  const { open, scope, signal } = request
  const isMine = ({ key }: Debt) => scope?.includes(key) ?? true
  await ensureBegun(context, request)
  await payDebts(context, open, isMine, signal)
  const { warehouse } = context
  const looking = { open, warehouse, most: MOST_A_PASS, asksDecisions: true, signal }
  const { candidates: swept, found } = await (scope === undefined ? sweep(looking) : lookWithin(looking, scope))
  const postponed = request.alsoPostponed ? new Set<string>() : await postponedKeys(warehouse, open.pipeline.name)
  const candidates = swept.filter(({ key }) => !postponed.has(key))
  const filesOf = (key: string) => found.count(key)
  const { ready, unsettled, waiting } = await loadable({ open, warehouse, candidates, filesOf, signal })
  if (scope === undefined) await gonePass(context, request)
  const left = { ...NOTHING_LOADED, left: unsettled.length + waiting.length }
  const pass = await loadChunks(context, request, ready, left)
  if (scope === undefined) await carryOutRemovals(context, request)
  await payDebts(context, open, isMine, signal)
  return pass
}

/** Also of files that are gone, which no listing shows: a claim carries them out. */
async function carryOutRemovals(context: LoadContext, request: BatchRequest): Promise<void> {
  const { name } = request.open.pipeline
  const decided = (await context.warehouse.openDecisions(name)).filter(({ decision }) => decision === 'remove')
  if (decided.length === 0) return
  const claim = randomUUID()
  try {
    await claimFree(context, request, claim, [...new Set(decided.map(({ key }) => key))])
  } finally {
    await releaseClaim(context.warehouse, name, claim, request.signal)
  }
}

/** A pass is a sweep too. */
async function gonePass(context: LoadContext, request: BatchRequest): Promise<void> {
  const { open, run, signal } = request
  const claimKeys = async (claim: string, keys: readonly string[]) =>
    new Set((await claimFree(context, request, claim, keys)).deaths.keys())
  await publishGone(context, { open, run, paths: open.absences.suspected(), claimKeys, signal })
}
