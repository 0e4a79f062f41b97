import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'
import { until } from '../harness/until.ts'
import { asShown, type Step, taskPage } from './task-page.ts'

const ROOT = packageRoot()
const INSTALL = `mkdir -p node_modules/.bin && ln -s ${ROOT} node_modules/tidemark && ln -s ../tidemark/dist/src/cli/main.js node_modules/.bin/tidemark`
const END = '\u001e'
/** What changes nothing is looked at again, as a reader does, until it is as the page shows it. */
const LOOKS = /tidemark (status|files|explain|query|audit|doctor|sensor status|backfill .*--progress)\b/
const LOOK_FOR_MS = 20_000
const RUNS_ON = /tidemark (up|worker)$/

/** Somebody who follows a page in the example project of the README, in a folder of their own, with a shell. */
export class Reader implements AsyncDisposable {
  readonly folder: string
  readonly #shell: ChildProcess
  #heard = ''
  #running: { readonly pid: number; readonly log: string } | undefined
  /** What is typed where a command asks for it. */
  readonly #typed: ReadonlyMap<string, string>
  /** What the page calls otherwise. */
  readonly #names: ReadonlyMap<string, string>

  private constructor(
    folder: string,
    shell: ChildProcess,
    typed: ReadonlyMap<string, string>,
    hosts: ReadonlyMap<string, string>,
  ) {
    this.folder = folder
    this.#shell = shell
    this.#typed = typed
    this.#names = new Map([...hosts, ['/home/you/tidemark', folder]])
    shell.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text
    })
  }

  static async begin(
    variables: NodeJS.ProcessEnv,
    {
      typed = {},
      hosts = {},
    }: { readonly typed?: Readonly<Record<string, string>>; readonly hosts?: Readonly<Record<string, string>> } = {},
  ): Promise<Reader> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-reader-')))
    for (const name of ['tidemark.config.ts', 'data']) await cp(join(ROOT, name), join(folder, name), { recursive: true })
    const env: NodeJS.ProcessEnv = { ...process.env, CI: 'true', NO_UPDATE_NOTIFIER: '1', ...variables }
    delete env.FORCE_COLOR
    // Not a login shell: nobody's own settings take part.
    const shell = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] })
    const reader = new Reader(folder, shell, new Map(Object.entries(typed)), new Map(Object.entries(hosts)))
    await reader.install()
    await reader.type('exec 2>&1; set -m', '')
    return reader
  }

  /** As `npm ci` leaves it. */
  async install(): Promise<void> {
    await this.type(INSTALL, '')
  }

  /** As whoever has cloned the project: with a version to pull, and packages to install. */
  async checkout(): Promise<void> {
    const made = { name: 'prices', version: '1.0.0', private: true, scripts: { postinstall: INSTALL } }
    await this.write('package.json', JSON.stringify(made))
    await this.write('package-lock.json', JSON.stringify({ ...made, lockfileVersion: 3, packages: { '': made } }))
    await this.write('.gitignore', ['node_modules', '.tidemark', '.origin', '.terminal', 'data'].join('\n'))
    const commit = 'git -c user.name=reader -c user.email=reader@example.com commit --quiet'
    await this.type(`git init --quiet && git add . && ${commit} -m first && git clone --quiet --bare . .origin`, '')
    await this.type(`${commit} --allow-empty -m next && git push --quiet .origin HEAD && git reset --quiet --hard HEAD~`, '')
    await this.type(
      'git remote add origin .origin && git fetch --quiet && git branch --quiet -u origin/$(git branch --show-current)',
      '',
    )
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8')
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true })
    await writeFile(this.path(name), text)
  }

  /** The process of the program that runs in the other terminal. */
  get pid(): number {
    return this.#running?.pid ?? 0
  }

  /** Does all that a page says. */
  async follow(page: string, between: (step: Step) => Promise<void> = async () => undefined): Promise<void> {
    for (const step of await taskPage(page)) {
      await between(step)
      await this.do(step)
    }
  }

  async do(step: Step): Promise<void> {
    switch (step.does) {
      case 'add':
        return this.#add(step.text)
      case 'see':
        return this.#see(step.output)
      case 'stop':
        return this.#stop(step.output)
      case 'type':
        return this.type(step.command, step.output)
    }
  }

  async type(command: string, output: string): Promise<void> {
    if (RUNS_ON.test(command)) return this.#begin(command, output)
    const isShown = new RegExp(`^${asShown(output, this.#names)}$`)
    let printed = await this.#run(command)
    if (LOOKS.test(command) && !isShown.test(printed)) {
      const again = async () => {
        printed = await this.#run(command)
        return isShown.test(printed)
      }
      await until(`the page's output of ${command}`, again, LOOK_FOR_MS).catch(() => undefined)
    }
    if (!isShown.test(printed)) throw new Error(`expected of \`${command}\`:\n${output}\ngot:\n${printed}`)
  }

  /** As an editor does. */
  async #add(pipeline: string): Promise<void> {
    const config = await readFile(this.path('tidemark.config.ts'), 'utf8')
    await this.write('tidemark.config.ts', config.replace('pipelines: {\n', `pipelines: {\n${pipeline}`))
  }

  async #run(command: string): Promise<string> {
    const typed = this.#typed.get(command)
    const line = typed === undefined ? `{ ${command}\n} </dev/null` : `${command}\n${typed}`
    this.#heard = ''
    this.#shell.stdin?.write(`${line}\nprintf '${END}'\n`)
    await until(`the end of ${command}`, () => this.#heard.includes(END))
    return this.#heard.slice(0, this.#heard.indexOf(END))
  }

  /** In another terminal, where Ctrl-C reaches all that it has started. */
  async #begin(command: string, output: string): Promise<void> {
    const log = this.path('.terminal')
    const pid = Number(await this.#run(`${command} >${log} 2>&1 & echo $!`))
    this.#running = { pid, log }
    await this.#see(output)
  }

  async #see(output: string): Promise<void> {
    const { log = '' } = this.#running ?? {}
    const isShown = new RegExp(`^${asShown(output, this.#names)}`, 'm')
    await until(`the program to print:\n${output}`, async () => isShown.test(await readFile(log, 'utf8'))).catch(
      async (error) => {
        throw new Error(`${error}\ngot:\n${await readFile(log, 'utf8')}`)
      },
    )
  }

  async #stop(output: string): Promise<void> {
    if (this.#running === undefined) throw new Error('expected a program that runs')
    const { pid, log } = this.#running
    process.kill(-pid, 'SIGINT')
    await this.ended()
    const printed = await readFile(log, 'utf8')
    if (!new RegExp(`^${asShown(output, this.#names)}$(?![^])`, 'm').test(printed))
      throw new Error(`expected after ^C:\n${output}\ngot:\n${printed}`)
  }

  /** Waits until the program in the other terminal has ended. */
  async ended(): Promise<void> {
    await this.#run(`wait ${this.pid}`)
    this.#running = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running !== undefined) {
      await this.#run(`kill -TERM -- -${this.pid}`)
      await this.ended()
    }
    const closed = once(this.#shell, 'close')
    this.#shell.stdin?.end()
    await closed
    await rm(this.folder, { recursive: true, force: true })
  }
}
