import { setTimeout as delay } from 'node:timers/promises'
import type { RunningWorker } from '../../worker.ts'
import type { RunningServer } from '../server/server.ts'
import { FAILED } from './exit-code.ts'

/** A load that is at its end may end, once the server is gone. */
const ABANDON_MS = 3_000
/** Closing what is left takes less. */
const EXIT_MS = 5_000

/** Drains a worker. One whose server is gone asks it on for up to a minute, and its native part keeps the process: it is left. */
export async function endWorker(worker: RunningWorker, server: RunningServer | undefined): Promise<void> {
  const ended = new AbortController()
  try {
    await Promise.race([worker[Symbol.asyncDispose](), ...(server === undefined ? [] : [abandon(server, ended.signal)])])
  } finally {
    ended.abort()
  }
}

async function abandon(server: RunningServer, signal: AbortSignal): Promise<void> {
  await server.exited
  await delay(ABANDON_MS, undefined, { signal })
  setTimeout(() => process.exit(process.exitCode ?? FAILED), EXIT_MS).unref()
}
