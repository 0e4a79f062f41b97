import { expect, test } from '@jest/globals'
import { defaultPayloadConverter } from '@temporalio/common'
import proto from '@temporalio/proto'
import { z } from 'zod'
import { daily } from '../../src/config/define.ts'
import { batchId, partitionId, sensorId } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended } from './ticks.ts'

const { APPLICATION_ERROR_CATEGORY_BENIGN: BENIGN } = proto.temporal.api.enums.v1.ApplicationErrorCategory

test('queues, priorities, summaries, details and failures tell pipeline, partition, rows and reason without a payload opened', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-24' }),
    schedule: { cron: '0 6 * * *' },
    sensor: { every: '1h' },
  })
  await workspace.drop('2018-01-22.csv', prices(0))
  await using running = await Running.start(workspace)
  const { pipeline, tidemark } = running
  await running.apply()
  await running.outcome('2018-01-22.csv')
  const held = partitionId(pipeline, '2018-01-22')
  await until('its end', async () => (await tidemark.partitionRun(pipeline, '2018-01-22'))?.open === false)
  const reason = '2018-01-22.csv: check above(share_price, 0) failed for 1 of 1 row'

  expect(await seen(running, sensorId(pipeline))).toMatchObject({
    summary: `sensor of ${pipeline}`,
    priority: 3,
    activities: [`beginPipeline on ${pipeline}-watch: begin ${pipeline}`, `watchSource on ${pipeline}-watch: watch ${pipeline}`],
  })
  expect(await seen(running, held)).toEqual({
    summary: `import ${pipeline} 2018-01-22`,
    details: expect.stringContaining(`**held**: 0 rows of 1 file\n\n${reason}`),
    priority: 3,
    activities: [
      `loadPartition on ${pipeline}-load: load ${pipeline} 2018-01-22`,
      `tell on ${pipeline}: tell that ${pipeline} 2018-01-22 is held`,
    ],
    failure: { type: 'FileHeld', message: reason, category: BENIGN },
  })

  await workspace.drop('2018-01-22.csv', prices(1, 2))
  await running.outcome('2018-01-22.csv', 2)
  await expect(tidemark.importPartition(pipeline, '2018-01-22')).resolves.toMatchObject({ state: 'loaded' })
  expect(await seen(running, held)).toMatchObject({ details: '**loaded**: 2 rows of 1 file', priority: 1 })

  await tidemark.startAll(pipeline).then((batch) => batch.result())
  expect(await seen(running, batchId(pipeline))).toMatchObject({
    summary: `import all of ${pipeline}`,
    details: expect.stringContaining('| 0 files (0 rows) | 0 | 0 | 0 |'),
    priority: 5,
    activities: [`loadBatchPass on ${pipeline}-bulk: load all of ${pipeline}`],
  })

  await backfill(running, '2018-01-23', '2018-01-24')
  const [loaded, missing] = await ended(running, 2)
  expect(await seen(running, loaded?.workflowId ?? '')).toMatchObject({
    summary: `scheduled partition of ${pipeline}`,
    details: '2018-01-22: **loaded**\n\n2 rows',
  })
  expect(await seen(running, held)).toMatchObject({ priority: 1 })
  const told = `no file for partition 2018-01-23 of ${pipeline}`
  expect(await seen(running, missing?.workflowId ?? '')).toMatchObject({
    details: expect.stringContaining(`2018-01-23: **missing**\n\n${told}`),
    failure: { type: 'PartitionMissing', message: expect.stringContaining(told), category: BENIGN },
  })
})

const metadata = z.object({ currentDetails: z.string() })

/** What the Web UI shows of the newest run of an id. */
async function seen({ client }: Running, workflowId: string) {
  const handle = client.workflow.getHandle(workflowId)
  const { events } = await handle.fetchHistory()
  const { currentDetails } = metadata.parse(await handle.query('__temporal_workflow_metadata'))
  const all = events ?? []
  const started = all[0]?.workflowExecutionStartedEventAttributes
  const failure = all.at(-1)?.workflowExecutionFailedEventAttributes?.failure
  const activities = all.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) =>
    scheduled ? [`${scheduled.activityType?.name} on ${scheduled.taskQueue?.name}: ${textOf(userMetadata?.summary)}`] : [],
  )
  return {
    summary: textOf(all[0]?.userMetadata?.summary),
    details: currentDetails,
    priority: started?.priority?.priorityKey,
    activities: [...new Set(activities)],
    ...(failure && {
      failure: {
        type: failure.applicationFailureInfo?.type,
        message: failure.message,
        category: failure.applicationFailureInfo?.category,
      },
    }),
  }
}

function textOf(payload: proto.temporal.api.common.v1.IPayload | null | undefined): string | undefined {
  return payload ? defaultPayloadConverter.fromPayload<string>(payload) : undefined
}
