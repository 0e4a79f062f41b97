import { createReadStream } from 'node:fs'
import type { Dialect } from './dialect.ts'
import type { Records } from './record-file.ts'
import { RecordScanner } from './record-scanner.ts'

/** Where records lie, given their numbers from 1 in ascending order. */
export async function locateRecords(
  { file, start: from, firstLine: line, lineEnd }: Records,
  dialect: Dialect,
  numbers: readonly number[],
): Promise<{ line: number; start: number; end: number }[]> {
  const scanner = new RecordScanner(dialect, { line, lineEnd })
  const found: { line: number; start: number; end: number }[] = []
  const note = () => {
    if (scanner.records !== numbers[found.length]) return
    const { line, start, end } = scanner.last
    found.push({ line, start, end })
  }
  for await (const chunk of createReadStream(file, { start: from })) {
    for (let at = 0; at < chunk.length && found.length < numbers.length; ) {
      at = scanner.push(chunk, at)
      note()
    }
    if (found.length === numbers.length) return found
  }
  scanner.end()
  note()
  return found
}
