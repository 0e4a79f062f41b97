import { type ChildProcess, fork } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TidemarkError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { type ApartAnswer, type ApartRequest, isAnswer } from './apart-messages.ts'
import type { StageRequest } from './stage-files.ts'
import type { Staged } from './staged.ts'
import { staging } from './staging-file.ts'

/** A process may be ended for what others do; three times in a row it is the file. */
const DEATHS_OF_A_FILE = 3

/** How a process ended without an answer. */
interface Death {
  readonly how: string
  /** It had been given the file. */
  readonly reading: boolean
}

/**
 * As `stageFiles`, for files of which one may kill the process that reads it: one by one, each in a process of its own.
 * @throws TidemarkError; the signal's reason when it aborts
 */
export async function stageApart({ pipeline, files, folder, signal }: Omit<StageRequest, 'source'>): Promise<readonly Staged[]> {
  const staged: Staged[] = []
  for (const [index, file] of files.entries()) {
    const own = join(folder, `apart-${index}`)
    staged.push(await stageOne({ pipeline, file, folder: own }, signal))
  }
  return staged
}

async function stageOne(request: ApartRequest, signal: AbortSignal): Promise<Staged> {
  const { path } = request.file.listed
  let last = ''
  for (let deaths = 0; deaths < DEATHS_OF_A_FILE; deaths++) {
    await staging(() => rm(request.folder, { recursive: true, force: true }))
    await staging(() => mkdir(request.folder, { recursive: true }))
    const ended = await ask(request, signal)
    if ('kind' in ended) return verdictOf(ended)
    if (!ended.reading) throw notStarted(ended.how)
    last = ended.how
  }
  const reason = `reading it killed the reading process ${DEATHS_OF_A_FILE} times (${last})`
  return { verdict: 'held', path, reason, checks: [], rejected: [] }
}

function verdictOf(answer: Exclude<ApartAnswer, { kind: 'ready' }>): Staged {
  if (answer.kind === 'staged') return answer.staged
  const error = new TidemarkError(answer.error.code, answer.error.message)
  if (answer.kind === 'failed') throw error
  return { verdict: 'unreadable', path: answer.path, error }
}

/** Ends when the process has: what it was writing is then nobody's. */
async function ask(request: ApartRequest, signal: AbortSignal): Promise<Exclude<ApartAnswer, { kind: 'ready' }> | Death> {
  signal.throwIfAborted()
  const child = start()
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  try {
    let reading = false
    let answered: Exclude<ApartAnswer, { kind: 'ready' }> | undefined
    child.on('message', (message: unknown) => {
      if (!isAnswer(message)) return
      if (message.kind === 'ready') {
        reading = true
        child.send({ ...request }, () => undefined) // one that has died meanwhile is told by its end
      } else {
        answered = message
        if (child.connected) child.disconnect()
      }
    })
    const how = await endOf(child)
    signal.throwIfAborted()
    return answered ?? { how, reading }
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

/** Its output may repeat cells: nobody gets it. */
function start(): ChildProcess {
  return fork(join(packageRoot(), 'dist', 'src', 'staging', 'apart-process.js'), {
    env: process.env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    child.once('error', ({ message }) => failed(notStarted(message)))
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`))
  })
}

function notStarted(why: string): TidemarkError {
  return new TidemarkError('StagingFailed', `no process can be started to read a file in: ${why}`)
}
