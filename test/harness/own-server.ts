import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/client/connect.ts'
import { findServerBinary } from '../../src/server/binary.ts'
import { serverAnswers } from '../../src/server/server-answers.ts'
import { freePort } from '../server/free-port.ts'
import { replayAllOn } from './replay.ts'

const START_MS = 30_000

/** A real server for one test that needs a setting of its own, or its loss. Its end replays every history that it has. */
export class OwnServer implements AsyncDisposable {
  readonly address: string
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(address: string, folder: string, process: ChildProcess) {
    this.address = address
    this.#folder = folder
    this.#process = process
  }

  /** Settings are those of the server's dynamic configuration. */
  static async start(settings: Readonly<Record<string, number>> = {}): Promise<OwnServer> {
    const binary = await findServerBinary(process.env)
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
    const port = await freePort()
    const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error']
    args.push('--db-filename', join(folder, 'temporal.db'), '--sqlite-pragma', 'journal_mode=wal')
    for (const [name, value] of Object.entries(settings)) args.push('--dynamic-config-value', `${name}=${value}`)
    const log = await open(join(folder, 'log'), 'w')
    const child = spawn(binary, args, { stdio: ['ignore', log.fd, log.fd], env: { ...process.env, HOME: folder } })
    await log.close()
    const server = new OwnServer(`127.0.0.1:${port}`, folder, child)
    const ended = new AbortController()
    child.once('exit', () => ended.abort())
    const { address } = server
    if (await serverAnswers({ address, namespace: 'default', timeoutMs: START_MS, signal: ended.signal })) return server
    const said = await readFile(join(folder, 'log'), 'utf8')
    await server.#end()
    throw new Error(`expected a server of the test to answer; its log: ${said}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await using connected = await connect({ address: this.address })
      await replayAllOn(connected.client)
    } finally {
      await this.#end()
    }
  }

  /** With its database. */
  async #end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await exited
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}
