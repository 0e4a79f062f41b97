import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { batchId, TRIGGER } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended, RARELY, trigger } from './ticks.ts'

test.concurrent('a file that comes after it was given up, and one that is corrected, are loaded by the next tick, also after the end', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-23' }),
    schedule: { cron: '0 6 * * *' },
  })
  await workspace.drop('2018-01-22.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  await backfill(running, '2018-01-23', '2018-01-24')
  expect(await ended(running, 2)).toMatchObject([{ status: 'loaded' }, { status: 'missing' }])

  await workspace.drop('2018-01-22.csv', prices(2))
  await workspace.drop('2018-01-23.csv', prices(3))
  await workspace.drop('2018-01-24.csv', prices(4))
  await trigger(running)
  await ended(running, 3)
  await running.outcome('2018-01-23.csv')
  expect(await running.sharePrices()).toEqual({ '2018-01-22.csv': [2], '2018-01-23.csv': [3] })
  expect(await running.ledgerLines()).toEqual([
    '2018-01-22.csv#1 superseded',
    '2018-01-22.csv#2 loaded',
    '2018-01-23.csv#1 loaded',
  ])
  const batch = await running.client.workflow.getHandle(batchId(running.pipeline)).describe()
  expect(batch.typedSearchAttributes.get(TRIGGER)).toBe('schedule')
})

test.concurrent('a tick that waits for its own file has those of earlier days loaded meanwhile, asked for once', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '3s' },
  })
  await workspace.drop('2018-01-22.csv', prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  await trigger(running)
  await running.outcome('2018-01-22.csv')
  const [tick] = await ended(running, 1)
  expect(tick?.status).toBe('missing')
  const { events } = await running.client.workflow.getHandle(tick?.workflowId ?? '').fetchHistory()
  const activities = events?.map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name) ?? []
  expect(activities.filter((name) => name === 'lookForPartition').length).toBeGreaterThan(1)
  expect(activities.filter((name) => name === 'askForBatch')).toHaveLength(1)
})
