import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TidemarkError } from '../errors.ts'
import { judgeKey } from '../partitions/keys.ts'
import { stageApart } from '../staging/stage-apart.ts'
import { stageFiles } from '../staging/stage-files.ts'
import type { Staged } from '../staging/staged.ts'
import type { Run } from '../warehouse/claim.ts'
import type { Outcome } from '../warehouse/publication.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Candidate } from './candidate.ts'
import { lookAgain } from './look-again.ts'
import type { OpenPipeline } from './open-pipelines.ts'
import type { Reading } from './reading.ts'
import { rowsFault } from './whole.ts'

/** One worker may die of anything; when two have died with a partition, its files are read in a process of their own. */
const APART_FROM_DEATHS = 2
/** Among others one death is enough: with a second one the work on all of them would be lost twice. */
const APART_FROM_DEATHS_AMONG_OTHERS = 1

/** Where a load is, in the order of its steps; tests and the crash harness stop it there. */
export type Step = 'claimed' | 'looked' | 'staged' | 'looked again' | 'published'

export interface LoadContext {
  readonly warehouse: Warehouse
  /** Each load stages in a folder of its own in here, named by its claim. */
  readonly stagingFolder: string
  readonly onStep?: (step: Step) => Promise<void> | void
  /** Told what one transaction has published. */
  readonly report?: (outcomes: readonly Outcome[], open: OpenPipeline) => void
  /** Counts what is read. */
  readonly reading?: Reading
}

export interface FilesRequest {
  readonly open: OpenPipeline
  readonly claim: string
  readonly keys: readonly string[]
  /** How many loads in a row have died with a partition's claim. */
  readonly deaths: ReadonlyMap<string, number>
  readonly run: Run
  readonly candidates: readonly Candidate[]
  /** Whether partitions whose files could not be read are left alone for a while after this. */
  readonly postpone: boolean
  /** Whether a partition that the table refuses is left alone as well, when it is the only one; else that is thrown. */
  readonly leaveRefused?: boolean
  readonly signal: AbortSignal
}

export interface FilesResult {
  /** The keys whose claim was still ours. */
  readonly published: ReadonlySet<string>
  readonly outcomes: readonly Outcome[]
  /** Changed or gone while they were loaded. */
  readonly changed: readonly Candidate[]
  readonly unreadable: ReadonlyMap<string, TidemarkError>
}

/** Stage ▸ parse ▸ check ▸ look again ▸ publish, if the claim is still ours. */
export async function loadFiles(context: LoadContext, request: FilesRequest): Promise<FilesResult> {
  return publishFiles(context, request, await prepareFiles(context, request))
}

/** Stage ▸ parse ▸ check. What was staged stays until it is published. */
export async function prepareFiles(context: LoadContext, request: FilesRequest): Promise<readonly Staged[]> {
  const folder = join(context.stagingFolder, request.claim)
  try {
    const staged = await stage(context, request, folder)
    await context.onStep?.('staged')
    return staged
  } catch (error) {
    await removeStaged(context, request)
    throw error
  }
}

/** Look again ▸ publish, if the claim is still ours; with that the claim has ended. */
export async function publishFiles(context: LoadContext, request: FilesRequest, staged: readonly Staged[]): Promise<FilesResult> {
  const { open, claim, candidates, signal } = request
  try {
    const { unchanged, changed, unseen } = await lookAgain(open, candidates, staged)
    await context.onStep?.('looked again')
    const outcomes = staged.flatMap((file) => toOutcome(open, file, unchanged.get(file.path)))
    const unreadable = new Map([...unseen, ...unreadableKeys(staged, unchanged)])
    const { keys, outcomes: visible } = await context.warehouse.publish(
      {
        pipeline: open.pipeline,
        claim,
        keys: request.keys,
        outcomes,
        unfinished: [...unreadable.keys()],
        postponed: request.postpone ? new Map([...unreadable].map(([key, error]) => [key, error.message])) : new Map(),
        run: request.run,
        leaveRefused: request.leaveRefused ?? false,
      },
      signal,
    )
    for (const { listed } of visible) {
      open.sightings.forget(listed.path)
      open.view.known.set(listed.path, listed.fingerprint)
    }
    if (visible.length > 0) context.report?.(visible, open)
    await context.onStep?.('published')
    return { published: new Set(keys), outcomes: visible, changed, unreadable }
  } finally {
    await removeStaged(context, request)
  }
}

export async function removeStaged({ stagingFolder }: LoadContext, { claim }: Pick<FilesRequest, 'claim'>): Promise<void> {
  await rm(join(stagingFolder, claim), { recursive: true, force: true })
}

