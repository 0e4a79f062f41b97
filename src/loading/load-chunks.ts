import { randomUUID } from 'node:crypto'
import { messageOf } from '../errors.ts'
import type { Staged } from '../staging/staged.ts'
import { type Candidate, notUpToDate } from './candidate.ts'
import { chunks } from './chunks.ts'
import { claimFree } from './claim-free.ts'
import { clearAbandoned } from './clear-staging.ts'
import type { BatchPass, BatchRequest } from './load-batch.ts'
import { type FilesRequest, type LoadContext, prepareFiles, publishFiles, removeStaged } from './load-files.ts'
import { releaseClaim } from './release-claim.ts'

export const NOTHING_LOADED: BatchPass = { loaded: 0, held: 0, rows: 0, left: 0 }

/** While one chunk is published the next one is staged: the one waits for the database, the other for the processor. */
export async function loadChunks(
  context: LoadContext,
  request: BatchRequest,
  ready: readonly Candidate[],
  before: BatchPass,
): Promise<BatchPass> {
  const { open, progress, scope } = request
  let pass = before
  let toGo = ready.length
  progress(pass, toGo)
  const count = (chunk: readonly Candidate[], done: BatchPass) => {
    pass = sum(pass, done)
    toGo -= chunk.length
    progress(pass, toGo)
  }
  const publish = async (chunk: readonly Candidate[], prepared: Prepared) =>
    count(chunk, await orLeaveAlone(context, request, chunk, () => publishChunk(context, request, prepared)))
  let publishing: Promise<void> = Promise.resolve()
  try {
    for (const chunk of chunks(open.pipeline, ready, scope?.order)) {
      const prepared = await orLeaveAlone(context, request, chunk, () => prepareChunk(context, request, chunk))
      await publishing.catch(async (error: unknown) => {
        if ('claim' in prepared) await abandon(context, request, prepared)
        throw error
      })
      if ('claim' in prepared) publishing = publish(chunk, prepared)
      else count(chunk, prepared)
      publishing.catch(() => undefined) // thrown where it is awaited
    }
  } finally {
    await publishing
  }
  return pass
}

/** What breaks a chunk and is no partition's fault ends the pass, which is tried again; after the last try all of them are left alone. */
async function orLeaveAlone<T>(
  context: LoadContext,
  request: BatchRequest,
  chunk: readonly Candidate[],
  work: () => Promise<T>,
): Promise<T | BatchPass> {
  try {
    return await work()
  } catch (error) {
    if (!request.lastTry || request.signal.aborted) throw error
    await leaveAlone(context, request, keysOf(chunk), error)
    return { ...NOTHING_LOADED, left: chunk.length }
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
    const { deaths } = await claimFree(context, request, claim, partitions)
    const keys = [...deaths.keys()]
    const postponed = new Map(keys.map((key) => [key, messageOf(error)]))
    await context.warehouse.publish({ pipeline: open.pipeline, claim, keys, outcomes: [], postponed, run }, signal)
  } catch {
    throw error
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
    await clearAbandoned(context, deaths)
    const mine = chunk.filter(({ key }) => deaths.has(key))
    const candidates = notUpToDate(mine, known)
    await context.onStep?.('looked')
    const left = chunk.length - mine.length
    if (candidates.length === 0) return { claim, left, files: undefined, staged: [] }
    const files = { open, claim, keys: [...deaths.keys()], deaths, run, candidates, postpone: true, leaveRefused: true, signal }
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
    return {
      loaded: outcomes.filter(({ verdict }) => verdict === 'good' || verdict === 'same').length,
      held: outcomes.filter(({ verdict }) => verdict === 'held').length,
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

/** What was compared before the claim may have been loaded by others meanwhile. */
async function claimAndLook(context: LoadContext, request: BatchRequest, claim: string, chunk: readonly Candidate[]) {
  const { open, signal } = request
  const look = () =>
    context.warehouse.known(
      open.pipeline.name,
      chunk.map(({ listed }) => listed.path),
      signal,
    )
  const claiming = claimFree(context, request, claim, keysOf(chunk))
  // Asked in one breath: else the chunk before is published in between, and this one is staged after it instead of meanwhile.
  const [{ deaths, again }, known] = await Promise.all([claiming, look()])
  return { deaths, known: again ? await look() : known }
}

function keysOf(chunk: readonly Candidate[]): string[] {
  return [...new Set(chunk.map(({ key }) => key))]
}

function sum(one: BatchPass, other: BatchPass): BatchPass {
  return {
    ...one,
    loaded: one.loaded + other.loaded,
    held: one.held + other.held,
    rows: one.rows + other.rows,
    left: one.left + other.left,
  }
}
