import { randomUUID } from 'node:crypto'
import { messageOf, TidemarkError } from '../errors.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { Sighting } from '../sources/sightings.ts'
import type { Listed } from '../sources/source.ts'
import type { Run } from '../warehouse/claim.ts'
import type { Known } from '../warehouse/ledger.ts'
import type { Debt } from '../warehouse/publication.ts'
import { suspectedIn } from './absent-files.ts'
import { ensureBegun } from './begin.ts'
import { inWindow, notUpToDate } from './candidate.ts'
import { clearAbandoned } from './clear-staging.ts'
import type { Waiting } from './judge.ts'
import { type FilesRequest, type FilesResult, type LoadContext, loadFiles } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import { payDebts } from './pay-debts.ts'
import { publishGone } from './publish-gone.ts'
import { releaseClaim } from './release-claim.ts'
import { loadable } from './settle.ts'

export interface PartitionRequest {
  readonly open: OpenPipeline
  readonly key: string
  readonly hints: readonly Sighting[]
  /** Paths that sweeps did not find, perhaps those of another worker. */
  readonly absent?: readonly string[]
  /** Somebody has named it: what was left out of it at first is loaded as well. */
  readonly alsoIgnored?: boolean
  readonly run: Run
  /** After this try nobody tries again soon: what failed is left alone for a while. */
  readonly lastTry: boolean
  readonly signal: AbortSignal
}

/** What a partition is now; what this load did to make it so is only the news. */
export interface PartitionState {
  readonly state: 'loaded' | 'held' | 'waiting' | 'nothing'
  readonly files: number
  readonly rows: number
  /** Why, for people: of the first file that is held, or of the partition itself. No row of data is in it. */
  readonly reason?: string
  /** Held versions that people have not been told of. */
  readonly newlyHeld: number
  /** Files and partitions that were not well when people were told last, and are now. */
  readonly recovered?: number
  /** Files that are gone from the source, where people want to be told. */
  readonly gone?: number
}

/** Claim ▸ look ▸ stage ▸ parse ▸ check ▸ look again ▸ publish. */
export async function loadPartition(context: LoadContext, request: PartitionRequest): Promise<PartitionState> {
  const { open, key } = request
  for (const hint of request.hints) open.sightings.seed(hint)
  if (!request.alsoIgnored) await ensureBegun(context, request)

  const isMine = (debt: Debt) => debt.key === key
  // First what a load that died has left: what it took is not gone.
  await payDebts(context, open, isMine, request.signal)
  await gonePaths(context, request)
  const state = await loadListed(context, request)
  await payDebts(context, open, isMine, request.signal)
  return state
}

function gonePaths(context: LoadContext, { open, key, run, absent = [], signal }: PartitionRequest) {
  const paths = [...absent, ...suspectedIn(open, new Set([key]))]
  const claimKeys = async (claim: string, keys: readonly string[]) => {
    const { claimed } = await context.warehouse.claim({ pipeline: open.pipeline, keys, claim, run, over: 'any' }, signal)
    return new Set(claimed)
  }
  return publishGone(context, { open, run, paths, claimKeys, signal })
}

async function loadListed(context: LoadContext, request: PartitionRequest): Promise<PartitionState> {
  const { open, key, run, signal } = request
  const { pipeline } = open
  const claim = randomUUID()
  const { deaths } = await context.warehouse.claim({ pipeline, keys: [key], claim, run, over: 'any' }, signal)
  await context.onStep?.('claimed')
  let isPublished = false
  try {
    await clearAbandoned(context, deaths)
    const judged = judgeKey(pipeline.partitions, key)
    if (judged.verdict === 'outside') return { state: 'nothing', files: 0, rows: 0, reason: judged.reason, newlyHeld: 0 }
    const files = await look(open, key, signal)
    await context.onStep?.('looked')
    const known = await context.warehouse.known(
      pipeline.name,
      files.map(({ path }) => path),
      signal,
    )
    const { alsoIgnored = false } = request
    const candidates = notUpToDate(inWindow(open, files), known, { alsoIgnored })
    const filesOf = () => files.length
    const onSettling = (files: number) => context.reading?.settle(files, pipeline.source.settleMs)
    const settling = { open, warehouse: context.warehouse, candidates, filesOf, onSettling, signal }
    const { ready, unsettled, waiting } = await loadable(settling)
    if (candidates.length === 0) await endBackoff(context, request, claim)
    const loading = { claim, deaths, candidates: ready, published: () => (isPublished = true) }
    const result = ready.length === 0 ? NOTHING_DONE : await loadClaimed(context, request, loading)
    if (files.length === 0) return await stateWithoutFiles(context, pipeline.name, key)
    return stateOf(files, known, result, unsettled.length + result.changed.length, waiting)
  } catch (error) {
    if (request.lastTry && !signal.aborted && !(error instanceof TidemarkError && error.code === 'ClaimLost'))
      await postpone(context, request, claim, error)
    throw error
  } finally {
    if (!isPublished) await releaseClaim(context.warehouse, pipeline.name, claim, signal)
  }
}

