import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { rowsInGroup } from '../../src/staging/rows-file.ts'

const MB = 2 ** 20

test.each([
  ['narrow ones', 80, 4 * 122_880],
  ['some of 1,000 bytes', 1_000, 63_488],
  ['documents of 5,000 bytes, of which 120,000 are more than a worker may have in memory', 5_000, 12_288],
  ['the longest that are read', 2 * MB, 2_048],
])('rows are written in groups that fit into memory: %s', (_, bytes, rows) => {
  expect(rowsInGroup({ count: 1_000, bytes: bytes * 1_000, places: [0, 1, 2] })).toBe(rows)
})

test('a group of many rows has at most 64 MB, and one of few is as small as DuckDB makes it', () => {
  const sizes = fc.record({ count: fc.integer({ min: 0, max: 1e6 }), each: fc.integer({ min: 1, max: 2 * MB }) })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 1_000 }), ({ count, each }, columns) => {
      const rows = rowsInGroup({ count, bytes: count * each, places: Array.from({ length: columns }, (_, place) => place) })
      expect(rows % 2_048).toBe(0)
      expect(rows).toBeLessThanOrEqual(4 * 122_880)
      if (rows > 2_048) expect(rows * (count === 0 ? 0 : each)).toBeLessThanOrEqual(64 * MB)
    }),
  )
})
