import { open } from 'node:fs/promises'
import type { Pipeline } from '../config/pipeline.ts'
import { HeldFile } from './held.ts'
import type { Records } from './record-file.ts'
import { limitsText } from './reject-limits.ts'
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

/** Of `count` bad rows, what is wrong with the first. */
export interface BadRows {
  readonly located: readonly Located[]
  readonly count: number
}

export function badRecords({ bad, badCount }: Records): BadRows {
  return { located: bad.map((record) => ({ ...record, column: null })), count: badCount }
}

export function both(one: BadRows, other: BadRows): BadRows {
  const located = [...one.located, ...other.located].sort((a, b) => a.line - b.line || a.start - b.start)
  return { located: located.slice(0, MAX_REJECTED), count: one.count + other.count }
}

/** A file held for its bad rows. */
export async function rejection(records: Records, bad: BadRows, limits: Pipeline['onBadRows']): Promise<HeldFile> {
  const rejected = await rejectedRows(records, bad)
  const rows = bad.count === 1 ? '1 bad row' : `${bad.count} bad rows; first`
  const [first] = rejected
  if (first === undefined) return new HeldFile(rows)
  const column = first.column === null ? '' : `, column ${first.column}`
  return new HeldFile(
    `${rows} at line ${first.line}${column}: ${first.error}${whyNotWithout(records, limits)}`,
    rejected,
    bad.count,
  )
}

function whyNotWithout({ hiding, count }: Records, limits: Pipeline['onBadRows']): string {
  if (limits === 'hold') return ''
  if (hiding === undefined) return limitsText(limits, count)
  return `; the bad quote in line ${hiding} may hide other rows, so none can be rejected`
}

/** With their texts, as they are in the file. */
export function rejectedRows({ file, start: from }: Records, { located }: BadRows): Promise<Rejected[]> {
  return staging(async () => {
    const handle = await open(file)
    try {
      const rejected: Rejected[] = []
      for (const { line, column, error, start, end } of located.slice(0, MAX_REJECTED)) {
        const length = Math.min(end - start, MAX_TEXT_BYTES)
        const { buffer } = await handle.read({ buffer: Buffer.alloc(length), position: from + start })
        const text = new TextDecoder().decode(buffer, { stream: true }) // a character that the cut splits is left out
        rejected.push({ line, column, error, text })
      }
      return rejected
    } finally {
      await handle.close()
    }
  })
}
