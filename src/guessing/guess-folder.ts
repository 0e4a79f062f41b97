import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leaveOut, parsePattern } from '../partitions/pattern.ts'
import { localSource } from '../sources/local/local-source.ts'
import type { Listed } from '../sources/source.ts'
import { Sandbox } from '../staging/sandbox.ts'
import { filesOf, type Kind, kindsOf, pathsOf } from './file-kinds.ts'
import type { Guess, GuessedPipeline } from './guess.ts'
import { type GuessedFiles, guessFiles } from './guess-files.ts'
import { guessTable } from './guess-table.ts'
import { LeftOut } from './left-out.ts'
import { isData, shapesOf } from './name-shape.ts'
import { Sampler } from './sampler.ts'
import { tableName } from './table-name.ts'

/** More tables are not meant to come from one folder, nor would anybody read such a config. */
const MOST_PIPELINES = 20
const EVERYTHING = leaveOut(parsePattern('**/{partition}', { kind: 'dynamic' }), 'node_modules')

/**
 * What a config for the files of a folder may say; `name` is for a table whose files' names have no word.
 * @throws TidemarkError SourceUnavailable when it cannot be listed; the signal's reason when it aborts
 */
export async function guessFolder(folder: string, name: string, signal: AbortSignal): Promise<Guess> {
  const source = localSource({ folder })
  const listed = new Map<string, Listed>()
  for await (const page of source.list(EVERYTHING, signal)) for (const file of page) listed.set(file.path, file)
  const paths = [...listed.keys()].sort()
  const leftOut = new LeftOut()
  leftOut.add(
    'not .csv, .tsv, .txt, .psv, .tab or .dat, plain or with .gz',
    paths.filter((path) => !isData(path)),
  )
  // Its real path: a database that may reach no other folder compares paths as they are.
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-init-')))
  const sandbox = new Sandbox({ folder: scratch, isSmall: false, signal })
  try {
    const sampler = new Sampler({ source, listed, folder: scratch, sandbox, signal })
    const kinds = await kindsOf(shapesOf(paths.filter(isData)), sampler, leftOut)
    const pipelines: GuessedPipeline[] = []
    for (const { kind, guessed } of kinds.flatMap((found) => findable(found, paths, leftOut))) {
      const files = pathsOf(kind.shapes)
      const isRoom = pipelines.length < MOST_PIPELINES
      const table = isRoom ? await guessTable(kind, sampler) : `a config is written for ${MOST_PIPELINES} tables at most`
      if (typeof table === 'string') leftOut.add(table, files)
      else {
        const taken = pipelines.map((other) => other.name)
        pipelines.push({ name: tableName(guessed.files, name, taken), ...guessed, ...table, count: files.length })
      }
    }
    return { pipelines, leftOut: leftOut.all() }
  } finally {
    sandbox.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

/** A kind with its glob; where one glob would also find other files, its families of names one by one. */
function findable(kind: Kind, paths: readonly string[], leftOut: LeftOut): { kind: Kind; guessed: GuessedFiles }[] {
  const own = new Set(pathsOf(kind.shapes))
  const guessed = guessFiles(
    filesOf(kind.shapes),
    paths.filter((path) => !own.has(path)),
  )
  if (guessed !== undefined) return [{ kind, guessed }]
  if (kind.shapes.length > 1) return kind.shapes.flatMap((shape) => findable({ ...kind, shapes: [shape] }, paths, leftOut))
  leftOut.add('no pattern finds them and no other files; put them into a folder of their own', [...own])
  return []
}
