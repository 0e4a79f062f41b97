import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TidemarkError } from '../errors.ts'
import { findServerBinary } from './binary.ts'
import { endProcess } from './end-process.ts'
import { choosePorts, HOST, requireFree } from './ports.ts'
import { identify, isAlive } from './process-identity.ts'
import { serverAnswers } from './server-answers.ts'
import { logIn, spawnServer, tailOfLog } from './server-process.ts'
import { removeRecord, runningServer, type ServerRecord, writeRecord } from './server-record.ts'

/** It takes one second; this is for a machine under load. */
const START_TIMEOUT_MS = 60_000
/** A server that was left behind is up already. */
const ADOPT_TIMEOUT_MS = 5_000
const LOOK_EVERY_MS = 500

export interface ServerOptions {
  /** Where the server's database, log and record lie. */
  readonly stateFolder: string
  readonly namespace: string
  /** Default: 7233, or the port of a server that was left behind. */
  readonly port?: number | undefined
  /** Default: 1000 above `port`. */
  readonly uiPort?: number | undefined
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv
  readonly log?: (line: string) => void
}

export interface RunningServer {
  readonly address: string
  readonly uiUrl: string
  readonly pid: number
  /** It was left behind by a former run that was killed. */
  readonly adopted: boolean
  /** Ends it, adopted or not, and returns when it is gone. */
  stop(): Promise<void>
  /** Says how it ended, when it has, whoever ended it. It is never rejected. */
  readonly exited: Promise<string>
}

/**
 * The embedded server of a state folder, when it answers: the one that a killed run left behind, or a new one.
 * One caller at a time: see `holdUp`.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const stateFolder = resolve(options.stateFolder)
  await mkdir(stateFolder, { recursive: true })
  return (await takeOver(stateFolder, options)) ?? (await startNew(stateFolder, options))
}

async function takeOver(stateFolder: string, options: ServerOptions): Promise<RunningServer | undefined> {
  const { log = () => {} } = options
  const record = await runningServer(stateFolder)
  if (record === undefined) return undefined
  const unfit = await whyUnfit(record, options)
  if (unfit === undefined) {
    log(`took over the Temporal server that a former run left behind (pid ${record.pid})`)
    return running(stateFolder, record, { adopted: true, exited: endOf(record) })
  }
  log(`ending the Temporal server that a former run left behind (pid ${record.pid}): ${unfit}`)
  await endProcess(record)
  await removeRecord(stateFolder, record)
  return undefined
}

async function whyUnfit({ address, uiUrl }: ServerRecord, options: ServerOptions): Promise<string | undefined> {
  const { namespace, port, uiPort } = options
  if (port !== undefined && address !== addressAt(port)) return `it is at ${address}`
  if (uiPort !== undefined && uiUrl !== uiUrlAt(uiPort)) return `its Web UI is at ${uiUrl}`
  if (await serverAnswers({ address, namespace, timeoutMs: ADOPT_TIMEOUT_MS })) return undefined
  return `it does not answer for namespace ${namespace}`
}

async function startNew(stateFolder: string, options: ServerOptions): Promise<RunningServer> {
  const { namespace, env = process.env, log = () => {} } = options
  const ports = choosePorts(options)
  await requireFree(ports)
  const binary = await findServerBinary(env, { log })
  // Fetching may have taken a minute. Were a port taken now, the server there could be mistaken for this one.
  await requireFree(ports)

  const { pid, exited } = await spawnServer({ binary, stateFolder, namespace, env, ...ports })
  const identity = await identify(pid)
  if (identity === undefined) throw await startFailure(stateFolder, await exited)
  const record = { ...identity, address: addressAt(ports.port), uiUrl: uiUrlAt(ports.uiPort) }
  try {
    // Written before it answers: whatever kills this process from here on, the next start finds the server.
    await writeRecord(stateFolder, record)
    await untilItAnswers(record, namespace, exited)
    return running(stateFolder, record, { adopted: false, exited })
  } catch (error) {
    await endProcess(record)
    await removeRecord(stateFolder, record)
    throw await startFailure(stateFolder, messageOf(error))
  }
}

async function untilItAnswers({ address }: ServerRecord, namespace: string, exited: Promise<string>): Promise<void> {
  const end = new AbortController()
  void exited.then(() => end.abort())
  const answers = await serverAnswers({ address, namespace, timeoutMs: START_TIMEOUT_MS, signal: end.signal })
  if (end.signal.aborted) throw new Error(await exited)
  if (!answers) throw new Error(`no answer on ${address} in ${START_TIMEOUT_MS / 1000} seconds`)
}

function running(stateFolder: string, record: ServerRecord, rest: Pick<RunningServer, 'adopted' | 'exited'>): RunningServer {
  const { address, uiUrl, pid } = record
  const stop = async () => {
    await endProcess(record)
    await removeRecord(stateFolder, record)
  }
  return { address, uiUrl, pid, stop, ...rest }
}

async function startFailure(stateFolder: string, reason: string): Promise<TidemarkError> {
  const tail = await tailOfLog(stateFolder)
  return new TidemarkError(
    'ServerUnavailable',
    `the Temporal server did not start: ${reason}; its log, ${logIn(stateFolder)}, ends with:\n${tail || '(nothing)'}`,
  )
}

/** How a process ended is told to its parent alone: of an adopted one it is only seen that it is gone. */
async function endOf(record: ServerRecord): Promise<string> {
  while (await isAlive(record)) await delay(LOOK_EVERY_MS)
  return 'it ended'
}

function addressAt(port: number): string {
  return `${HOST}:${port}`
}

function uiUrlAt(port: number): string {
  return `http://${HOST}:${port}`
}
