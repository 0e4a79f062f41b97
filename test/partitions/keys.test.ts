import { expect, test } from '@jest/globals'
import { judgeKey } from '../../src/partitions/keys.ts'
import type { TimePartitions } from '../../src/partitions/partitions.ts'

const daily: TimePartitions = {
  kind: 'daily',
  start: '2018-01-22',
  end: '2018-01-24',
  timezone: 'UTC',
  offsetMs: 0,
  format: 'yyyy-MM-dd',
}

test.each(['2018-01-22', '2018-01-23', '2018-01-24'])('%s is within start and end', (key) => {
  expect(judgeKey(daily, key)).toEqual({ verdict: 'valid' })
})

test('keys before start and after end are outside', () => {
  expect(judgeKey(daily, '2018-01-21')).toEqual({
    verdict: 'outside',
    reason: '2018-01-21 is before the first partition, 2018-01-22',
  })
  expect(judgeKey(daily, '2018-01-25')).toEqual({
    verdict: 'outside',
    reason: '2018-01-25 is after the last partition, 2018-01-24',
  })
  expect(judgeKey({ ...daily, end: undefined }, '2118-01-25')).toEqual({ verdict: 'valid' })
})

test.each(['2018-02-30', 'notes', '2018-1-2', '2018-01-22 ', ' 2018-01-22', '２０１８-01-22', '2018-01-22\n', '20180122'])(
  '%j is no day',
  (key) => {
    const reason = `${JSON.stringify(key)} is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22`
    expect(judgeKey(daily, key)).toEqual({ verdict: 'invalid', reason })
  },
)

test('a day in the middle of its week is no key', () => {
  expect(judgeKey({ ...daily, kind: 'weekly' }, '2018-01-24')).toEqual({
    verdict: 'invalid',
    reason: '"2018-01-24" is not the start of one of these weekly partitions; expected yyyy-MM-dd, such as 2018-01-22',
  })
})

test('an hour that the clocks jump over is no key', () => {
  const hourly: TimePartitions = {
    ...daily,
    kind: 'hourly',
    format: 'yyyy-MM-dd-HH',
    start: '2018-01-01-00',
    end: undefined,
    timezone: 'Europe/Berlin',
  }
  expect(judgeKey(hourly, '2018-03-25-02')).toEqual({
    verdict: 'invalid',
    reason: '"2018-03-25-02" does not exist in Europe/Berlin: the clocks jump over it',
  })
  expect(judgeKey(hourly, '2018-03-25-24').verdict).toBe('invalid')
})

test('any key of at most 200 bytes is a dynamic partition', () => {
  const judge = (key: string) => judgeKey({ kind: 'dynamic' }, key)
  expect(judge('any thing\n%?*')).toEqual({ verdict: 'valid' })
  expect(judge('é'.repeat(100))).toEqual({ verdict: 'valid' })
  expect(judge(`${'é'.repeat(100)}x`)).toEqual({ verdict: 'invalid', reason: 'key of 201 bytes; at most 200' })
  expect(judge('😀'.repeat(51))).toEqual({ verdict: 'invalid', reason: 'key of 204 bytes; at most 200' })
  expect(judge('')).toEqual({ verdict: 'invalid', reason: 'empty key' })
})

test('time partitions have the same limit', () => {
  expect(judgeKey(daily, '1'.repeat(201))).toEqual({ verdict: 'invalid', reason: 'key of 201 bytes; at most 200' })
})
