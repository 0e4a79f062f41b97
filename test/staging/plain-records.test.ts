import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { HeldFile } from '../../src/staging/held.ts'
import { RecordScanner } from '../../src/staging/record-scanner.ts'

const dialect = { delimiter: Buffer.from(','), quote: 0x22, escape: 0x5c }
const FIELDS = 2

/** What a scanner tells of chunks, with the number and place of each record that has not so many fields or has a fault. */
function scanned(chunks: readonly Buffer[], passes: boolean) {
  const scanner = new RecordScanner(dialect)
  const others: object[] = []
  const note = (before: number) => {
    if (scanner.records === before) return
    const { fields, fault } = scanner.last
    if (fields !== FIELDS || fault !== '') others.push({ number: scanner.records, ...scanner.last })
  }
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        if (passes) at = scanner.pass(chunk, at, FIELDS)
        const before = scanner.records
        at = scanner.push(chunk, at)
        note(before)
      }
    }
    const before = scanner.records
    scanner.end()
    note(before)
  } catch (error) {
    if (!(error instanceof HeldFile)) throw error
    return { others, held: error.message }
  }
  const { records, line, lineEnd, quotedLineEnds } = scanner
  return { others, records, line, lineEnd, quotedLineEnds }
}

test('to pass over plain records tells the same as to look at each byte, however the file is cut into chunks', () => {
  const part = fc.constantFrom('a,b\n', 'a,b\n', '1,2\n', '\n', 'a', ',', '\n', '"', '\\', '\r\n', '\r', ' ', '\0', '"x\ny",z\n')
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 6 }), (parts) => {
      const chunks = parts.map((chunk) => Buffer.from(chunk.join('')))
      expect(scanned(chunks, true)).toEqual(scanned(chunks, false))
    }),
    { numRuns: 2_000 },
  )
})
