import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leaveOut, parsePattern } from '../partitions/pattern.ts'
import { localSource } from '../sources/local/local-source.ts'
import type { Listed } from '../sources/source.ts'
import { Sandbox } from '../staging/sandbox.ts'
import { kindsOf } from './file-kinds.ts'
import type { Guess, GuessedPipeline } from './guess.ts'
import { guessPipeline } from './guess-pipeline.ts'
import { isData, shapesOf } from './name-shape.ts'
import { Sampler } from './sampler.ts'

/** More tables are not meant to come from one folder, nor would anybody read such a config. */
const MOST_PIPELINES = 20
const EVERYTHING = leaveOut(parsePattern('**/{partition}', { kind: 'dynamic' }), 'node_modules')

/**
 * What a config for the files of a folder may say.
 * @throws TidemarkError SourceUnavailable when it cannot be listed; the signal's reason when it aborts
 */
export async function guessFolder(folder: string, name: string, signal: AbortSignal): Promise<Guess> {
  const source = localSource({ folder })
  const listed = new Map<string, Listed>()
  for await (const page of source.list(EVERYTHING, signal)) for (const file of page) listed.set(file.path, file)
  const leftOut = new LeftOut()
  const data = [...listed.keys()].filter((path) => {
    if (!isData(path)) leftOut.add(`not .csv, .tsv, .txt, .psv, .tab or .dat, plain or with .gz`, path)
    return isData(path)
  })
  // Its real path: a database that may reach no other folder compares paths as they are.
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-init-')))
  const sandbox = new Sandbox({ folder: scratch, isSmall: false, signal })
  try {
    const sampler = new Sampler({ source, listed, folder: scratch, sandbox, signal })
    const kinds = await kindsOf(shapesOf(data.sort()), sampler, leftOut)
    const pipelines: GuessedPipeline[] = []
    const taken = new Set<string>()
    for (const kind of kinds) {
      if (pipelines.length === MOST_PIPELINES) {
        for (const { path } of kind.files) leftOut.add(`a config is written for ${MOST_PIPELINES} tables at most`, path)
        continue
      }
      const others = data.filter((path) => !kind.files.some((file) => file.path === path))
      const guessed = await guessPipeline({ kind, sampler, taken, folderName: name, others })
      if (typeof guessed === 'string') for (const { path } of kind.files) leftOut.add(guessed, path)
      else {
        pipelines.push(guessed)
        taken.add(guessed.name)
      }
    }
    return { pipelines, leftOut: leftOut.all() }
  } finally {
    sandbox.close()
    await rm(scratch, { recursive: true, force: true })
  }
}
