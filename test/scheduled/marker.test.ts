import { expect, test } from '@jest/globals'
import { daily, localFolder } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { onlyTick, RARELY, trigger } from './ticks.ts'

test('a partition whose file lacks its marker has not arrived: it is told late, and loaded at the marker', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', done: '{file}.done' }),
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY, lateAfter: '1s', missingAfter: '60s' },
  })
  await using running = await Running.start(workspace)
  await running.apply()
  await trigger(running)
  const { workflowId } = await onlyTick(running)
  const { partition = '' } = await until('its partition', async () => {
    const tick = await onlyTick(running)
    return tick.partition !== undefined && tick
  })
  const file = `${partition}.csv`
  await workspace.drop(file, prices(1, 2))
  await until('it to be late', () => running.said.told.length > 0)
  expect(running.said.told).toMatchObject([{ what: 'late', partition }])
  expect(await running.tidemark.importPartition(running.pipeline, partition)).toMatchObject({
    state: 'waiting',
    rows: 0,
    reason: `${file}: waits for its marker ${file}.done`,
  })
  expect(await running.ledger()).toEqual([])
  await workspace.drop(`${file}.done`, '')
  expect(await running.client.workflow.getHandle(workflowId).result()).toEqual({ partition, state: 'loaded', rows: 2 })
})
