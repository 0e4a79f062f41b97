import { randomUUID } from 'node:crypto'
import { messageOf } from '../errors.ts'
import type { Run } from '../warehouse/warehouse.ts'
import { ensureBegun } from './begin.ts'
import { type Candidate, inWindow, notUpToDate } from './candidate.ts'
import { chunks } from './chunks.ts'
import { missingFrom } from './expected.ts'
import { FilesByKey } from './files-by-key.ts'
import { type LoadContext, loadFiles } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { payDebts } from './pay-debts.ts'
import { postponedKeys } from './postponed.ts'
import { publishGone } from './publish-gone.ts'
import { releaseClaim } from './release-claim.ts'
import { loadable } from './settle.ts'

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
  /** After this try nobody tries again soon: what failed is left alone for a while, as by an import. */
  readonly lastTry?: boolean
  readonly signal: AbortSignal
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

/** One pass over the whole source. It holds files in memory that are not up to date, and the paths of the others. */
export async function loadBatch(context: LoadContext, request: BatchRequest): Promise<BatchPass> {
  const { open, signal } = request
  const all = () => true
  await ensureBegun(context, request)
  await payDebts(context, open, all, signal)
  const files = new FilesByKey(open)
  const candidates = await notUpToDateAnywhere(context, request, files)
  const { warehouse } = context
  const filesOf = (key: string) => files.count(key)
  const { ready, unsettled, waiting } = await loadable({ open, warehouse, candidates, filesOf, signal })
  await gonePass(context, request)
  let pass: BatchPass = { loaded: 0, held: 0, rows: 0, reasons: [], left: unsettled.length + waiting.length }
  for (const chunk of chunks(open.pipeline, ready)) {
    pass = sum(pass, await loadOrLeave(context, request, chunk))
    request.progress(pass)
  }
  await carryOutRemovals(context, request)
  await payDebts(context, open, all, signal)
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

async function notUpToDateAnywhere(
  { warehouse }: LoadContext,
  { open, alsoPostponed, signal }: BatchRequest,
  found: FilesByKey,
): Promise<Candidate[]> {
  const { name } = open.pipeline
  const postponed = alsoPostponed ? new Set<string>() : await postponedKeys(warehouse, name)
  const candidates: Candidate[] = []
  const listed = new Set<string>()
  for await (const page of open.source.list(open.pattern, signal)) {
    const inside = inWindow(open, page)
    found.add(inside)
    for (const { listed: file } of inside) listed.add(file.path)
    const files = inside.filter(({ key }) => !postponed.has(key))
    const known = await warehouse.known(
      name,
      files.map(({ listed }) => listed.path),
      signal,
    )
    candidates.push(...notUpToDate(files, known))
  }
  open.absences.swept({ found: listed.size, missing: await missingFrom(open, warehouse, listed, signal) })
  return candidates
}

/** A pass is a sweep too. */
async function gonePass(context: LoadContext, request: BatchRequest): Promise<void> {
  const { open, run, signal } = request
  const claimKeys = async (claim: string, keys: readonly string[]) =>
    new Set((await claimFree(context, request, claim, keys)).keys())
  await publishGone(context, { open, run, paths: open.absences.suspected(), claimKeys, signal })
}

/** What breaks a chunk and is no partition's fault ends the pass, which is tried again; after the last try all of them are left alone. */
async function loadOrLeave(context: LoadContext, request: BatchRequest, chunk: readonly Candidate[]): Promise<BatchPass> {
  try {
    return await loadChunk(context, request, chunk)
  } catch (error) {
    if (!request.lastTry || request.signal.aborted) throw error
    await leaveAlone(context, request, [...new Set(chunk.map(({ key }) => key))], error)
    return { loaded: 0, held: 0, rows: 0, reasons: [], left: chunk.length }
  }
}

/** Where not even that can be written, the failure itself is what is told. */
async function leaveAlone(
  context: LoadContext,
  request: BatchRequest,
  partitions: readonly string[],
  error: unknown,
): Promise<void> {
  const { open, run, signal } = request
  const claim = randomUUID()
  try {
    const keys = [...(await claimFree(context, request, claim, partitions)).keys()]
    const postponed = new Map(keys.map((key) => [key, messageOf(error)]))
    await context.warehouse.publish({ pipeline: open.pipeline, claim, keys, outcomes: [], postponed, run }, signal)
  } catch {
    throw error
  }
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

async function loadChunk(context: LoadContext, request: BatchRequest, chunk: readonly Candidate[]): Promise<BatchPass> {
  const { open, run, signal } = request
  const { name } = open.pipeline
  const claim = randomUUID()
  try {
    const deaths = await claimFree(context, request, claim, [...new Set(chunk.map(({ key }) => key))])
    await context.onStep?.('claimed')
    const mine = chunk.filter(({ key }) => deaths.has(key))
    // What was compared before the claim may have been loaded by others meanwhile.
    const known = await context.warehouse.known(
      name,
      mine.map(({ listed }) => listed.path),
      signal,
    )
    const candidates = notUpToDate(mine, known)
    await context.onStep?.('looked')
    if (candidates.length === 0) return { loaded: 0, held: 0, rows: 0, reasons: [], left: chunk.length - mine.length }
    const { outcomes } = await loadFiles(context, {
      open,
      claim,
      keys: [...deaths.keys()],
      deaths,
      run,
      candidates,
      postpone: true,
      signal,
    })
    const held = outcomes.filter((outcome) => outcome.verdict === 'held')
    return {
      loaded: outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'same').length,
      held: held.length,
      reasons: held.slice(0, REASONS_TOLD).map(({ listed, reason }) => `${listed.path}: ${reason}`),
      rows: outcomes.reduce((sum, outcome) => sum + (outcome.verdict === 'good' ? outcome.rows : 0), 0),
      left: chunk.length - mine.length + candidates.length - outcomes.length,
    }
  } finally {
    await releaseClaim(context.warehouse, name, claim, signal)
  }
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
  if (dead.size === 0) return deaths
  const again = first.refused.filter(({ claim: theirs }) => dead.has(theirs)).map(({ key }) => key)
  const second = await warehouse.claim({ pipeline: open.pipeline, keys: again, claim, run, over: dead }, signal)
  for (const key of second.claimed) deaths.set(key, second.deaths.get(key) ?? 0)
  return deaths
}