async function stage(
  { reading }: LoadContext,
  { open, candidates, keys, deaths, signal }: FilesRequest,
  folder: string,
): Promise<readonly Staged[]> {
  const refused = candidates.flatMap((candidate) => {
    const reason = refusal(open, candidate)
    return reason === undefined ? [] : [held(candidate, reason)]
  })
  const hopeless = new Set(refused.map(({ path }) => path))
  const files = candidates.filter(({ listed }) => !hopeless.has(listed.path))
  if (files.length === 0) return refused
  await mkdir(folder, { recursive: true })
  const limit = keys.length > 1 ? APART_FROM_DEATHS_AMONG_OTHERS : APART_FROM_DEATHS
  const mayKill = ({ key }: Candidate) => (deaths.get(key) ?? 0) >= limit
  const request = { pipeline: open.pipeline, folder, signal }
  const harmless = files.filter((candidate) => !mayKill(candidate)).map(toStage)
  reading?.begin(harmless.map(({ listed }) => listed))
  const apart = files.filter(mayKill).map(toStage)
  return [
    ...refused,
    ...(await stageFiles({ ...request, source: open.source, files: harmless, ...(reading === undefined ? {} : { reading }) })),
    ...(await stageApart({ ...request, files: apart })),
  ]
}

function toStage({ listed, key, loadedHash, decision, manifestRows }: Candidate) {
  // What a manifest counts is counted, also when the bytes are those of before.
  const mayBeSame = loadedHash !== undefined && manifestRows === undefined
  return { listed, key, released: decision === 'release', ...(mayBeSame ? { loadedHash } : {}) }
}

/** Why a file is held without a look into it: its name is no partition's. */
function refusal({ pipeline }: OpenPipeline, { key }: Candidate): string | undefined {
  const judged = judgeKey(pipeline.partitions, key)
  return judged.verdict === 'valid' ? undefined : judged.reason
}

function held({ listed }: Candidate, reason: string): Extract<Staged, { verdict: 'held' }> {
  return { verdict: 'held', path: listed.path, reason, checks: [], rejected: [] }
}

function toOutcome({ sightings, pipeline }: OpenPipeline, staged: Staged, candidate: Candidate | undefined): Outcome[] {
  if (candidate === undefined || staged.verdict === 'unreadable') return []
  const { listed, key, decision, ignoredBefore = false } = candidate
  const firstSeen = Date.now() - (sightings.firstSeenMsAgo(listed.path) ?? 0)
  const handled = {
    listed,
    key,
    ...(decision === undefined ? {} : { decision }),
    ...(ignoredBefore ? { ignoredBefore } : {}),
    firstSeenAt: new Date(firstSeen),
    settledAt: pipeline.source.settleMs === 0 ? new Date() : new Date(firstSeen + pipeline.source.settleMs),
  }
  const miscounted = staged.verdict === 'good' ? rowsFault(candidate.manifestRows, staged.rows + staged.rejectedCount) : undefined
  switch (staged.verdict) {
    case 'good':
      if (miscounted !== undefined)
        return [
          {
            ...handled,
            verdict: 'held',
            contentHash: staged.contentHash,
            checks: staged.checks,
            reason: miscounted,
            rejected: [],
          },
        ]
      return [
        {
          ...handled,
          verdict: 'good',
          contentHash: staged.contentHash,
          checks: staged.checks,
          rowsFile: staged.rowsFile,
          sharedBy: staged.sharedBy,
          rows: staged.rows,
          rejected: staged.rejected,
          rejectedCount: staged.rejectedCount,
          added: staged.added,
        },
      ]
    case 'same':
      return [{ ...handled, verdict: 'same', contentHash: staged.contentHash, checks: [] }]
    case 'held':
      return [
        {
          ...handled,
          verdict: 'held',
          contentHash: staged.contentHash,
          checks: staged.checks,
          reason: staged.reason,
          rejected: staged.rejected,
          rejectedCount: staged.rejectedCount ?? staged.rejected.length,
        },
      ]
  }
}

/** Partitions with a file that is still there and could not be read. */
function unreadableKeys(staged: readonly Staged[], unchanged: ReadonlyMap<string, Candidate>): Map<string, TidemarkError> {
  const failed = new Map<string, TidemarkError>()
  for (const file of staged) {
    const candidate = unchanged.get(file.path)
    if (file.verdict === 'unreadable' && candidate !== undefined) failed.set(candidate.key, file.error)
  }
  return failed
}
