import { setTimeout as delay } from 'node:timers/promises'
import { systemCodeOf } from '../errors.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

/** The dev server takes one to two seconds to end. */
const GRACE_MS = 10_000
const LOOK_EVERY_MS = 50

/** Asks the process to end, and makes it end after 10 seconds. Another process that has got its id is left alone. */
export async function endProcess(identity: ProcessIdentity, graceMs = GRACE_MS): Promise<void> {
  await signal(identity, 'SIGTERM')
  const deadline = Date.now() + graceMs
  while (await isAlive(identity)) {
    if (Date.now() > deadline) await signal(identity, 'SIGKILL')
    await delay(LOOK_EVERY_MS)
  }
}

async function signal(identity: ProcessIdentity, name: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(identity))) return
  try {
    process.kill(identity.pid, name)
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error
  }
}
