import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import type { Pipeline } from '../../src/config/pipeline.ts'
import { configText } from '../../src/guessing/config-text.ts'
import type { Guess } from '../../src/guessing/guess.ts'
import { guessFolder } from '../../src/guessing/guess-folder.ts'
import { parsePattern } from '../../src/partitions/pattern.ts'
import { localSource } from '../../src/sources/local/local-source.ts'
import { stageFiles } from '../../src/staging/stage-files.ts'
import type { Staged } from '../../src/staging/staged.ts'

export type Content = string | Uint8Array

/** A folder of files, the config that is guessed from them, and what a load makes of each file with that config. */
export class GuessedConfig implements AsyncDisposable {
  readonly guess: Guess
  readonly text: string
  readonly pipelines: ReadonlyMap<string, Pipeline>
  readonly staged: ReadonlyMap<string, readonly Staged[]>
  readonly #folder: string

  private constructor(folder: string, guess: Guess, text: string, found: ReadonlyMap<string, [Pipeline, readonly Staged[]]>) {
    this.#folder = folder
    this.guess = guess
    this.text = text
    this.pipelines = new Map([...found].map(([name, [pipeline]]) => [name, pipeline]))
    this.staged = new Map([...found].map(([name, [, staged]]) => [name, staged]))
  }

  static async of(files: Readonly<Record<string, Content>>): Promise<GuessedConfig> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-guessed-')))
    const data = join(folder, 'data')
    await mkdir(data)
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(data, path)), { recursive: true })
      await writeFile(join(data, path), content)
    }
    const { signal } = new AbortController()
    const guess = await guessFolder(data, 'data', signal)
    const text = configText(guess, 'data')
    const found = new Map<string, [Pipeline, readonly Staged[]]>()
    if (guess.pipelines.length > 0) {
      await writeFile(join(folder, 'tidemark.config.ts'), text)
      const config = await loadConfig(join(folder, 'tidemark.config.ts'))
      for (const [name, pipeline] of config.pipelines) found.set(name, [pipeline, await stage(pipeline, data, folder)])
    }
    return new GuessedConfig(folder, guess, text, found)
  }

  /** The types of the only pipeline's columns. */
  get types(): Readonly<Record<string, string>> {
    return [...this.pipelines.values()][0]?.columns ?? {}
  }

  /** Of each pipeline the paths and keys of what it finds. */
  get good(): Readonly<Record<string, readonly string[]>> {
    const paths = (staged: readonly Staged[]) => staged.flatMap((file) => (file.verdict === 'good' ? [file.path] : [])).sort()
    return Object.fromEntries([...this.staged].map(([name, staged]) => [name, paths(staged)]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function stage(pipeline: Pipeline, data: string, folder: string): Promise<readonly Staged[]> {
  const { signal } = new AbortController()
  const source = localSource({ folder: data })
  const pattern = parsePattern(pipeline.source.files, pipeline.partitions)
  const files = []
  for await (const page of source.list(pattern, signal)) {
    for (const listed of page) files.push({ listed, key: pattern.keyOf(listed.path) ?? '' })
  }
  const to = join(folder, `staging-${pipeline.name}`)
  await mkdir(to)
  return stageFiles({ pipeline, source, files, folder: to, signal })
}
