import { open } from 'node:fs/promises'
import { HeldFile } from './held.ts'
import type { Records } from './record-file.ts'
import { MAX_REJECTED, type Rejected } from './staged.ts'
import { staging } from './staging-file.ts'

/** Enough to recognise a record; its whole may have 2 MiB. */
const MAX_TEXT_BYTES = 1_000

export interface Located {
  readonly line: number
  readonly column: string | null
  readonly error: string
  readonly start: number
  readonly end: number
}

/** A file held for bad records: `count` of them in all, the first of which are `located`. */
export async function rejection(records: Records, located: readonly Located[], count: number): Promise<HeldFile> {
  const rejected = await staging(() => withTexts(records, located.slice(0, MAX_REJECTED)))
  const rows = count === 1 ? '1 bad row' : `${count} bad rows; first`
  const [first] = rejected
  if (first === undefined) return new HeldFile(rows)
  const column = first.column === null ? '' : `, column ${first.column}`
  return new HeldFile(`${rows} at line ${first.line}${column}: ${first.error}`, rejected, count)
}

async function withTexts({ file, start: from }: Records, located: readonly Located[]): Promise<Rejected[]> {
  const handle = await open(file)
  try {
    const rejected: Rejected[] = []
    for (const { line, column, error, start, end } of located) {
      const length = Math.min(end - start, MAX_TEXT_BYTES)
      const { buffer } = await handle.read({ buffer: Buffer.alloc(length), position: from + start })
      const text = new TextDecoder().decode(buffer, { stream: true }) // a character that the cut splits is left out
      rejected.push({ line, column, error, text })
    }
    return rejected
  } finally {
    await handle.close()
  }
}
