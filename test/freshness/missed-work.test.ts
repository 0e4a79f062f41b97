import { expect, test } from '@jest/globals'
import { daily, duckdb, localFolder } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import { gapsOf, type ScheduleFacts } from '../../src/freshness/missed-work.ts'

const NONE = { files: 0, rows: 0, held: 0, duplicates: 0, removed: 0, ignored: 0, claimed: false }
const FACTS: ScheduleFacts = {
  createdAt: '2018-01-01T00:00:00Z',
  paused: false,
  note: null,
  nextAt: null,
  unpause: 'temporal schedule toggle',
  skippedOverlap: 0,
  missedCatchup: 0,
}

interface Case {
  readonly cron?: string
  readonly overlap?: 'SKIP'
  readonly loaded?: readonly string[]
  readonly ran?: readonly string[]
  readonly schedule?: Partial<ScheduleFacts> | null
  readonly now?: string
  readonly except?: readonly string[]
}

function gaps({
  cron = '0 6 * * *',
  overlap,
  loaded = [],
  ran = [],
  schedule = {},
  now = '2018-01-27T12:00:00Z',
  except = [],
}: Case) {
  const prices = {
    source: localFolder('source', { files: '{partition}.csv' }),
    partitions: daily({ start: '2018-01-22' }),
    table: 'prices',
    columns: { price: 'DOUBLE' },
    schedule: { cron, ...(overlap && { overlap }) },
    expect: { except },
  }
  const config = parseConfig({ warehouse: duckdb('w.duckdb'), pipelines: { prices } }, '/project/tidemark.config.ts')
  const pipeline = config.pipelines.get('prices')
  if (pipeline === undefined) throw new Error('the pipeline is not there')
  const records = loaded.map((key) => ({ key, ...NONE, files: 1, firstLoadedMs: 0, loadedMs: 0 }))
  const freshness = freshnessOf(pipeline, { records, begunMs: undefined }, new Date(now))
  const facts = schedule === null ? undefined : { ...FACTS, ...schedule }
  return gapsOf({ pipeline, freshness, schedule: facts, ran: new Set(ran) }).map(
    ({ from, to, partitions, why, mend }) => `${from}..${to} (${partitions}) ${why}: ${mend.join(' && ')}`,
  )
}

test('ticks that did not run, in ranges, with the command that mends each; a run that is known is no gap', () => {
  expect(gaps({ loaded: ['2018-01-24'], ran: ['2018-01-26'] })).toEqual([
    '2018-01-22..2018-01-23 (2) their ticks did not run: npx tidemark backfill prices --from 2018-01-22 --to 2018-01-23',
    '2018-01-25..2018-01-25 (1) their ticks did not run: npx tidemark backfill prices --from 2018-01-25 --to 2018-01-25',
  ])
})

test('a day off does not part a range', () => {
  expect(gaps({ loaded: ['2018-01-22'], except: ['2018-01-24'] })).toEqual([
    '2018-01-23..2018-01-26 (3) their ticks did not run: npx tidemark backfill prices --from 2018-01-23 --to 2018-01-26',
  ])
})

test('what was due before the schedule was made, and what is due since', () => {
  expect(gaps({ schedule: { createdAt: '2018-01-25T05:00:00Z' } })).toEqual([
    '2018-01-22..2018-01-23 (2) due before the schedule was made: npx tidemark backfill prices --from 2018-01-22 --to 2018-01-23',
    '2018-01-24..2018-01-26 (3) their ticks did not run: npx tidemark backfill prices --from 2018-01-24 --to 2018-01-26',
  ])
})

test('a tick that is still to come is of the same day', () => {
  const hourly = { cron: '0 * * * *', loaded: ['2018-01-22', '2018-01-23', '2018-01-24', '2018-01-25'] }
  const made = { createdAt: '2018-01-27T11:59:00Z', nextAt: '2018-01-27T13:00:00Z' }
  const gap = 'npx tidemark backfill prices --from 2018-01-26 --to 2018-01-26'
  expect(gaps({ ...hourly, schedule: made })).toEqual([])
  expect(gaps({ ...hourly, schedule: { ...made, nextAt: '2018-01-28T00:00:00Z' } })).toEqual([
    `2018-01-26..2018-01-26 (1) due before the schedule was made: ${gap}`,
  ])
  expect(gaps({ ...hourly, schedule: { ...made, paused: true } })).toHaveLength(1)
  expect(gaps({ ...hourly, schedule: made, overlap: 'SKIP' })).toHaveLength(1)
})

test('a cron that skips days', () => {
  // 2018-01-26 is a Friday; Monday's tick means Sunday.
  const weekdays = { cron: '0 6 * * 1-5', loaded: ['2018-01-22', '2018-01-23', '2018-01-24', '2018-01-25', '2018-01-28'] }
  expect(gaps({ ...weekdays, now: '2018-01-29T05:00:00Z' })).toEqual([])
  expect(gaps({ ...weekdays, now: '2018-01-29T07:30:00Z' })).toEqual([
    '2018-01-26..2018-01-27 (2) no tick means them: npx tidemark backfill prices --from 2018-01-26 --to 2018-01-27',
  ])
})

test('a schedule that is paused, or that is not there', () => {
  const backfill = 'npx tidemark backfill prices --from 2018-01-22 --to 2018-01-26'
  expect(gaps({ schedule: { paused: true } })).toEqual([
    `2018-01-22..2018-01-26 (5) the schedule is paused: temporal schedule toggle && ${backfill}`,
  ])
  expect(gaps({ schedule: null })).toEqual([
    `2018-01-22..2018-01-26 (5) there is no schedule on the server: npx tidemark apply && ${backfill}`,
  ])
})

test('what is due this very minute has a run that is not in the list yet', () => {
  const loaded = ['2018-01-22', '2018-01-23', '2018-01-24', '2018-01-25']
  expect(gaps({ loaded, now: '2018-01-27T06:00:30Z' })).toEqual([])
  expect(gaps({ loaded, now: '2018-01-27T06:01:30Z' })).toHaveLength(1)
  expect(gaps({ loaded, now: '2018-01-27T05:59:00Z' })).toEqual([])
})
