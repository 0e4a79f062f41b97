import { randomUUID } from 'node:crypto'
import type { Staged } from '../staging/staged.ts'
import type { Debt, Run } from '../warehouse/warehouse.ts'
import { type Candidate, notUpToDate } from './candidate.ts'
import { byKey } from './judge.ts'
import { type FilesRequest, type LoadContext, prepareFiles, publishFiles, removeStaged } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { payDebts } from './pay-debts.ts'
import { postponedKeys } from './postponed.ts'
import { publishGone } from './publish-gone.ts'
import { releaseClaim } from './release-claim.ts'
import { loadable } from './settle.ts'
import { lookWithin, sweep } from './sweep.ts'

/** A chunk is one transaction, unless a partition breaks it. Larger ones win little and lose more when one is lost. */
const CHUNK_FILES = 2_000
const CHUNK_BYTES = 256 * 1024 * 1024
/** More than this wait for the next pass: a pass holds them in memory. */
const MOST_A_PASS = 100_000
/** The others are in the ledger. */
const REASONS_TOLD = 5

export interface BatchRequest {
  readonly open: OpenPipeline
  readonly run: Run
  /** Takes also what is left alone after failures. */
  readonly alsoPostponed: boolean
  /** Whether a run is still open; a claim of one that has closed is taken over. */
  readonly isOpen: (run: Run) => Promise<boolean>
  readonly progress: (done: BatchPass) => void
  /** All partitions by default. */
  readonly scope?: BatchScope
  readonly signal: AbortSignal
}

/** Some of the partitions: only their files are looked at, so that nothing is learnt of what is gone elsewhere. */
export interface BatchScope {
  includes(key: string): boolean
  /** The order in which they are loaded; by their text by default. */
  readonly order?: (one: string, other: string) => number
}

