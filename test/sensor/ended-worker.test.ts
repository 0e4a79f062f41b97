import { expect, test } from '@jest/globals'
import proto from '@temporalio/proto'
import { sensorId } from '../../src/names.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { sensorRuns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const CANCEL_REQUESTED = proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED

test('a worker that ends while a signal cuts a turn short does not end the sensor', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  await running.apply()
  await workspace.drop('before.csv', prices(1))
  await running.outcome('before.csv')

  await until('a turn that fails while it is to be cancelled', async () => {
    const turn = await turnToCancel(running)
    return turn !== undefined && (await failAsAnEndingWorkerDoes(running, turn))
  })
  await workspace.drop('after.csv', prices(2))
  await running.outcome('after.csv')
  expect((await sensorRuns(running)).map(({ status }) => status)).toEqual(['RUNNING'])
})

/** The open turn, once a signal has asked for its end; it hears that with its next heartbeat. */
async function turnToCancel({ client, tidemark, pipeline }: Running): Promise<string | undefined> {
  await tidemark.poll(pipeline)
  return until('the request to cancel', async () => {
    const { raw } = await client.workflow.getHandle(sensorId(pipeline)).describe()
    const open = raw.pendingActivities?.[0]
    return open?.state === CANCEL_REQUESTED ? (open.activityId ?? undefined) : undefined
  })
}

/** False when the turn has ended by itself just before. */
async function failAsAnEndingWorkerDoes({ client, pipeline }: Running, activityId: string): Promise<boolean> {
  const failure = { message: 'Worker is shutting down and this activity did not complete in time', source: 'TypeScriptSDK' }
  try {
    await client.workflowService.respondActivityTaskFailedById({
      namespace: client.options.namespace,
      workflowId: sensorId(pipeline),
      activityId,
      failure: { ...failure, applicationFailureInfo: { type: 'WorkerShutdown', nonRetryable: false } },
    })
    return true
  } catch {
    return false
  }
}
