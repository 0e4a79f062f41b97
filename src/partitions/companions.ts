import { TidemarkError } from '../errors.ts'
import type { Partitions } from './partitions.ts'
import { type Pattern, parsePattern } from './pattern.ts'

/** What the config says of files that tell of others: templates of paths, relative to the source. */
export interface CompanionPaths {
  readonly done: string | undefined
  readonly manifest: string | undefined
  readonly marker: string | undefined
}

/** Files beside the data that say that it is whole, or all there. They are never data themselves. */
export interface Companions {
  /** The marker of a file. */
  readonly done: ((path: string) => string) | undefined
  /** The list of a partition's files. */
  readonly manifest: ((key: string) => string) | undefined
  /** What says that a partition is complete. */
  readonly marker: ((key: string) => string) | undefined
  has(path: string): boolean
}

const FILE = '{file}'

/** Raises `ConfigInvalid`, with what is wrong and how to mend it. */
export function parseCompanions(paths: CompanionPaths, pattern: Pattern, partitions: Partitions): Companions {
  const done = paths.done === undefined ? undefined : besideFile(paths.done, pattern)
  const manifest = paths.manifest === undefined ? undefined : ofPartition('source.manifest', paths.manifest, pattern, partitions)
  const marker = paths.marker === undefined ? undefined : ofPartition('arrival.marker', paths.marker, pattern, partitions)
  return {
    done: done?.pathOf,
    manifest: manifest?.pathOf,
    marker: marker?.pathOf,
    has: (path) => [done, manifest, marker].some((companion) => companion?.has(path)),
  }
}

/** The pattern without the companions: `{partition}/*` does not take `day/_SUCCESS` for data. */
export function withoutCompanions(pattern: Pattern, companions: Companions): Pattern {
  if (!companions.done && !companions.manifest && !companions.marker) return pattern
  return {
    ...pattern,
    keyOf: (path) => (companions.has(path) ? undefined : pattern.keyOf(path)),
    narrow: (key) => withoutCompanions(pattern.narrow(key), companions),
  }
}

function besideFile(template: string, pattern: Pattern) {
  const [before = '', after, ...more] = template.split(FILE)
  if (after === undefined || more.length > 0)
    throw fault('source.done', `write ${FILE} once in it, such as '{file}.done'`, template)
  if (before + after === '')
    throw fault('source.done', "it is the file itself; write another name, such as '{file}.done'", template)
  if (/[{}\\]/.test(before + after)) throw fault('source.done', `only ${FILE} is known here`, template)
  if (before.startsWith('/') || template.split('/').some((part) => part === '..' || part === '.' || part === ''))
    throw fault('source.done', "write a path within the source's folder", template)
  return {
    pathOf: (path: string) => before + path + after,
    has: (path: string) =>
      path.length > before.length + after.length &&
      path.startsWith(before) &&
      path.endsWith(after) &&
      pattern.keyOf(path.slice(before.length, path.length - after.length)) !== undefined,
  }
}

function ofPartition(field: string, template: string, pattern: Pattern, partitions: Partitions) {
  if (template === pattern.files) throw fault(field, 'it is the data files themselves; write another name', template)
  if (/[*?[]|\{[^{}]*,/.test(template)) throw fault(field, 'it names one file a partition; write it without wildcards', template)
  let own: Pattern
  try {
    own = parsePattern(template, partitions)
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    throw new TidemarkError('ConfigInvalid', `${field}: ${error.message}`)
  }
  return {
    pathOf: (key: string) => own.narrow(key).files,
    has: (path: string) => own.keyOf(path) !== undefined,
  }
}

function fault(field: string, reason: string, template: string): TidemarkError {
  return new TidemarkError('ConfigInvalid', `${field}: got ${JSON.stringify(template)}: ${reason}`)
}
