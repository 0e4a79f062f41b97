import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { above } from '../../src/checks/builders.ts'
import { Bench, rowsOf, type Settings } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

const some = (rows?: number, share?: number, settings: Settings = {}): Settings => ({ onBadRows: { rows, share }, ...settings })

test('leaves out bad records and bad cells, each told with its line in the file that came', async () => {
  const content = '\uFEFF\r\nb,a\r\n1,x\r\n\r\n2\r\nbad,"y\r\nz"\r\n3,"u\r\n"\r\n4,v,w\r\nworse,"'.replace(/,"$/, ',q')
  const staged = await bench.stageOne(content, some(4))
  expect(await rowsOf(staged)).toEqual([
    ['x', '1'],
    ['u\r\n', '3'],
  ])
  expect(staged).toMatchObject({
    rows: 2,
    rejectedCount: 4,
    rejected: [
      { line: 5, column: null, error: '1 field where 2 are expected', text: '2' },
      { line: 6, column: 'b', error: 'not a whole number that BIGINT holds', text: 'bad,"y\r\nz"' },
      { line: 10, column: null, error: '3 fields where 2 are expected', text: '4,v,w' },
      { line: 11, column: 'b', text: 'worse,q' },
    ],
  })
})

test.each<[string, Settings, number, string | undefined]>([
  ['as many as the number', some(2), 2, undefined],
  ['one more than the number', some(1), 2, '; onBadRows rejects at most 1'],
  ['as many as the share', some(undefined, 0.2), 2, undefined],
  ['more than the share', some(undefined, 0.19), 2, '; onBadRows rejects at most 19% of 10'],
  ['within the number and not within the share', some(5, 0.1), 2, '; onBadRows rejects at most 5 and 10% of 10'],
  ['all rows of a file', some(undefined, 1), 10, undefined],
  ['none allowed', some(0), 1, '; onBadRows rejects at most 0'],
])('%s', async (_, settings, bad, why) => {
  for (const broken of ['x', 'x,y', 'x,1,2']) {
    const staged = await bench.stageOne(`a,b\n${`${broken}\n`.repeat(bad)}${'x,1\n'.repeat(10 - bad)}`, settings)
    if (why === undefined) expect(staged).toMatchObject({ verdict: 'good', rows: 10 - bad, rejectedCount: bad })
    else expect(staged).toMatchObject({ verdict: 'held', reason: expect.stringMatching(/ at line 2.*: .*/), rejectedCount: bad })
    if (why !== undefined && staged.verdict === 'held') expect(staged.reason.endsWith(why)).toBe(true)
  }
})

test('counts bad records and bad cells together', async () => {
  const content = 'a,b\nx\nx,y\nx,1\n'
  expect(await bench.stageOne(content, some(2))).toMatchObject({ verdict: 'good', rows: 1, rejectedCount: 2 })
  expect(await bench.stageOne(content, some(1))).toMatchObject({
    verdict: 'held',
    reason: '2 bad rows; first at line 2: 1 field where 2 are expected; onBadRows rejects at most 1',
    rejected: [{ line: 2 }, { line: 3, column: 'b' }],
  })
})

test.each([
  ['a quote that is never closed', 'a,b\nx,1\n"y,2\nz,3\n', 3],
  ['one on the last line', 'a,b\nx,1\n"y,2', 3],
  ['text after a closing quote, lines later', 'a,b\nx,1\n"y,2\nz"q,3\n', 3],
])('%s may hide other rows, and holds the file', async (_, content, line) => {
  expect(await bench.stageOne(content, some(undefined, 1))).toMatchObject({
    verdict: 'held',
    reason: expect.stringContaining(`; the bad quote in line ${line} may hide other rows, so none can be rejected`),
  })
})

test('checks look at the rows that are left; a file that they hold keeps its rejected rows', async () => {
  const checks = [above('b', 1)]
  expect(await bench.stageOne('a,b\nx,y\nx,2\n', some(1, undefined, { checks }))).toMatchObject({ verdict: 'good', rows: 1 })
  expect(await bench.stageOne('a,b\nx,y\nx,1\n', some(1, undefined, { checks }))).toMatchObject({
    verdict: 'held',
    reason: 'check above(b, 1) failed for 1 of 1 row',
    rejectedCount: 1,
    rejected: [{ line: 2 }],
  })
})

test('of 300,000 rows, half of them bad in two ways, all are counted and 1,000 kept', async () => {
  const staged = await bench.stageOne(`a,b\n${'x,1\ny\nz,1\nw,w\n'.repeat(75_000)}`, some(undefined, 0.5))
  expect(staged).toMatchObject({ verdict: 'good', rows: 150_000, rejectedCount: 150_000 })
  if (staged.verdict !== 'good') return
  expect(staged.rejected).toHaveLength(1_000)
  expect(staged.rejected.at(-1)).toMatchObject({ line: 2001, text: 'w,w' })
})

const GOOD = ['x,1', '"x\n,",2', '"x ""y""",3', ',']
const BAD = ['x', 'x,1,2', 'x,y', '"x\n",y', '"x",1,', '']
const line = fc.record({ good: fc.boolean(), which: fc.nat() })

test('whatever rows are bad: the others are loaded, and the bad ones are told by their lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r'), async (lines, end) => {
      let at = 2
      let good = 0
      const expected: number[] = []
      const texts = lines.map(({ good: isGood, which }) => {
        const from = isGood ? GOOD : BAD
        const text = from[which % from.length] ?? ''
        if (isGood) good++
        else if (text !== '') expected.push(at)
        at += text.split('\n').length
        return text
      })
      const staged = await bench.stageOne(`a,b${end}${texts.join(end)}${end}`, some(undefined, 1))
      expect(staged).toMatchObject({ verdict: 'good', rows: good, rejectedCount: expected.length })
      if (staged.verdict === 'good') expect(staged.rejected.map((row) => row.line)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
