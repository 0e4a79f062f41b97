import { rm } from 'node:fs/promises'
import { connect } from '../src/client/connect.ts'
import { endProcess } from '../src/server/end-process.ts'
import { runningServer } from '../src/server/server-record.ts'
import { replayAllOn } from './harness/replay.ts'
import { testServer, testServerState } from './harness/server-address.ts'

/** Replays what all tests have made. An error here fails the run, although every test has passed. */
export default async function teardown(): Promise<void> {
  const stateFolder = testServerState()
  try {
    await using connected = await connect({ address: testServer() })
    const count = await replayAllOn(connected.client)
    process.stderr.write(`replayed ${count} histories of the tests' workflows\n`)
  } finally {
    const server = await runningServer(stateFolder)
    if (server !== undefined) await endProcess(server)
    await rm(stateFolder, { recursive: true, force: true })
  }
}
