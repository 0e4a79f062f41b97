import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { above, notNull, rowCount, unique } from '../../src/checks/builders.ts'
import type { Staged } from '../../src/staging/staged.ts'
import { Bench, rowsOf, type Settings } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

const settings: Settings = {
  columns: { a: 'VARCHAR', b: 'BIGINT', c: 'DOUBLE' },
  checks: [above('c', 0), notNull('b', { blocking: false }), unique(['a', 'b']), rowCount({ max: 4 })],
}

const cells = {
  a: fc.constantFrom('x', 'y', '', '"q,1"', '"two\nlines"', ' "s"', 'ä'),
  b: fc.constantFrom('1', '2', '-3', '', ...(['many'] as const)),
  c: fc.constantFrom('1', '2.5', '7', '0', 'NaN'),
}
const row = fc.record(cells)
const file = fc
  .record({
    rows: fc.array(row, { maxLength: 5 }),
    order: fc.constantFrom(['a', 'b', 'c'] as const, ['c', 'a', 'b'] as const),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    spoilt: fc.constantFrom(...['', '', '', '', ',more', '\0', '"'], Buffer.from([0xff])),
  })
  .map(({ rows, order, lineEnd, spoilt }) => {
    const lines = [order.join(), ...rows.map((of) => order.map((column) => of[column]).join())]
    return Buffer.concat([Buffer.from(lines.join(lineEnd)), Buffer.from(spoilt), Buffer.from(lineEnd)])
  })

/** All but where the rows are. */
const verdictOf = ({ path: _, ...staged }: Staged) =>
  staged.verdict === 'good' ? { ...staged, rowsFile: '', sharedBy: 0 } : staged

test('of each file the same comes, whether it is staged with others or by itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 30 }), async (contents) => {
      const paths = contents.map((_, index) => `${index}.csv`)
      for (const [index, content] of contents.entries()) await bench.put(`${index}.csv`, content)
      const together = await bench.stage(paths, settings)
      for (const [index, staged] of together.entries()) {
        const [alone] = await bench.stage([`${index}.csv`], settings)
        if (alone === undefined) throw new Error('no verdict')
        expect(verdictOf(staged)).toEqual(verdictOf(alone))
        expect(await rowsOf(staged)).toEqual(alone.verdict === 'good' ? await rowsOf(alone) : staged)
      }
    }),
    { numRuns: 5 },
  )
})

test('files in order share one file of rows; the others have their own, or none', async () => {
  const contents = ['a,b,c\nx,1,1\n', 'a,b,c\ny,2,2\nz,3,3\n', 'a,b,c\nx,1,0\n', 'c,a,b\n5,v,5\n', 'a,b,c\n']
  for (const [index, content] of contents.entries()) await bench.put(`s${index}.csv`, content)
  const staged = await bench.stage(
    contents.map((_, index) => `s${index}.csv`),
    settings,
  )
  const goods = staged.flatMap((one) => (one.verdict === 'good' ? [one] : []))
  expect(goods.map(({ path, rows }) => [path, rows])).toEqual([
    ['s0.csv', 1],
    ['s1.csv', 2],
    ['s3.csv', 1],
    ['s4.csv', 0],
  ])
  expect(new Set(goods.filter(({ path }) => path !== 's3.csv').map(({ rowsFile }) => rowsFile)).size).toBe(1)
})
