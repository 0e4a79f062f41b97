/** A program: stages files for the worker that started it, one at a time, so that a file that kills its reader kills only this process. */
import { writeFileSync } from 'node:fs'
import { TidemarkError } from '../errors.ts'
import { openSource } from '../sources/open-source.ts'
import { type ApartAnswer, type ApartRequest, isRequest } from './apart-messages.ts'
import { duckdbErrorKind } from './sandbox.ts'
import { stageFiles } from './stage-files.ts'

/** When memory runs out, the kernel ends this process before any other. */
const FIRST_TO_DIE = '1000'

try {
  writeFileSync('/proc/self/oom_score_adj', FIRST_TO_DIE)
} catch {
  // Only Linux has it.
}
// A terminal signals all of a program's processes; the worker tells this one when it is time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.once('disconnect', () => process.exit(0)) // all is read, or the worker is gone
process.on('message', async (message) => {
  if (isRequest(message)) process.send?.(await answer(message))
})
process.send?.({ kind: 'ready' } satisfies ApartAnswer)

async function answer({ pipeline, file, folder }: ApartRequest): Promise<ApartAnswer> {
  try {
    const source = openSource(pipeline.source)
    const [staged] = await stageFiles({ pipeline, source, files: [file], folder, signal: new AbortController().signal })
    if (staged === undefined) throw new Error('no verdict')
    if (staged.verdict !== 'unreadable') return { kind: 'staged', staged }
    return { kind: 'unreadable', path: staged.path, error: { code: staged.error.code, message: staged.error.message } }
  } catch (error) {
    const told = error instanceof TidemarkError ? error : unexpected(error)
    return { kind: 'failed', error: { code: told.code, message: told.message } }
  }
}

/** The texts of other errors may repeat cells. */
function unexpected(error: unknown): TidemarkError {
  return new TidemarkError('StagingFailed', `a file could not be staged in a process of its own: ${duckdbErrorKind(error)}`)
}
