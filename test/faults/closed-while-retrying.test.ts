import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { connect } from '../../src/client/connect.ts'
import { startServer } from '../../src/server/server.ts'
import { freePort } from '../server/free-port.ts'

/** Long enough for a call to fail, and too short for its next try. */
const FAILED_ONCE_MS = 30

test('a connection that is closed between two tries of a call ends the call, not the process', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
  const server = await startServer({ stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
  try {
    const connected = await connect({ address: server.address })
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    const calls = Array.from({ length: 5 }, () => connected.client.workflow.getHandle('any').describe())
    const ends = Promise.allSettled(calls)
    await delay(FAILED_ONCE_MS)
    await connected[Symbol.asyncDispose]()
    for (const end of await ends)
      expect(end).toMatchObject({
        status: 'rejected',
        reason: expect.objectContaining({ message: 'Failed to describe workflow' }),
      })
  } finally {
    await server.stop()
    await rm(stateFolder, { recursive: true, force: true })
  }
})