const NOTHING_DONE: FilesResult = { published: new Set(), outcomes: [], changed: [], unreadable: new Map() }

async function look({ source, pattern }: OpenPipeline, key: string, signal: AbortSignal): Promise<Listed[]> {
  const files: Listed[] = []
  for await (const page of source.list(pattern.narrow(key), signal)) files.push(...page)
  return files
}

async function loadClaimed(
  context: LoadContext,
  request: PartitionRequest,
  { published, ...claimed }: Pick<FilesRequest, 'claim' | 'deaths' | 'candidates'> & { readonly published: () => void },
) {
  const { open, key, run, signal } = request
  const result = await loadFiles(context, { ...claimed, open, keys: [key], run, postpone: request.lastTry, signal })
  published() // which has ended the claim
  if (!result.published.has(key)) {
    throw new TidemarkError(
      'ClaimLost',
      `another load took over partition ${key} of ${open.pipeline.name}; nothing was published here`,
    )
  }
  const [unreadable] = result.unreadable.values()
  if (unreadable !== undefined) throw unreadable
  return result
}

/** Nothing is left to do: what could not be reached before is not tried again. */
async function endBackoff(
  { warehouse }: LoadContext,
  { open, key, run, signal }: PartitionRequest,
  claim: string,
): Promise<void> {
  const { pipeline } = open
  if (!(await warehouse.backoffs(pipeline.name)).some((backoff) => backoff.key === key)) return
  await warehouse.publish({ pipeline, claim, keys: [key], outcomes: [], run }, signal)
}

/** The warehouse itself may be what failed: then the next request finds out. */
async function postpone(
  { warehouse }: LoadContext,
  { open, key, run, signal }: PartitionRequest,
  claim: string,
  error: unknown,
): Promise<void> {
  const publication = {
    pipeline: open.pipeline,
    claim,
    keys: [key],
    outcomes: [],
    postponed: new Map([[key, messageOf(error)]]),
    run,
  }
  await warehouse.publish(publication, signal).catch(() => undefined)
}

function stateOf(
  files: readonly Listed[],
  known: ReadonlyMap<string, Known>,
  { outcomes }: FilesResult,
  left: number,
  waiting: readonly Waiting[],
): PartitionState {
  const fresh = new Map(outcomes.map((outcome) => [outcome.listed.path, outcome]))
  let rows = 0
  let reason: string | undefined
  for (const { path } of files) {
    const before = known.get(path)
    const now = fresh.get(path)
    rows += now?.verdict === 'good' ? now.rows : now?.verdict === 'duplicate' ? 0 : (before?.loadedRows ?? 0)
    if (now === undefined && before?.status === 'held') reason ??= `${path}: ${before.error}`
    if (now?.verdict === 'held') reason ??= `${path}: ${now.reason}`
  }
  const newlyHeld = outcomes.filter(({ verdict }) => verdict === 'held').length
  const counts = { files: files.length, rows, newlyHeld }
  const ignored = files.filter(({ path }) => !fresh.has(path) && known.get(path)?.status === 'ignored')
  if (left > 0) return { ...counts, state: 'waiting', reason: `${left} of ${files.length} files still change` }
  const [waits] = waiting.filter(({ stray }) => !stray || fresh.size + known.size === 0)
  if (waits !== undefined) return { ...counts, state: 'waiting', reason: `${waits.candidate.listed.path}: ${waits.reason}` }
  if (reason !== undefined) return { ...counts, state: 'held', reason }
  const [first] = ignored
  if (first === undefined || ignored.length < files.length) return { ...counts, state: 'loaded' }
  return { ...counts, state: 'nothing', reason: `${first.path} is ignored: ${known.get(first.path)?.error}` }
}

/** No file there: what was loaded stays loaded. */
async function stateWithoutFiles({ warehouse }: LoadContext, pipeline: string, key: string): Promise<PartitionState> {
  const loaded = (await warehouse.files(pipeline, { key })).filter(({ status }) => status === 'loaded')
  const rows = loaded.reduce((sum, entry) => sum + (entry.rows ?? 0), 0)
  return { state: loaded.length > 0 ? 'loaded' : 'nothing', files: 0, rows, newlyHeld: 0 }
}