export interface BatchPass {
  readonly loaded: number
  readonly held: number
  readonly rows: number
  /** Why, for people: of the first few files that were held. No row of data is in it. */
  readonly reasons: readonly string[]
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
  await payDebts(context, open, isMine, signal)
  const { warehouse } = context
  const looking = { open, warehouse, most: MOST_A_PASS, signal }
  const { candidates: swept, found } = await (scope === undefined ? sweep(looking) : lookWithin(looking, scope.includes))
  const postponed = request.alsoPostponed ? new Set<string>() : await postponedKeys(warehouse, open.pipeline.name)
  const candidates = swept.filter(({ key }) => !postponed.has(key))
  const filesOf = (key: string) => found.count(key)
  const { ready, unsettled, waiting } = await loadable({ open, warehouse, candidates, filesOf, signal })
  if (scope === undefined) await gonePass(context, request)
  let pass = { ...NOTHING_LOADED, left: unsettled.length + waiting.length }
  await loadChunks(context, request, ready, (chunk) => {
    pass = sum(pass, chunk)
    request.progress(pass)
  })
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

/** In key order; the files of one partition stay together. */
function* chunks(candidates: readonly Candidate[], order?: BatchScope['order']): Generator<readonly Candidate[]> {
  const partitions = byKey(candidates)
  let chunk: Candidate[] = []
  let bytes = 0
  for (const key of [...partitions.keys()].sort(order)) {
    const files = partitions.get(key) ?? []
    const size = files.reduce((sum, { listed }) => sum + listed.size, 0)
    if (chunk.length > 0 && (chunk.length + files.length > CHUNK_FILES || bytes + size > CHUNK_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(...files)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}

function sum(one: BatchPass, other: BatchPass): BatchPass {
  return {
    ...one,
    loaded: one.loaded + other.loaded,
    held: one.held + other.held,
    rows: one.rows + other.rows,
    reasons: [...one.reasons, ...other.reasons].slice(0, REASONS_TOLD),
    left: one.left + other.left,
  }
}

/** While one chunk is published the next one is staged: the one waits for the database, the other for the processor. */
async function loadChunks(
  context: LoadContext,
  request: BatchRequest,
  ready: readonly Candidate[],
  done: (pass: BatchPass) => void,
): Promise<void> {
  let publishing: Promise<void> = Promise.resolve()
  try {
    for (const chunk of chunks(ready, request.scope?.order)) {
      const prepared = await prepareChunk(context, request, chunk)
      await publishing.catch(async (error: unknown) => {
        await abandon(context, request, prepared)
        throw error
      })
      publishing = publishChunk(context, request, prepared).then(done)
      publishing.catch(() => undefined) // thrown where it is awaited
    }
  } finally {
    await publishing
  }
}

interface Prepared {
  readonly claim: string
  /** Not ours to load, because others have their partition or have loaded them. */
  readonly left: number
  readonly files: FilesRequest | undefined
  readonly staged: readonly Staged[]
}

async function prepareChunk(context: LoadContext, request: BatchRequest, chunk: readonly Candidate[]): Promise<Prepared> {
  const { open, run, signal } = request
  const claim = randomUUID()
  try {
    const { deaths, known } = await claimAndLook(context, request, claim, chunk)
    await context.onStep?.('claimed')
    const mine = chunk.filter(({ key }) => deaths.has(key))
    const candidates = notUpToDate(mine, known)
    await context.onStep?.('looked')
    const left = chunk.length - mine.length
    if (candidates.length === 0) return { claim, left, files: undefined, staged: [] }
    const files = { open, claim, keys: [...deaths.keys()], deaths, run, candidates, postpone: true, signal }
    return { claim, left, files, staged: await prepareFiles(context, files) }
  } catch (error) {
    await abandon(context, request, { claim })
    throw error
  }
}

async function publishChunk(context: LoadContext, request: BatchRequest, prepared: Prepared): Promise<BatchPass> {
  const { left, files, staged } = prepared
  try {
    if (files === undefined) {
      await abandon(context, request, prepared)
      return { ...NOTHING_LOADED, left }
    }
    const { outcomes } = await publishFiles(context, files, staged)
    const held = outcomes.filter((outcome) => outcome.verdict === 'held')
    return {
      loaded: outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'same').length,
      held: held.length,
      reasons: held.slice(0, REASONS_TOLD).map(({ listed, reason }) => `${listed.path}: ${reason}`),
      rows: outcomes.reduce((sum, outcome) => sum + (outcome.verdict === 'good' ? outcome.rows : 0), 0),
      left: left + files.candidates.length - outcomes.length,
    }
  } catch (error) {
    await abandon(context, request, prepared)
    throw error
  }
}

async function abandon(context: LoadContext, { open, signal }: BatchRequest, prepared: Pick<Prepared, 'claim'>): Promise<void> {
  await removeStaged(context, prepared)
  await releaseClaim(context.warehouse, open.pipeline.name, prepared.claim, signal)
}

const NOTHING_LOADED: BatchPass = { loaded: 0, held: 0, rows: 0, reasons: [], left: 0 }

/** What was compared before the claim may have been loaded by others meanwhile. */
async function claimAndLook(context: LoadContext, request: BatchRequest, claim: string, chunk: readonly Candidate[]) {
  const { open, signal } = request
  const look = () =>
    context.warehouse.known(
      open.pipeline.name,
      chunk.map(({ listed }) => listed.path),
      signal,
    )
  const claiming = claimFree(context, request, claim, [...new Set(chunk.map(({ key }) => key))])
  // Asked in one breath: else the chunk before is published in between, and this one is staged after it instead of meanwhile.
  const [{ deaths, again }, known] = await Promise.all([claiming, look()])
  return { deaths, known: again ? await look() : known }
}

/** Claims what nobody has, then what runs have left behind that are closed. Answers how many loads died with each. */
async function claimFree(
  { warehouse }: LoadContext,
  { open, run, isOpen, signal }: BatchRequest,
  claim: string,
  keys: readonly string[],
) {
  const first = await warehouse.claim({ pipeline: open.pipeline, keys, claim, run, over: new Set() }, signal)
  const deaths = new Map(first.claimed.map((key) => [key, first.deaths.get(key) ?? 0]))
  const dead = new Set<string>()
  for (const [theirs, holder] of new Map(first.refused.map((refused) => [refused.claim, refused]))) {
    const ours = holder.workflowId === run.workflowId && holder.runId === run.runId
    if (ours || !(await isOpen(holder))) dead.add(theirs)
  }
  if (dead.size === 0) return { deaths, again: false }
  const left = first.refused.filter(({ claim: theirs }) => dead.has(theirs)).map(({ key }) => key)
  const second = await warehouse.claim({ pipeline: open.pipeline, keys: left, claim, run, over: dead }, signal)
  for (const key of second.claimed) deaths.set(key, second.deaths.get(key) ?? 0)
  return { deaths, again: true }
}
