import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { freePort } from '../server/free-port.ts'
import { repository } from './compose-file.ts'

const POLL_MS = 30_000
const LOOK_EVERY_MS = 20

const run = promisify(execFile)
const program = fileURLToPath(new URL('deploy/worker-health.mjs', repository))

let folder: string
let server: RunningServer
let connection: Connection

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-health-'))
  server = await startServer({ stateFolder: folder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
  connection = await Connection.connect({ address: server.address })
})

afterAll(async () => {
  await connection?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a worker of this host that polls its task queue is healthy', async () => {
  await polling('busy', await identityOfWorker(), async () => {
    await expect(health('busy')).resolves.toMatchObject({ stderr: '' })
  })
})

test('a worker of another host says nothing of this one', async () => {
  await polling('elsewhere', '7@another-container', async () => {
    await expect(health('elsewhere')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('elsewhere') })
  })
})

test('a task queue that nobody polls is told', async () => {
  const said = `no worker on ${hostname()} has polled the task queue idle for 150 s\n`
  await expect(health('idle')).rejects.toMatchObject({ code: 1, stderr: said })
})

test('a server that cannot be reached is told', async () => {
  await expect(health('idle', `127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Failed to connect'),
  })
})

function health(taskQueue: string, address = server.address) {
  return run(process.execPath, [program, taskQueue], { env: { ...process.env, TEMPORAL_ADDRESS: address } })
}

/** A poll as a worker makes it, which needs no bundle of workflows. */
async function polling(name: string, identity: string, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const request = { namespace: 'default', taskQueue: { name }, identity }
  const poll = connection.withAbortSignal(stop.signal, () =>
    connection.withDeadline(Date.now() + POLL_MS, () => connection.workflowService.pollWorkflowTaskQueue(request)),
  )
  try {
    await Promise.race([poll, listed(name, identity, stop.signal)])
    await act()
  } finally {
    stop.abort()
    await poll.catch(() => undefined)
  }
}

async function listed(name: string, identity: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && !(await pollers(name)).includes(identity)) await delay(LOOK_EVERY_MS)
}

async function pollers(name: string): Promise<string[]> {
  const queue = await connection.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name },
    taskQueueType: 1,
  })
  return queue.pollers.flatMap(({ identity }) => identity ?? [])
}

/** As the SDK names it when nothing else is said. */
async function identityOfWorker(): Promise<string> {
  const native = await NativeConnection.connect({ address: server.address })
  try {
    const activities = { nothing: async () => {} }
    const worker = await Worker.create({ connection: native, taskQueue: 'named', activities })
    const { identity } = worker.options
    const ended = worker.run()
    worker.shutdown()
    await ended
    return identity ?? ''
  } finally {
    await native.close()
  }
}
