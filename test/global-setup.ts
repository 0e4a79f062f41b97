import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../src/client/connect.ts'
import { registerSearchAttributes } from '../src/schedules/search-attributes.ts'
import { startServer } from '../src/server/server.ts'
import { announceTestServer } from './harness/server-address.ts'
import { freePort } from './server/free-port.ts'

/** One real server for all tests; each test has pipelines and a task queue of its own on it. */
export default async function setup(): Promise<void> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'tidemark-tests-'))
  const { address } = await startServer({ stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
  announceTestServer({ address, stateFolder })
  await using connected = await connect({ address })
  await registerSearchAttributes(connected.client, 'default')
}
