import { randomInt } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemCodeOf, TidemarkError } from '../errors.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'
import { runningServer } from './server-record.ts'

/** Two that start in the same instant both step back; chance decides who is first the next time. */
const TRIES = 50
const STEP_BACK_MS = { from: 5, to: 50 }

const NAME = /^(\d+)@(.+)$/

export interface Hold extends AsyncDisposable {
  release(): Promise<void>
}

/** `since` is missing while it has not yet found out whether it is the only one. */
interface Rival extends ProcessIdentity {
  readonly since?: string | undefined
}

/**
 * Makes sure that one `up` runs for a state folder. The second one gets `AlreadyRunning`, which names the first. What a
 * killed one leaves is no hindrance, not for a moment.
 *
 * Each shows itself by a file with its own identity as the name, and then looks for the files of others that live.
 * So nobody ever has to remove a file that might have become another's meanwhile, as with one file for all.
 */
export async function holdUp(stateFolder: string): Promise<Hold> {
  const folder = join(stateFolder, 'up')
  await mkdir(folder, { recursive: true })
  const self = await identify(process.pid)
  if (self === undefined) throw new Error(`expected to find the own process, ${process.pid}`)
  const file = join(folder, `${self.pid}@${self.started}`)

  for (let tries = 1; ; tries++) {
    const shown = await createNew(file)
    const rival = await findRival(folder, shown ? file : undefined)
    if (shown && rival === undefined) return hold(file)
    if (shown) await rm(file, { force: true })
    if (rival?.since !== undefined || tries === TRIES) throw await alreadyRunning(stateFolder, rival)
    await delay(randomInt(STEP_BACK_MS.from, STEP_BACK_MS.to))
  }
}

async function hold(file: string): Promise<Hold> {
  await writeFile(file, new Date().toISOString())
  const release = () => rm(file, { force: true })
  return { release, [Symbol.asyncDispose]: release }
}

/** False when this process shows itself already. */
async function createNew(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close()
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** A living one, and rather one that holds than one that starts. The files of dead ones are removed: they never live again. */
async function findRival(folder: string, own: string | undefined): Promise<Rival | undefined> {
  let starting: Rival | undefined
  for (const name of await readdir(folder)) {
    const [, pid, started] = NAME.exec(name) ?? []
    const file = join(folder, name)
    if (pid === undefined || started === undefined || file === own) continue
    const identity = { pid: Number(pid), started }
    if (!(await isAlive(identity))) {
      await rm(file, { force: true })
      continue
    }
    const since = await readFile(file, 'utf8').catch(() => '')
    if (since !== '') return { ...identity, since }
    starting = identity
  }
  return starting
}

async function alreadyRunning(stateFolder: string, rival: Rival | undefined): Promise<TidemarkError> {
  const server = await runningServer(stateFolder)
  const who = [
    rival === undefined ? 'another process' : `pid ${rival.pid}`,
    rival?.since === undefined ? 'just starting' : `since ${rival.since}`,
    ...(server === undefined ? [] : [`Web UI at ${server.uiUrl}`]),
  ].join(', ')
  const mend =
    rival === undefined ? 'try again' : `use that one, or end it with Ctrl-C where it runs, or with \`kill ${rival.pid}\``
  return new TidemarkError('AlreadyRunning', `tidemark is already up for ${stateFolder} (${who}); ${mend}`)
}
