// Tidemark as a user runs it: its commands, in processes of their own, on a folder of their own.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startCommand } from './command.mjs'
import { configText, PIPELINES } from './config.mjs'

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const HOLD = fileURLToPath(new URL('hold.mjs', import.meta.url))
const START_MS = 60_000
/** Without its server a worker is given 30 s to end. */
const STOP_MS = 90_000
const COMMAND_MS = 60_000

export class Product {
  #folder
  #ports
  #faults
  #up
  #worker
  #background = []
  /** Whether `up` should be running. */
  isUp = false
  /** Whether it is stopped in the middle of whatever it was at, as on a machine that sleeps. */
  isStalled = false

  constructor({ folder, ports, settleMs, faults }) {
    this.#folder = folder
    this.#ports = ports.map(String)
    this.#faults = faults
    writeFileSync(join(folder, 'tidemark.config.ts'), configText(settleMs))
  }

  get warehouse() {
    return join(this.#folder, '.tidemark', 'warehouse.duckdb')
  }

  get hasWorker() {
    return this.#worker !== undefined
  }

  start() {
    this.isUp = true
    this.#up = this.#run(['up', '--port', this.#ports[0], '--ui-port', this.#ports[1]])
  }

  async watching() {
    await this.#until(START_MS, '`up` to watch', () => {
      if (this.#up.code !== undefined) throw new Error(`\`up\` ended with ${this.#up.code}:\n${this.#up.output}`)
      return this.#up.output.includes('watching; Ctrl-C stops')
    })
  }

  stall() {
    this.isStalled = true
    this.#up.child.kill('SIGSTOP')
  }

  wake() {
    this.isStalled = false
    this.#up.child.kill('SIGCONT')
  }

  async kill() {
    this.isUp = false
    this.isStalled = false
    this.#up.child.kill('SIGKILL')
    await this.#up.ended
  }

  /** Ctrl-C: it stops all of it. */
  async stop() {
    this.wake()
    this.isUp = false
    this.#up.child.kill('SIGINT')
    await this.#until(STOP_MS, '`up` to stop', () => this.#up.code !== undefined)
    const { code, output } = this.#up
    if (code === 'SIGINT' && output === '') return // it had not begun
    if (code !== 0) this.#faults.push(`\`up\` ended with ${code} after Ctrl-C:\n${output}`)
    if (this.#serverPid() !== undefined) this.#faults.push('`up` left its server behind after Ctrl-C')
  }

  /** `up` ends by itself after that. */
  async killServer() {
    this.wake()
    // Before that, it is the server of a former run that would be killed.
    await this.#until(
      START_MS,
      '`up` to have its server',
      () => this.#up.code !== undefined || this.#up.output.includes('Temporal at'),
    )
    this.isUp = false
    await this.#until(START_MS, 'a server', () => this.#endServer())
    await this.#until(STOP_MS, '`up` to end without its server', () => this.#up.code !== undefined)
    if (this.#up.code === 0) this.#faults.push('`up` ended with 0 though its server was killed')
  }

  async killAll() {
    await this.kill()
    this.#endServer()
  }

  /** All that Temporal knows; the warehouse knows what was done. */
  async loseServer() {
    await this.killAll()
    const state = join(this.#folder, '.tidemark')
    if (!existsSync(state)) return
    for (const name of readdirSync(state)) if (name.startsWith('temporal.db')) rmSync(join(state, name))
  }

  startWorker() {
    this.#worker = this.#run(['worker'])
  }

  async killWorker() {
    this.#worker.child.kill('SIGKILL')
    await this.#worker.ended
    this.#worker = undefined
  }

  /** A command beside the others; the server may be away, so its exit code says nothing. */
  beside(...args) {
    this.#background.push(this.#run(args))
  }

  /** Another program opens the warehouse, and looks whether what it sees is whole. */
  hold(ms, mode) {
    if (!existsSync(this.warehouse)) return // it would be made by that
    const held = this.#spawn([HOLD, this.warehouse, String(ms), mode])
    this.#background.push(held)
    void held.ended.then(() => {
      if (held.code === 1) this.#faults.push(`a reader saw what is not whole: ${held.output}`)
      else if (held.code !== 0) this.#faults.push(`a program beside it could not read the warehouse: ${held.output}`)
    })
  }

  async command(...args) {
    const run = this.#run(args)
    await this.#until(COMMAND_MS, `\`${args.join(' ')}\` to end`, () => run.code !== undefined)
    await run.ended
    return run
  }

  async resumeAll() {
    for (const pipeline of PIPELINES) {
      const { code, output } = await this.command('sensor', 'resume', pipeline)
      if (code !== 0) this.#faults.push(`\`sensor resume ${pipeline}\` ended with ${code}: ${output}`)
    }
  }

  async once() {
    return await this.command('up', '--once', '--port', this.#ports[0], '--ui-port', this.#ports[1])
  }

  /** Ends what was started beside it: commands wait for a worker, which may never come. */
  async endBackground() {
    for (const { child, code } of this.#background) if (code === undefined) child.kill('SIGKILL')
    await Promise.all(this.#background.map(({ ended }) => ended))
    if (this.#worker !== undefined) await this.killWorker()
  }

  async end() {
    await this.endBackground()
    if (this.#up?.code === undefined) this.#up?.child.kill('SIGKILL')
    await this.#up?.ended
    this.#endServer()
  }

  /** Processes that name the folder or the port: all that were started here do. */
  left() {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n')
    return lines.filter((line) => line.includes(this.#folder) || line.includes(`--port ${this.#ports[0]}`))
  }

  /** Sensors live for ever, and a batch leaves alone what it cannot load; an import fails for what is held, and for nothing else here. */
  brokenWorkflows() {
    const log = readFileSync(join(this.#folder, '.tidemark', 'worker.log'), 'utf8')
    return log
      .split('\n')
      .filter((line) => line.includes('Workflow failed') && !line.includes('"workflowType":"importPartition"'))
  }

  #endServer() {
    const pid = this.#serverPid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    return pid !== undefined
  }

  #serverPid() {
    const record = join(this.#folder, '.tidemark', 'server.json')
    if (!existsSync(record)) return undefined
    const { pid } = JSON.parse(readFileSync(record, 'utf8'))
    return this.left().some((line) => Number.parseInt(line, 10) === pid && !/^\s*\d+ Z/.test(line)) ? pid : undefined
  }

  #run(args) {
    return this.#spawn([MAIN, ...args, '--config', join(this.#folder, 'tidemark.config.ts')])
  }

  #spawn(args) {
    return startCommand(args, (broken) => this.#faults.push(broken))
  }

  async #until(ms, what, isSo) {
    const end = performance.now() + ms
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`expected ${what} within ${ms / 1000} s; \`up\` said:\n${this.#up?.output}`)
      await delay(25)
    }
  }
}
