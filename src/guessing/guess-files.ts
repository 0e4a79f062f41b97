import { DEFAULT_FORMATS } from '../partitions/key-format.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { parsePattern } from '../partitions/pattern.ts'
import { type Cadence, cadenceOf, cadenceText, spanOf } from './cadence.ts'
import { filesPattern } from './files-pattern.ts'
import type { GuessedPipeline } from './guess.ts'
import type { NamedFile } from './name-shape.ts'

export type GuessedFiles = Pick<GuessedPipeline, 'files' | 'partitions'>

/** The glob that finds these files, and none of `others`, and what their keys are. Undefined when there is none. */
export function guessFiles(files: readonly NamedFile[], others: readonly string[]): GuessedFiles | undefined {
  const grain = files[0]?.date?.grain
  const keys = new Set(files.flatMap(({ date }) => date?.key ?? []))
  const dense = grain && cadenceOf(keys, grain)
  const candidates: (GuessedFiles | undefined)[] = [guessWith(files, dense), guessWith(files, dense, true)]
  // Where a date goes through folders it can only be read as one.
  if (dense === undefined && grain !== undefined) candidates.push(guessWith(files, spanOf(keys, grain), true))
  return candidates.find((guess) => guess !== undefined && findsOnly(guess, files, others))
}

/** `isSpelt`: a date by its parts, so that only digits are taken for one. */
function guessWith(files: readonly NamedFile[], cadence: Cadence | undefined, isSpelt = false): GuessedFiles | undefined {
  const glob = filesPattern(files, cadence, isSpelt)
  if (glob === undefined) return undefined
  if (cadence !== undefined) {
    const { kind, start } = cadence
    return { files: glob, partitions: { kind, start, why: cadenceText(cadence) } }
  }
  return { files: glob, partitions: { kind: 'dynamic', why: whyDynamic(files) } }
}

function whyDynamic(files: readonly NamedFile[]): string {
  if (files.some(({ date }) => date !== undefined)) return 'the dates in the names are far apart'
  return files.length === 1 ? 'a single file, which is replaced when it changes' : 'a partition for each name'
}

function findsOnly({ files: glob, partitions }: GuessedFiles, files: readonly NamedFile[], others: readonly string[]): boolean {
  try {
    const pattern = parsePattern(glob, configured(partitions))
    const found = (path: string) => pattern.keyOf(path) !== undefined
    return files.every(({ path }) => found(path)) && !others.some(found)
  } catch {
    return false // no such pattern can be had
  }
}

function configured({ kind, start = '' }: GuessedFiles['partitions']): Partitions {
  return kind === 'dynamic' ? { kind } : { kind, start, timezone: 'UTC', offsetMs: 0, format: DEFAULT_FORMATS[kind] }
}
