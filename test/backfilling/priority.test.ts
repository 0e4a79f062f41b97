import { expect, test } from '@jest/globals'
import { CONCURRENCY } from '../../src/backfilling/request.ts'
import { daily, localFolder } from '../../src/config/define.ts'
import { PRIORITY, partitionId } from '../../src/names.ts'
import { HoldUp } from '../harness/hold-up.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { ended, backfill as scheduleBackfill } from '../scheduled/ticks.ts'

test('while a backfill keeps every slot that it can get, what people, schedules and sensors ask for is loaded', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '20ms' }),
    partitions: daily({ start: '2018-01-01', end: '2018-12-31' }),
    schedule: { cron: '0 6 * * *' },
  })
  const days = Array.from({ length: 20 }, (_, day) => `2018-01-${String(day + 1).padStart(2, '0')}`)
  for (const key of [...days, '2018-06-01', '2018-06-02', '2018-06-03']) await workspace.drop(`${key}.csv`, prices(1))
  const bulk = new HoldUp()
  let alone = true
  await using running = await Running.start(workspace, {
    onStep: (step) => (step === 'staged' && alone ? bulk.pass() : undefined),
  })
  const { tidemark, pipeline, client } = running
  await running.apply()
  const backfill = await tidemark.backfill(pipeline, { to: '2018-01-31' })
  // Nothing that loads comes to its end, so that it has all the slots there are for it when each of its window has asked for one.
  for (const key of days.slice(0, CONCURRENCY)) {
    await until(`a load of ${key}`, async () => {
      const described = await client.workflow
        .getHandle(partitionId(pipeline, key))
        .describe()
        .catch(() => undefined) // it is not there yet
      return described?.raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'loadPartition')
    })
  }
  await until('all slots to be taken', () => bulk.held === 4)
  alone = false

  expect(await tidemark.importPartition(pipeline, '2018-06-01')).toMatchObject({ state: 'loaded' })
  await scheduleBackfill(running, '2018-06-03', '2018-06-03')
  expect(await ended(running, 1)).toMatchObject([{ partition: '2018-06-02', status: 'loaded' }])
  const bySensor = await client.workflow.start('importPartition', {
    workflowId: partitionId(pipeline, '2018-06-03'),
    taskQueue: pipeline,
    args: [{ pipeline, partition: '2018-06-03' }],
    priority: { priorityKey: PRIORITY.sensor },
  })
  expect(await bySensor.result()).toMatchObject({ state: 'loaded' })
  expect(await backfill.progress()).toMatchObject({ state: 'running', loaded: 0, left: days.length })
  bulk.open()
  expect(await backfill.result()).toMatchObject({ loaded: days.length, missing: 11 })
})
