import { expect, test } from '@jest/globals'
import { type BackfillProgress, pace, progressTable } from '../../src/backfilling/progress.ts'
import { requestFault } from '../../src/backfilling/request.ts'
import { add, isComplete, NOTHING_YET, type Problem } from '../../src/backfilling/tally.ts'
import { commandOf, progressLine, resultLines } from '../../src/cli/backfill-lines.ts'
import { backfillName } from '../../src/client/backfill.ts'

const problem = (partition: string, reason = 'bad'): Problem => ({ partition, state: 'held', reason })

test('what is counted adds up; the first few problems are named, in short', () => {
  let tally = NOTHING_YET
  for (let n = 0; n < 30; n++) tally = add(tally, { held: 1, rows: 2, problems: [problem(`p${n}`, 'x'.repeat(1_000))] })
  expect(tally).toMatchObject({ held: 30, rows: 60, loaded: 0 })
  expect(tally.problems.map(({ partition }) => partition)).toEqual(Array.from({ length: 10 }, (_, n) => `p${n}`))
  expect(JSON.stringify(tally).length).toBeLessThan(4_000)
  expect(isComplete(tally)).toBe(false)
  expect(isComplete({ ...NOTHING_YET, loaded: 1, upToDate: 1, leftOut: 1 })).toBe(true)
  for (const not of ['held', 'failed', 'waiting', 'missing'] as const)
    expect(isComplete({ ...NOTHING_YET, [not]: 1 })).toBe(false)
})

test.each([
  [undefined, false],
  ['unloaded', false],
  ['all', false],
  ['changed', true],
  ['held', true],
] as const)('a partition without a file, with --only %s: that all is well is %j', (only, isWell) => {
  expect(isComplete({ ...NOTHING_YET, missing: 1 }, only)).toBe(isWell)
  expect(isComplete({ ...NOTHING_YET, held: 1 }, only)).toBe(false)
})

test('the pace is of what was dealt with while it worked', () => {
  expect(pace(NOTHING_YET, 5_000, 10)).toEqual({ rate: null, secondsLeft: null })
  expect(pace({ ...NOTHING_YET, loaded: 18, held: 2, upToDate: 100 }, 10_000, 100)).toEqual({ rate: 2, secondsLeft: 50 })
})

const PROGRESS: BackfillProgress = {
  ...NOTHING_YET,
  loaded: 3,
  rows: 6,
  held: 1,
  upToDate: 2,
  leftOut: 4,
  problems: [problem('2018-01-05', 'check failed')],
  state: 'running',
  open: 2,
  left: 10,
  rate: 0.5,
  secondsLeft: 20,
  workedMs: 8_000,
}

test('progress is a table in the Web UI, and a line in the terminal', () => {
  expect(progressTable(PROGRESS).split('\n')).toEqual([
    '**running**',
    '',
    '| done | held | failed | waiting | missing | up to date | left | rate | time left |',
    '|---|---|---|---|---|---|---|---|---|',
    '| 3 (6 rows) | 1 | 0 | 0 | 0 | 2 | 10, 2 of them open | 0.5/s | 20 s |',
    '',
    '4 others are not up to date either, and were not asked for',
    '',
    '- held 2018-01-05: check failed',
  ])
  expect(progressLine('prices', PROGRESS)).toBe(
    'prices: 3 partitions loaded (6 rows), 1 held, 2 up to date; 10 to go; 0.5/s, 20 s left',
  )
})

test('the end names what is not loaded, and the commands that try it again', () => {
  const request = { pipeline: 'prices', from: "it's", to: '2018-02-01', only: 'changed', concurrency: 8 } as const
  expect(resultLines(request, { ...PROGRESS, held: 3, waiting: 1 })).toEqual([
    'prices: 3 partitions loaded (6 rows), 3 held, 1 waiting, 2 up to date',
    '  held 2018-01-05: check failed',
    '  and 3 more',
    "  when what holds them is mended, try those again: `tidemark backfill prices --from 'it'\\''s' --to 2018-02-01 --only held`",
    "  try again what is not loaded: `tidemark backfill prices --from 'it'\\''s' --to 2018-02-01 --only changed`",
    '  4 partitions more not up to date, left out by --only changed',
  ])
  expect(commandOf({ pipeline: 'p', partitions: ['a b', 'c'], newestFirst: true, singleRun: true, concurrency: 4 })).toBe(
    "tidemark backfill p --newest-first --single-run --concurrency 4 --partition 'a b' c",
  )
})

test('the name is made of the range and --only, so that the same request finds the same backfill', () => {
  const pipeline = 'p'
  expect(backfillName({ pipeline })).toBe('all')
  expect(backfillName({ pipeline, from: 'a', to: 'b', concurrency: 3, singleRun: true })).toBe('a..b')
  expect(backfillName({ pipeline, from: 'a', only: 'held' })).toBe('a..,held')
  expect(backfillName({ pipeline, to: 'b' })).toBe('..b')
  expect(backfillName({ pipeline, partitions: ['b', 'a', 'b'] })).toBe('a+b')
  const many = backfillName({ pipeline, partitions: ['a', 'b', 'c'] })
  expect(many).toMatch(/^3-partitions-[0-9a-f]{8}$/)
  expect(backfillName({ pipeline, partitions: ['c', 'b', 'a'] })).toBe(many)
  expect(backfillName({ pipeline, partitions: ['a', 'b', 'd'] })).not.toBe(many)
})

test('what is wrong with a request whatever its pipeline is', () => {
  const faultOf = (more: object) => requestFault({ pipeline: 'p', ...more })
  expect(faultOf({})).toBeUndefined()
  expect(faultOf({ partitions: Array.from({ length: 1_000 }, String), concurrency: 200 })).toBeUndefined()
  expect(faultOf({ partitions: [] })).toContain('the list of partitions is empty')
  expect(faultOf({ partitions: Array.from({ length: 1_001 }, String) })).toContain('at most 1000 can be: give a range')
  expect(faultOf({ partitions: ['a'], to: 'b' })).toContain('give one of the two')
  expect(faultOf({ only: 'none' })).toContain("'none' is none of unloaded, changed, held, all")
  for (const concurrency of [0, -1, 1.5, Number.NaN, 201])
    expect(faultOf({ concurrency })).toContain('a whole number from 1 to 200')
})
