import { rm } from 'node:fs/promises'
import { endProcess } from '../src/server/end-process.ts'
import { runningServer } from '../src/server/server-record.ts'
import { testServerState } from './harness/server-address.ts'

export default async function teardown(): Promise<void> {
  const stateFolder = testServerState()
  const server = await runningServer(stateFolder)
  if (server !== undefined) await endProcess(server)
  await rm(stateFolder, { recursive: true, force: true })
}
