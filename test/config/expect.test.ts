import { expect, test } from '@jest/globals'
import { daily, duckdb, dynamic, localFolder, monthly } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'

function expectOf(fields: Readonly<Record<string, unknown>>) {
  const prices = {
    source: localFolder('source', { files: '{partition}.csv' }),
    partitions: daily({ start: '2018-01-22' }),
    table: 'prices',
    columns: { price: 'DOUBLE' },
    sensor: {},
    ...fields,
  }
  return parseConfig({ warehouse: duckdb('w.duckdb'), pipelines: { prices } }, '/project/tidemark.config.ts').pipelines.get(
    'prices',
  )?.expect
}

const SCHEDULE = { schedule: { cron: '0 6 * * *' } }

test.each<[what: string, fields: Readonly<Record<string, unknown>>, fault: string]>([
  ['no object', { expect: '1d' }, 'expected when partitions are to be there, such as'],
  [
    'an unknown field',
    { expect: { evry: '1d' } },
    "unknown field 'evry'; expected every, dueAfter, lateAfter, missingAfter, files, rows",
  ],
  [
    'a day of the week in full',
    { expect: { except: ['saturday'] } },
    "except.0: expected a weekday, such as 'sat', or a date, '2018-12-25'",
  ],
  ['a day that is none', { expect: { except: ['2018-02-30'] } }, 'expect.except.0: expected a weekday'],
  ['a day of no year', { expect: { except: ['02-30'] } }, 'expect.except.0: expected a weekday'],
  ['no list of days', { expect: { except: 'sat' } }, 'expect.except: expected a list of weekdays and dates'],
  ['no row at least', { expect: { rows: 0 } }, 'expect.rows: expected at least 1 row'],
  [
    'a due time beside a schedule',
    { ...SCHEDULE, expect: { dueAfter: '1h' } },
    'expect.dueAfter: a scheduled partition is due at its tick; leave it out',
  ],
  [
    'lateAfter beside a schedule',
    { ...SCHEDULE, expect: { lateAfter: '1h' } },
    'expect.lateAfter: the schedule says it; write schedule.lateAfter',
  ],
  [
    'missingAfter beside a schedule',
    { ...SCHEDULE, expect: { missingAfter: '1h' } },
    'expect.missingAfter: the schedule says it; write schedule.missingAfter',
  ],
  ['missing before late', { expect: { lateAfter: '2d' } }, 'expect.missingAfter: expected at least lateAfter'],
  [
    'every day of days',
    { expect: { every: '1d' } },
    'expect.every: daily partitions come as often as their name says; leave it out',
  ],
  [
    'an end of keys',
    { partitions: dynamic(), expect: { every: '1d', dueAfter: '1h' } },
    "expect.dueAfter: dynamic partitions have no end; write every, such as '1d'",
  ],
  [
    'nothing of keys',
    { partitions: dynamic(), expect: { except: ['sat'] } },
    "expect.every: expected how often a new partition comes, such as '1d', or the least of files or rows",
  ],
  ['keys all the time', { partitions: dynamic(), expect: { every: '0s' } }, 'expect.every: expected more than no time'],
  [
    'a weekday of months',
    { partitions: monthly({ start: '2018-01' }), expect: { except: ['2018-03-01', 'sat'] } },
    "expect.except: monthly partitions have no weekday of their own, got 'sat'",
  ],
])('%s is named, with what is allowed', (_, fields, fault) => {
  expect(() => expectOf(fields)).toThrow(fault)
  expect(() => expectOf(fields)).toThrow('pipelines.prices.expect')
})

test('what is left out has its default', () => {
  expect(expectOf({})).toBeUndefined()
  expect(expectOf({ expect: {} })).toEqual({
    due: { at: 'end', afterMs: 0 },
    lateAfterMs: 3_600_000,
    missingAfterMs: 86_400_000,
    files: 1,
    rows: 0,
    except: { weekdays: [], dates: [] },
  })
  expect(expectOf({ expect: { except: ['sun', '12-25', 'mon', '2018-02-28', '02-29'] } })?.except).toEqual({
    weekdays: [0, 1],
    dates: ['12-25', '2018-02-28', '02-29'],
  })
})

test('the schedule says when a partition is late, and the rest may be said beside it', () => {
  const schedule = { cron: '30 6 * * *', timezone: 'Europe/Berlin', lateAfter: '2h', missingAfter: '3h' }
  expect(expectOf({ schedule, expect: { rows: 5, files: 2 } })).toMatchObject({
    due: { at: 'tick', cron: '30 6 * * *', timezone: 'Europe/Berlin' },
    lateAfterMs: 7_200_000,
    missingAfterMs: 10_800_000,
    rows: 5,
    files: 2,
  })
})
