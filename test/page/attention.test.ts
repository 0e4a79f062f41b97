import { expect, test } from '@jest/globals'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import { ledgerAttention } from '../../src/page/attention.ts'
import { serverAttention } from '../../src/page/server-attention.ts'
import { WebUi, webUiFromEnvironment } from '../../src/page/web-ui.ts'
import type { PartitionRecord } from '../../src/warehouse/partition-record.ts'
import { parsedPipeline } from './parsed-pipeline.ts'

const NOW = new Date('2018-02-10T12:00:00Z')
const NOTHING = { held: { total: 0, files: [] }, backoffs: [] }
const NO_UI = new WebUi(undefined, 'default')

function loaded(key: string): PartitionRecord {
  const at = NOW.getTime()
  return {
    key,
    files: 1,
    rows: 2,
    held: 0,
    duplicates: 0,
    removed: 0,
    ignored: 0,
    firstLoadedMs: at,
    loadedMs: at,
    claimed: false,
  }
}

test('days that are missing one after the other are one thing, with one command', () => {
  const pipeline = parsedPipeline({ kind: 'daily', start: '2018-01-30', end: '2018-02-05' })
  const freshness = freshnessOf(pipeline, { records: ['2018-01-30', '2018-02-03'].map(loaded), begunMs: 0 }, NOW)
  const items = ledgerAttention(pipeline, { freshness, ...NOTHING }, NO_UI)
  expect(items.map(({ state, what, commands }) => [state, what, ...commands])).toEqual([
    ['missing', '2018-01-31 to 2018-02-02 (3)', 'npx tidemark backfill prices --from 2018-01-31 --to 2018-02-02'],
    ['missing', '2018-02-04 to 2018-02-05 (2)', 'npx tidemark backfill prices --from 2018-02-04 --to 2018-02-05'],
  ])
  expect(items[0]?.since).toBe('2018-02-01T00:00:00.000Z')
})

test('days with too little are another thing than days with nothing, and say how little', () => {
  const pipeline = parsedPipeline({ kind: 'daily', start: '2018-02-01', end: '2018-02-05' }, { rows: 9 })
  const records = [{ ...loaded('2018-02-03'), rows: 3 }, loaded('2018-02-04'), loaded('2018-02-05')]
  const freshness = freshnessOf(pipeline, { records, begunMs: 0 }, NOW)
  const items = ledgerAttention(pipeline, { freshness, ...NOTHING }, NO_UI)
  expect(items.map(({ what, reason }) => [what, reason])).toEqual([
    ['2018-02-01 to 2018-02-02 (2)', 'no file as {partition}.csv; loaded when it comes'],
    ['2018-02-03 to 2018-02-05 (3)', '3 of 9 rows, 2 of 9 rows'],
  ])
})

test('what fails is told with its reason and its next try', () => {
  const pipeline = parsedPipeline({ kind: 'dynamic' })
  const freshness = freshnessOf(pipeline, { records: [], begunMs: 0 }, NOW)
  const backoffs = [{ key: "it's", tries: 3, error: 'disk full', notBefore: NOW }]
  expect(ledgerAttention(pipeline, { freshness, ...NOTHING, backoffs }, NO_UI)).toEqual([
    expect.objectContaining({
      state: 'retrying',
      reason: 'disk full; tried 3 times, again at 2018-02-10T12:00:00.000Z',
      commands: [String.raw`npx tidemark import prices 'it'\''s'`],
    }),
  ])
})

test('a sensor that is paused or gone needs somebody, one that watches does not', () => {
  const sensor = { sweptAt: null, unsettled: 0, failing: null, notWatching: null, every: '30s', webUi: null }
  const items = serverAttention({
    sensors: { a: { ...sensor, state: 'watching' }, b: { ...sensor, state: 'paused' }, c: { ...sensor, state: 'not running' } },
    schedules: {},
  })
  expect(items.map(({ pipeline, state, commands }) => [pipeline, state, ...commands])).toEqual([
    ['b', 'paused', 'npx tidemark sensor resume b'],
    ['c', 'stopped', 'npx tidemark apply'],
  ])
})

test('only an address that a browser may open becomes a link, and every name in it is encoded', () => {
  expect(() => webUiFromEnvironment({ TEMPORAL_UI_URL: 'javascript:alert(1)' })).toThrow('expected the address')
  expect(webUiFromEnvironment({})).toBeUndefined()
  const ui = new WebUi(webUiFromEnvironment({ TEMPORAL_UI_URL: 'https://temporal.example/' }), 'a/b')
  expect(ui.run('p/partition/<i>', 'r')).toBe(
    'https://temporal.example/namespaces/a%2Fb/workflows/p%2Fpartition%2F%3Ci%3E/r/history',
  )
})
