import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'
import { duckdbErrorKind } from '../../staging/sandbox.ts'

/** What DuckDB says of files and of queries. The texts of its other errors may repeat cells, and a failure leaves the machine. */
const WITHOUT_CELLS = ['IO Error', 'Catalog Error', 'Binder Error', 'Parser Error', 'Permission Error', 'Out of Memory Error']

type Mend = readonly [said: RegExp, mend: string]

/** How to mend what the operating system has said, wherever in a message it stands. */
const MENDS_OF_MACHINE: readonly Mend[] = [
  [/No space left on device|Disk quota exceeded|File too large/i, 'make room on its disk, and work goes on'],
  [
    /Permission denied|Operation not permitted|Read-only file system|EACCES|EPERM|EROFS/i,
    'let the user that runs Tidemark write there, and work goes on',
  ],
  [/EEXIST|ENOTDIR|Not a directory/i, 'its folder is none: move away what lies there, or change the config'],
]
const MENDS: readonly Mend[] = [
  ...MENDS_OF_MACHINE,
  [
    /(PRIMARY KEY or UNIQUE|primary key|unique|NOT NULL|CHECK|foreign key) constraint/,
    'rows break a constraint that somebody gave the table; drop it, or mend the file',
  ],
]

/** Whatever was to be written, these would have come. */
const KINDS_OF_MACHINE = ['IO Error', 'Permission Error', 'Out of Memory Error', 'Connection Error']

/** It is opened for reading, and nothing has been loaded so far. */
const NOT_THERE = /database does not exist/

/** Any failure as an error of ours, with no cell in it. What is one already, and an abort, stay as they are. */
export function warehouseFailure(error: unknown, file: string): unknown {
  if (error instanceof TidemarkError || isAbort(error)) return error
  const message = messageOf(error)
  if (NOT_THERE.test(message))
    return new TidemarkError(
      'WarehouseFailed',
      `there is no warehouse at ${file} yet; \`tidemark up\` or \`tidemark worker\` makes it`,
    )
  const told = withoutCells(message)
  for (const [said, mend] of MENDS) {
    const [phrase] = said.exec(message) ?? []
    if (phrase === undefined) continue
    const why = told.includes(phrase) ? told : `${told} (${phrase})`
    return new TidemarkError('WarehouseFailed', `${file}: ${why}; ${mend}`, { cause: error })
  }
  return new TidemarkError('WarehouseFailed', `${file}: ${told}`, { cause: error })
}

/** Whether a failure says nothing of what was to be written: others would have met it too. */
export function isOfMachine({ code, cause }: TidemarkError): boolean {
  if (code !== 'WarehouseFailed' || systemCodeOf(cause) !== undefined) return true
  const said = messageOf(cause)
  return KINDS_OF_MACHINE.includes(duckdbErrorKind(cause)) || MENDS_OF_MACHINE.some(([phrase]) => phrase.test(said))
}

function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
}

function withoutCells(message: string): string {
  const kind = duckdbErrorKind(message)
  if (kind.endsWith(' Error') && !WITHOUT_CELLS.includes(kind)) return kind
  const [first = ''] = message.split('\n') // the other lines repeat the query
  return first
}
