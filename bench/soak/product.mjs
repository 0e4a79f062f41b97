// Tidemark as a user runs it: its commands, in processes of their own, on a folder of their own.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const HOLD = fileURLToPath(new URL('hold.mjs', import.meta.url))
const START_MS = 60_000
const STOP_MS = 45_000
const COMMAND_MS = 60_000
/** A line of a stack: an error that nobody turned into words. */
const STACK = /^\s+at .+:\d+:\d+\)?$/m

const CONFIG = `import { above, daily, defineConfig, duckdb, dynamic, localFolder, notNull } from 'tidemark'

const shared = {
  columns: { name: 'VARCHAR', share_price: 'DOUBLE', amount: 'BIGINT' },
  checks: [above('share_price', 0), notNull('amount')],
  sensor: { every: '5s' },
} as const
const files = '{partition}.csv{,.gz}'

export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
    dropped: { ...shared, source: localFolder('dropped', { files, settle: 'SETTLE' }), partitions: dynamic(), table: 'dropped' },
    daily: {
      ...shared,
      source: localFolder('daily', { files, settle: 'SETTLE' }),
      partitions: daily({ start: '2018-01-01', end: '2018-01-06' }),
      table: 'daily',
      schedule: { cron: '* * * * *' },
    },
  },
})
`

export class Product {
  #folder
  #ports
  #faults
  #up
  #worker
  #background = []
  /** Whether `up` should be running. */
  isUp = false

  constructor({ folder, ports, settleMs, faults }) {
    this.#folder = folder
    this.#ports = ports.map(String)
    this.#faults = faults
    writeFileSync(join(folder, 'tidemark.config.ts'), CONFIG.replaceAll('SETTLE', `${settleMs}ms`))
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

  async kill() {
    this.isUp = false
    this.#up.child.kill('SIGKILL')
    await this.#up.ended
  }

  /** Ctrl-C: it stops all of it. */
  async stop() {
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
    this.isUp = false
    await this.#until(START_MS, 'a server', () => this.#endServer())
    await this.#until(STOP_MS, '`up` to end without its server', () => this.#up.code !== undefined)
    if (this.#up.code === 0) this.#faults.push('`up` ended with 0 though its server was killed')
  }

  async killAll() {
    await this.kill()
    this.#endServer()
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
    for (const pipeline of ['dropped', 'daily']) {
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
    const env = { ...process.env, NO_COLOR: '1' }
    for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'FORCE_COLOR']) delete env[name]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const run = { child, output: '', code: undefined }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        run.output += text
      })
    }
    child.once('exit', (code, signal) => {
      run.code = code ?? signal
    })
    // A killed `up` leaves its server behind, which has a log of its own: so the pipes close with the process.
    run.ended = new Promise((resolve) => child.once('close', resolve)).then(() => {
      if (STACK.test(run.output)) this.#faults.push(`\`${args.slice(1).join(' ')}\` broke:\n${run.output}`)
    })
    return run
  }

  async #until(ms, what, isSo) {
    const end = performance.now() + ms
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`expected ${what} within ${ms / 1000} s; \`up\` said:\n${this.#up?.output}`)
      await delay(25)
    }
  }
}
