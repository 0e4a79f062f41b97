import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { NO_DAYS_OFF } from '../../src/freshness/days-off.ts'
import { freshnessOf } from '../../src/freshness/freshness.ts'
import { DEFAULT_FORMATS } from '../../src/partitions/key-format.ts'
import type { TimePartitions } from '../../src/partitions/partitions.ts'
import { windowAt, windowOf } from '../../src/partitions/windows.ts'
import type { PartitionRecord } from '../../src/warehouse/partition-record.ts'

const HOUR = 3_600_000
const expected = {
  due: { at: 'end', afterMs: HOUR },
  lateAfterMs: 5 * HOUR,
  missingAfterMs: 30 * HOUR,
  files: 1,
  rows: 0,
  except: NO_DAYS_OFF,
} as const

const partitions = fc
  .record({
    kind: fc.constantFrom('hourly' as const, 'daily' as const),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia'),
    reversed: fc.boolean(),
  })
  .map(({ kind, timezone, reversed }): TimePartitions => {
    // Where the clocks change, and where keys are not in the order of time.
    const format = reversed ? DEFAULT_FORMATS[kind].split('-').reverse().join('-') : DEFAULT_FORMATS[kind]
    const start = reversed
      ? kind === 'daily'
        ? '23-03-2018'
        : '00-23-03-2018'
      : kind === 'daily'
        ? '2018-03-23'
        : '2018-03-23-00'
    return { kind, timezone, start, offsetMs: 0, format }
  })

/** Hours from the start, some of them before it or in the future, and keys of nothing. */
const known = fc.uniqueArray(
  fc.record({
    hours: fc.oneof(fc.integer({ min: -50, max: 120 }), fc.constant(undefined)),
    name: fc.constantFrom('no date', '2018-02-30', '23'),
    held: fc.nat(1),
    files: fc.nat(1),
  }),
  { maxLength: 60 },
)

test('what a partition is does not depend on the order in which the ledger tells of them', () => {
  fc.assert(
    fc.property(partitions, known, fc.integer({ min: 0, max: 100 }), (some, entries, hours) => {
      const begins = windowOf(some, some.start)?.start.getTime() ?? 0
      const now = new Date(begins + hours * HOUR)
      const pipeline = { name: 'p', partitions: some, expect: expected }
      const walk = freshnessOf(
        { ...pipeline, partitions: { ...some, start: keyAt(some, begins - 60 * HOUR) } },
        NOTHING,
        new Date(begins + 200 * HOUR),
      )
      const step = some.kind === 'daily' ? 24 : 1
      const byKey = new Map<string, PartitionRecord>()
      for (const { hours: at, name, held, files } of entries) {
        const key = at === undefined ? name : (walk.partitions[Math.floor((at + 60) / step)]?.key ?? name)
        byKey.set(key, { ...NONE, key, held, files, loadedMs: files === 0 ? undefined : begins + 7 })
      }
      const records = [...byKey.values()]
      const inOrder = records.toSorted((a, b) => (a.key < b.key ? -1 : 1))
      const told = freshnessOf(pipeline, { records: inOrder, begunMs: undefined }, now)
      for (const order of [records, inOrder.toReversed()])
        expect(freshnessOf(pipeline, { records: order, begunMs: undefined }, now)).toEqual(told)
      // Each once, and in the order of time.
      const keys = told.partitions.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
      for (const { key } of records) expect(keys).toContain(key)
      const starts = keys.map((key) => windowOf(some, key)?.start.getTime() ?? Number.POSITIVE_INFINITY)
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      const loaded = told.partitions.filter(({ key, state }) => state === 'loaded' && windowOf(some, key) !== undefined)
      expect(told.newest?.key).toBe(loaded.at(-1)?.key)
    }),
    { numRuns: 300 },
  )
})

const NOTHING = { records: [], begunMs: undefined }
const NONE = { files: 0, rows: 0, held: 0, duplicates: 0, removed: 0, ignored: 0, claimed: false, firstLoadedMs: undefined }

function keyAt(some: TimePartitions, instant: number): string {
  return windowAt(some, new Date(instant)).key
}
