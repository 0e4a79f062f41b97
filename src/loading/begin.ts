import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Initial } from '../config/pipeline.ts'
import type { Listed } from '../sources/source.ts'
import { StagingFile, staging } from '../staging/staging-file.ts'
import type { Run } from '../warehouse/claim.ts'
import type { LeftOut, Warehouse } from '../warehouse/warehouse.ts'
import { inWindow } from './candidate.ts'
import type { LoadContext } from './load-files.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** How the folders of first sweeps are named, among those of loads, which are named by their claims. */
export const FIRST_SWEEP = 'first-sweep-'

interface BeginRequest {
  readonly open: OpenPipeline
  readonly run: Run
  readonly signal: AbortSignal
}

/** Has a pipeline begin, where its config leaves files out at first: no load may come before that, or it would take them for new. */
export async function ensureBegun(
  context: Pick<LoadContext, 'warehouse' | 'stagingFolder'>,
  request: BeginRequest,
): Promise<void> {
  if (request.open.pipeline.initial.since !== 'all') await begin(context, request)
}

/**
 * The first complete sweep of a pipeline's source: what `initial` leaves out is written into the ledger, with the mark that this was done.
 * What comes later is never left out. Nothing of it is kept in memory, and the warehouse is held for the writing alone.
 */
export async function begin(
  { warehouse, stagingFolder }: Pick<LoadContext, 'warehouse' | 'stagingFolder'>,
  { open, run, signal }: BeginRequest,
): Promise<void> {
  const { name, initial } = open.pipeline
  if (await warehouse.hasBegun(name)) return
  if (initial.since === 'all') {
    // Were there no mark, a config that says otherwise later would leave out what is new then.
    await warehouse.begin({ pipeline: name, run }, signal)
    return
  }
  const folder = join(stagingFolder, `${FIRST_SWEEP}${randomUUID()}`)
  await staging(() => mkdir(folder, { recursive: true }))
  try {
    const file = join(folder, 'left-out.json')
    await writeLeftOut(open, file, signal)
    await warehouse.begin({ pipeline: name, leftOut: { file, reason: reasonOf(initial) }, run }, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a pipeline has yet to begin, and will do so without a file that the ledger does not know. */
export async function isToBeLeftOut(
  { pipeline: { name, initial } }: Pick<OpenPipeline, 'pipeline'>,
  warehouse: Pick<Warehouse, 'hasBegun'>,
  listed: Pick<Listed, 'modifiedAt'>,
): Promise<boolean> {
  return isLeftOut(initial, listed) && !(await warehouse.hasBegun(name))
}

/** Whether a file that is there at first is not loaded. */
export function isLeftOut({ since }: Initial, { modifiedAt }: Pick<Listed, 'modifiedAt'>): boolean {
  return since === 'none' || (since !== 'all' && modifiedAt < since)
}

async function writeLeftOut(open: OpenPipeline, path: string, signal: AbortSignal): Promise<void> {
  const file = await StagingFile.create(path)
  try {
    for await (const page of open.source.list(open.pattern, signal)) {
      const lines = inWindow(open, page)
        .filter(({ listed }) => isLeftOut(open.pipeline.initial, listed))
        .map(({ listed: { path, fingerprint, size, modifiedAt }, key }) => {
          const line: LeftOut = { path, fingerprint, size, modified_at: modifiedAt.getTime(), partition_key: key }
          return `${JSON.stringify(line)}\n`
        })
      await file.write(Buffer.from(lines.join('')))
    }
  } finally {
    await file.close()
  }
}

function reasonOf({ since }: Initial): string {
  return since instanceof Date
    ? `it was there at the first sweep, last modified before ${since.toISOString()} (initial)`
    : `it was there at the first sweep (initial: '${since}')`
}
