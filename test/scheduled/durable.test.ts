import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { ended, RARELY, trigger } from './ticks.ts'

test('a tick that waits goes on where it was when another worker takes its place', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using first = await Running.start(workspace)
  await first.apply()
  await trigger(first)
  const [late] = await until('news', () => first.said.told.length > 0 && first.said.told)
  await first.worker[Symbol.asyncDispose]()
  await workspace.drop(`${late?.partition}.csv`, prices(1))

  await using second = await Running.start(workspace)
  expect(await ended(second, 1)).toMatchObject([{ partition: late?.partition, status: 'loaded', rows: 1 }])
  expect(second.said.told).toEqual([])
  expect(first.said.told).toMatchObject([{ what: 'late' }])
})
