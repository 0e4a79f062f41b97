import { spawn } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { isListening } from '../../src/server/ports.ts'
import { identify } from '../../src/server/process-identity.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/server.ts'
import { serverAnswers } from '../../src/server/server-answers.ts'
import { runningServer, writeRecord } from '../../src/server/server-record.ts'
import { kill, nextLine, runProgram } from './child.ts'
import { freePort, takePort } from './free-port.ts'
import { temporaryFolder, writeProgram } from './temporary.ts'

const started: RunningServer[] = []

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop()
})

test('it answers for its namespace, is found by other commands, and leaves nothing that runs when it is stopped', async () => {
  // A folder whose name the database's URL would cut.
  const stateFolder = join(await temporaryFolder(), 'a folder?of #mine')
  const [port, uiPort] = [await freePort(), await freePort()]
  const server = await start({ stateFolder, namespace: 'prices', port, uiPort })

  expect(server).toMatchObject({ address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, adopted: false })
  expect(await serverAnswers({ address: server.address, namespace: 'prices', timeoutMs: 1_000 })).toBe(true)
  expect((await fetch(server.uiUrl)).status).toBe(200)
  expect(await runningServer(stateFolder)).toMatchObject({ address: server.address, uiUrl: server.uiUrl, pid: server.pid })
  await access(join(stateFolder, 'temporal.db'))
  // It leads a process group of its own, so that Ctrl-C in the terminal does not reach it.
  expect(process.kill(-server.pid, 0)).toBe(true)

  await server.stop()
  expect(await server.exited).toBe('it ended with exit code 0')
  expect(await identify(server.pid)).toBeUndefined()
  expect(await isListening(port)).toBe(false)
  expect(await runningServer(stateFolder)).toBeUndefined()
})

test('it gets a clean environment', async () => {
  const stateFolder = await temporaryFolder()
  const env = {
    ...process.env,
    TEMPORAL_NAMESPACE: 'elsewhere',
    TEMPORAL_ADDRESS: 'elsewhere:1',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }
  const cli = await writeProgram(join(stateFolder, 'cli'), '#!/bin/sh\necho temporal version 0; env\n')
  const failure = start({ stateFolder, namespace: 'default', env: { ...env, TEMPORAL_CLI_PATH: cli }, ...(await ports()) })
  await expect(failure).rejects.toThrow('did not start')
  const printed = await readFile(join(stateFolder, 'temporal.log'), 'utf8')
  expect(printed).toContain(`HOME=${stateFolder}`)
  expect(printed).not.toMatch(/secret|elsewhere/)
})

test('one that dies at its start is told with the end of its log', async () => {
  const stateFolder = await temporaryFolder()
  const text = '#!/bin/sh\n[ "$1" = --version ] && echo temporal version 0 && exit\necho "disk is full" >&2\nexit 1\n'
  const cli = await writeProgram(join(stateFolder, 'cli'), text)
  const env = { ...process.env, TEMPORAL_CLI_PATH: cli }
  await expect(start({ stateFolder, namespace: 'default', env, ...(await ports()) })).rejects.toMatchObject({
    code: 'ServerUnavailable',
    message: expect.stringMatching(/ended with exit code 1; its log, \S+temporal.log, ends with:\ndisk is full/),
  })
  expect(await runningServer(stateFolder)).toBeUndefined()
})

test('a port that is taken is told with the flag that mends it', async () => {
  const stateFolder = await temporaryFolder()
  const taken = await takePort()
  const free = await freePort()
  try {
    await expect(start({ stateFolder, namespace: 'default', port: taken.port, uiPort: free })).rejects.toMatchObject({
      code: 'PortTaken',
      message: expect.stringMatching(new RegExp(`port ${taken.port} .*use --port N`)),
    })
    await expect(start({ stateFolder, namespace: 'default', port: free, uiPort: taken.port })).rejects.toMatchObject({
      code: 'PortTaken',
      message: expect.stringMatching(new RegExp(`port ${taken.port}, wanted for the Web UI,.*use --ui-port N`)),
    })
  } finally {
    await taken.release()
  }
})

test('after kill -9 the next start takes the server over, and its stop ends it; other ports end it and start a new one', async () => {
  const stateFolder = await temporaryFolder()
  const { port, uiPort } = await ports()
  const parent = runProgram('start-and-stay.ts', [stateFolder, String(port), String(uiPort)])
  const orphan = JSON.parse(await nextLine(parent))
  await kill(parent)

  const adopted = await start({ stateFolder, namespace: 'default' })
  expect(adopted).toMatchObject({ ...orphan, adopted: true })

  const moved = await start({ stateFolder, namespace: 'default', ...(await ports()) })
  expect(moved.adopted).toBe(false)
  expect(await adopted.exited).toBe('it ended')
  expect(await identify(orphan.pid)).toBeUndefined()

  const again = await start({ stateFolder, namespace: 'default' })
  expect(again).toMatchObject({ adopted: true, pid: moved.pid })
  await again.stop()
  expect(await identify(moved.pid)).toBeUndefined()
  expect(await runningServer(stateFolder)).toBeUndefined()
})

test('one that was left behind and does not answer is ended', async () => {
  const stateFolder = await temporaryFolder()
  const mute = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { stdio: 'ignore' })
  try {
    const identity = await identify(mute.pid ?? 0)
    if (identity === undefined) throw new Error('expected the process to live')
    const asked = await ports()
    const urls = { address: `127.0.0.1:${asked.port}`, uiUrl: `http://127.0.0.1:${asked.uiPort}` }
    await writeRecord(stateFolder, { ...identity, ...urls })
    const server = await start({ stateFolder, namespace: 'default', ...asked })
    expect(server.adopted).toBe(false)
    expect(await identify(identity.pid)).toBeUndefined()
  } finally {
    await kill(mute)
  }
})

test('a record whose process is gone, or is another one now, is ignored', async () => {
  const stateFolder = await temporaryFolder()
  const record = { pid: process.pid, started: '0-0', address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233' }
  await writeRecord(stateFolder, record)
  expect(await runningServer(stateFolder)).toBeUndefined()
  const server = await start({ stateFolder, namespace: 'default', ...(await ports()) })
  expect(server.adopted).toBe(false)
})

async function start(options: ServerOptions): Promise<RunningServer> {
  const server = await startServer(options)
  started.push(server)
  return server
}

async function ports() {
  return { port: await freePort(), uiPort: await freePort() }
}
