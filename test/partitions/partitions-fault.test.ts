import { expect, test } from '@jest/globals'
import { formatFault } from '../../src/partitions/format-fault.ts'
import { DEFAULT_FORMATS } from '../../src/partitions/key-format.ts'
import type { TimePartitions } from '../../src/partitions/partitions.ts'
import { partitionsFault } from '../../src/partitions/partitions-fault.ts'

function daily(settings: Partial<TimePartitions> = {}): TimePartitions {
  return { kind: 'daily', start: '2018-01-22', timezone: 'Europe/Berlin', offsetMs: 0, format: 'yyyy-MM-dd', ...settings }
}

test.each([
  ['hourly', DEFAULT_FORMATS.hourly],
  ['hourly', 'yyMMddHH'],
  ['hourly', 'yyyy-MM-dd hh a'],
  ['hourly', 'yyyy/ooo/HH'],
  ['daily', DEFAULT_FORMATS.daily],
  ['daily', 'yyyyMMdd'],
  ['daily', 'dd.MM.yyyy'],
  ['daily', "kkkk-'W'WW-c"],
  ['daily', 'yyyy-MMM-dd'],
  ['daily', "'day' yyyy-MM-dd HH"],
  ['weekly', DEFAULT_FORMATS.weekly],
  ['weekly', "kkkk-'W'WW"],
  ['monthly', DEFAULT_FORMATS.monthly],
  ['monthly', 'LLLL yyyy'],
] as const)('%s keys may be written %s', (kind, format) => {
  for (const offsetMs of [0, 0.5 * 3_600_000]) expect(formatFault(daily({ kind, format, offsetMs }))).toBeUndefined()
})

test.each([
  ['hourly', 'yyyy-MM-dd'],
  ['hourly', 'yyyy-MM-dd-hh'],
  ['hourly', 'yyyy-MM-dd-mm'],
  ['daily', 'yyyy'],
  ['daily', 'yyyy-MM'],
  ['daily', 'MM-dd'],
  ['daily', 'yyyy-mm-dd'],
  ['daily', "kkkk-'W'WW"],
  ['daily', 'daily'],
  ['daily', ''],
  ['weekly', 'yyyy-MM'],
  ['weekly', "yyyy-'W'WW"],
  ['monthly', 'yyyy'],
  ['monthly', 'MM'],
] as const)('%s keys may not be written %s', (kind, format) => {
  expect(formatFault(daily({ kind, format }))).toContain(`the format ${JSON.stringify(format)} `)
})

test('a format that loses something says what', () => {
  expect(formatFault(daily({ format: 'yyyy' }))).toBe(
    'the format "yyyy" does not tell daily partitions apart: that of 2000-02-29 00:00 is written "2000", which does not read back as the same',
  )
  expect(formatFault(daily({ format: 'yyyy-MM-dd ZZ' }))).toBe(
    'the format "yyyy-MM-dd ZZ" writes a time zone; leave it out, keys are in `timezone`',
  )
})

test('every field is judged', () => {
  const field = (settings: Partial<TimePartitions>) => partitionsFault(daily(settings))
  expect(field({})).toBeUndefined()
  expect(field({ end: '2018-01-22' })).toBeUndefined()
  expect(partitionsFault({ kind: 'dynamic' })).toBeUndefined()
  for (const timezone of ['local', 'system', 'default', 'Europe/Atlantis', '']) {
    expect(field({ timezone })).toMatchObject({ field: 'timezone', message: expect.stringContaining(JSON.stringify(timezone)) })
  }
  expect(field({ offsetMs: 24 * 3_600_000 })).toMatchObject({
    field: 'offset',
    message: expect.stringContaining('less than 24 h'),
  })
  expect(field({ offsetMs: -1 })).toMatchObject({ field: 'offset' })
  expect(field({ format: 'yyyy' })).toMatchObject({ field: 'format' })
  expect(field({ start: '2018-02-30' })).toMatchObject({
    field: 'start',
    message: '"2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22',
  })
  expect(field({ end: 'soon' })).toMatchObject({ field: 'end', message: expect.stringContaining('"soon"') })
  expect(field({ end: '2018-01-21' })).toEqual({
    field: 'end',
    message: 'the last partition, 2018-01-21, is before the first, 2018-01-22; both are included',
  })
})
