import { type GuessedDialect, guessDialect } from './guess-dialect.ts'
import { firstRecord, guessHeader, headerFault } from './guess-header.ts'
import type { LeftOut } from './left-out.ts'
import type { NamedFile, Shape } from './name-shape.ts'
import type { Sampler } from './sampler.ts'

/** Files that belong into one table. */
export interface Kind {
  readonly shapes: readonly Shape[]
  readonly dialect: GuessedDialect
  readonly header: boolean
  /** Of the first file; others may have more. */
  readonly names: readonly string[]
}

/** A folder where each name is another word is not read whole. */
const MOST_SHAPES = 200
const HEAD_BYTES = 64 * 1024
const HEADS = 3

/** Names that look alike, with one header, one form of date and one depth of folders, are one kind. */
export async function kindsOf(shapes: readonly Shape[], sampler: Sampler, leftOut: LeftOut): Promise<readonly Kind[]> {
  const kinds = new Map<string, Kind>()
  for (const shape of shapes.slice(0, MOST_SHAPES)) {
    const seen = await lookAt(shape, sampler)
    if (typeof seen === 'string') leftOut.add(seen, pathsOf([shape]))
    else {
      const key = keyOf(seen, shape)
      const same = kinds.get(key)
      kinds.set(key, same === undefined ? seen : { ...same, shapes: [...same.shapes, shape] })
    }
  }
  return [...kinds.values()]
}

export function filesOf(shapes: readonly Shape[]): readonly NamedFile[] {
  return shapes.flat()
}

export function pathsOf(shapes: readonly Shape[]): readonly string[] {
  return filesOf(shapes).map(({ path }) => path)
}

async function lookAt(shape: Shape, sampler: Sampler): Promise<Kind | string> {
  let dialect: GuessedDialect | undefined
  let fault = 'cannot be read as CSV'
  const firsts: string[][] = []
  for (const { path } of sampler.choose(shape, HEADS)) {
    const head = await sampler.take(path, HEAD_BYTES)
    if (typeof head === 'string') {
      fault = head
      continue
    }
    dialect ??= await sampler.run((connection) => guessDialect(connection, head))
    const first = dialect && firstRecord(head, dialect)
    if (first !== undefined) firsts.push(first)
  }
  if (dialect === undefined || firsts.length === 0) return fault
  const { header, names } = guessHeader(firsts, dialect)
  return headerFault(names) ?? { shapes: [shape], dialect, header, names }
}

/** Of files without a header only the names can say that they are alike. */
function keyOf({ header, names, dialect }: Kind, shape: Shape): string {
  const [first] = shape
  const { path = '', stem = '', ending = '', date } = first ?? {}
  const columns = header ? names.map((name) => name.trim().toLowerCase()).sort() : [stem]
  return JSON.stringify([columns, dialect.delimiter, ending, date?.template, path.split('/').length])
}
