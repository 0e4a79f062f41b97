import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TidemarkError } from '../errors.ts'
import type { ApartRequest } from './apart-messages.ts'
import { type Read, Reader } from './reader.ts'
import type { StageRequest } from './stage-files.ts'
import type { Staged } from './staged.ts'
import { staging } from './staging-file.ts'

/** A process may be ended for what others do; three times in a row it is the file. */
const DEATHS_OF_A_FILE = 3

/**
 * As `stageFiles`, for files of which one may kill the process that reads it: one by one, in a process of their own. It reads one after
 * the other, so that many good files cost little more than one; what it dies of is read again in one that has read nothing before.
 * @throws TidemarkError; the signal's reason when it aborts
 */
export async function stageApart({ pipeline, files, folder, signal }: Omit<StageRequest, 'source'>): Promise<readonly Staged[]> {
  const staged: Staged[] = []
  await using readers = new Readers(signal)
  for (const [index, file] of files.entries())
    staged.push(await stageOne(readers, { pipeline, file, folder: join(folder, `apart-${index}`) }))
  return staged
}

/** The process that reads now; another one after its death. */
class Readers implements AsyncDisposable {
  readonly #signal: AbortSignal
  #reader: Reader | undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get current(): Reader {
    this.#reader ??= new Reader(this.#signal)
    return this.#reader
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader?.[Symbol.asyncDispose]()
    this.#reader = undefined
  }
}

async function stageOne(readers: Readers, request: ApartRequest): Promise<Staged> {
  const { path } = request.file.listed
  for (let deaths = 0; ; ) {
    await staging(() => rm(request.folder, { recursive: true, force: true }))
    await staging(() => mkdir(request.folder, { recursive: true }))
    const { current } = readers
    const isOfFile = current.isFresh
    const read = await current.read(request)
    if (read.kind !== 'died') return verdictOf(read)
    await readers[Symbol.asyncDispose]()
    if (isOfFile && ++deaths === DEATHS_OF_A_FILE) {
      const reason = `reading it killed the reading process ${DEATHS_OF_A_FILE} times (${read.how})`
      return { verdict: 'held', path, reason, checks: [], rejected: [] }
    }
  }
}

function verdictOf(answer: Read): Staged {
  if (answer.kind === 'staged') return answer.staged
  const error = new TidemarkError(answer.error.code, answer.error.message)
  if (answer.kind === 'failed') throw error
  return { verdict: 'unreadable', path: answer.path, error }
}
