import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shellWord } from '../../src/shell-word.ts'
import { until } from '../harness/until.ts'

export const DIST = fileURLToPath(new URL('../../dist', import.meta.url))
const MAIN = join(DIST, 'src', 'cli', 'main.js')
const SEVERAL = fileURLToPath(new URL('several.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder outside of the repository, with a config as a user writes it, where commands run as the user runs them. */
export class Project implements AsyncDisposable {
  readonly folder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #children: ChildProcess[] = []

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder
    this.#env = env
  }

  /** Commands find the server at `address`; without one, that of an `up` in the folder. */
  static async create(
    config: string,
    { address, namespace, variables = {} }: { address?: string; namespace?: string; variables?: NodeJS.ProcessEnv } = {},
  ): Promise<Project> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-cli-')))
    const server = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }
    const env: NodeJS.ProcessEnv = { ...process.env, CI: 'true', ...server, ...variables }
    // Only a terminal gets colours, also in a CI job, where libraries think otherwise.
    delete env.FORCE_COLOR
    delete env.NO_COLOR
    const project = new Project(folder, env)
    await project.write('tidemark.config.ts', config)
    return project
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Whole from its first moment. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true })
    await writeFile(this.path('.writing'), content)
    await rename(this.path('.writing'), this.path(name))
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended
  }

  /** One after the other, in one process. */
  async runEach(...commands: readonly (readonly string[])[]): Promise<readonly Ended[]> {
    const { code, stdout, stderr } = await this.#spawn([SEVERAL, DIST, JSON.stringify(commands)]).ended
    if (code !== 0) throw new Error(`expected commands to end without an exception, got ${stderr}`)
    const ends: Ended[] = JSON.parse(stdout)
    return ends
  }

  start(...args: readonly string[]): Started {
    return this.#spawn([MAIN, ...args])
  }

  /** Of another version, given its `dist` folder. */
  startOf(dist: string, ...args: readonly string[]): Started {
    return this.#spawn([join(dist, 'src', 'cli', 'main.js'), ...args])
  }

  /** On a terminal of its own: all that it shows is its output, and what is typed may be Ctrl-C. */
  startOnTerminal(...args: readonly string[]): Started {
    const command = [process.execPath, MAIN, ...args].map(shellWord).join(' ')
    return this.#run(
      'script',
      ['--quiet', '--return', '--command', `stty rows 24 cols 100; exec ${command}`, '/dev/null'],
      'pipe',
    )
  }

  #spawn(args: readonly string[]): Started {
    return this.#run(process.execPath, args, 'ignore')
  }

  #run(program: string, args: readonly string[], stdin: 'ignore' | 'pipe'): Started {
    const child = spawn(program, args, { cwd: this.folder, env: this.#env, stdio: [stdin, 'pipe', 'pipe'] })
    this.#children.push(child)
    return new Started(child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A command that runs. */
export class Started {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout: this.#stdout, stderr: this.#stderr }))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Waits until it has printed a text. */
  said(text: string): Promise<void> {
    return this.#printed(text, () => this.#stdout)
  }

  /** Likewise, on its error output. */
  told(text: string): Promise<void> {
    return this.#printed(text, () => this.#stderr)
  }

  /** On its terminal. */
  type(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  async #printed(text: string, output: () => string): Promise<void> {
    await until(`"${text}" to be printed`, () => {
      if (this.#child.exitCode !== null) throw new Error(`expected "${text}", but it ended: ${this.#stdout}${this.#stderr}`)
      return output().includes(text)
    })
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

let made = 0

/** One process runs many test files, and each of them counts from the start. */
const TEST_FILE = randomBytes(4).toString('hex')

/** Nobody else's, on the server that all tests share. */
export function uniqueName(name: string): string {
  return `${name}_${TEST_FILE}_${++made}`
}

/** A pipeline over `folder/`, as text. */
export function pipelineText(
  folder: string,
  { rest = "sensor: { every: '30s' }", partitions = 'dynamic()', settle = '200ms' } = {},
): string {
  return `{
      source: localFolder('${folder}', { files: '{partition}.csv', settle: '${settle}' }),
      partitions: ${partitions},
      table: '${folder}',
      columns: { date: 'DATE', share_price: 'DOUBLE', amount: 'DOUBLE', spend: 'DOUBLE', shift: 'DOUBLE', spread: 'DOUBLE' },
      csv: { dateFormat: '%Y/%m/%d' },
      checks: [above('share_price', 0)],
      ${rest},
    }`
}

/** A whole config file. */
export function configText(pipelines: Readonly<Record<string, string>>, taskQueue = 'tidemark'): string {
  const entries = Object.entries(pipelines).map(([name, text]) => `    ${name}: ${text},`)
  return `import { above, daily, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'

export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  temporal: { taskQueue: '${taskQueue}' },
  pipelines: {
${entries.join('\n')}
  },
})
`
}
