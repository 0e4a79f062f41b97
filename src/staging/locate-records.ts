import { createReadStream } from 'node:fs'
import type { Dialect } from './dialect.ts'
import { recordFault } from './record-fault.ts'
import type { Records } from './record-file.ts'
import { RecordScanner } from './record-scanner.ts'

/** Where records lie in the file that came, given their numbers among the good ones, from 1 in ascending order. */
export async function locateRecords(
  { file, start: from, firstLine: line, lineEnd, places }: Records,
  dialect: Dialect,
  numbers: readonly number[],
): Promise<{ line: number; start: number; end: number }[]> {
  const scanner = new RecordScanner(dialect, { line, lineEnd })
  const found: { line: number; start: number; end: number }[] = []
  let seen = 0
  let good = 0
  const note = () => {
    if (scanner.records === seen) return
    seen = scanner.records
    if (recordFault(scanner.last, places.length) !== '') return
    good++
    if (good !== numbers[found.length]) return
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
