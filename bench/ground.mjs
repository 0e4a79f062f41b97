// What a case is measured on: a folder of its own, a real server, and a worker in a process of its own.
import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '../dist/src/client/connect.js'
import { loadConfig } from '../dist/src/config/load.js'
import { apply } from '../dist/src/schedules/apply.js'
import { registerSearchAttributes } from '../dist/src/schedules/search-attributes.js'
import { startServer } from '../dist/src/server/server.js'
import { freePort } from './free-port.mjs'

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url))

/** Runs `work` in a new folder, and takes it away afterwards. */
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Runs `work` with a server that has a client, in the folder. */
export async function withServer(folder, work) {
  const server = await startServer({
    stateFolder: join(folder, '.tidemark'),
    namespace: 'default',
    port: await freePort(),
    uiPort: await freePort(),
  })
  try {
    const { client } = await connect({ address: server.address })
    try {
      await registerSearchAttributes(client, 'default')
      return await work({ server, client })
    } finally {
      await client.connection.close()
    }
  } finally {
    await server.stop()
  }
}

/** Runs `work` with a worker of this config on the server; `isApplied`: with its schedules and sensors as well. */
export async function withWorker({ folder, server, client, configText, isApplied = true }, work) {
  const file = join(folder, 'tidemark.config.ts')
  await writeFile(file, configText)
  const config = await loadConfig(file)
  const child = fork(WORKER, [file, server.address], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MALLOC_ARENA_MAX: '2' }, // as the first line of the command says
    execArgv: (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean),
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const counter = new LoadedCounter(child, ended)
  try {
    const { identity } = await counter.started
    if (isApplied) await apply({ client, config, identity })
    return await work({ config, counter, pid: child.pid })
  } finally {
    if (child.connected) child.send('end')
    await ended
  }
}

/** What the worker says that it has loaded. */
class LoadedCounter {
  files = 0
  rows = 0
  #wake = () => {}
  #fault

  constructor(child, ended) {
    this.started = new Promise((resolve) => {
      child.on('message', (message) => {
        if (message.kind === 'started') resolve(message)
        if (message.kind === 'news') this.#fault = new Error(`${message.what}: ${message.reason}`)
        if (message.kind === 'loaded') {
          this.files += message.files
          this.rows += message.rows
        }
        this.#wake()
      })
    })
    ended.then((code) => {
      this.#fault ??= new Error(`the worker has ended with ${code}`)
      this.#wake()
    })
  }

  /** When so many files are loaded in all. */
  async reached(files, lostAfterMs = 900_000) {
    const lost = performance.now() + lostAfterMs
    while (this.files < files) {
      if (this.#fault) throw this.#fault
      if (performance.now() > lost) throw new Error(`only ${this.files} of ${files} files were loaded within ${lostAfterMs} ms`)
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1_000)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
