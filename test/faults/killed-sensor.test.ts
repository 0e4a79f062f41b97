import { expect, test } from '@jest/globals'
import { connect } from '../../src/client/connect.ts'
import { sensorId } from '../../src/names.ts'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { OwnServer } from '../harness/own-server.ts'
import { until } from '../harness/until.ts'
import { drop, expectEachOnce, untilLoaded } from './burst.ts'

/** In reality a run ends after 100 turns, or 4,096 events. */
const SOON = { 'limit.historyCount.suggestContinueAsNew': 15 }
const KILLS = 2
const EACH = 8

test('a worker that is killed while its sensor continues as new, again and again: each file is loaded once', async () => {
  await using server = await OwnServer.start(SOON)
  await using project = await Project.create(configText({ prices: pipelineText('source') }), { address: server.address })
  await using connected = await connect({ address: server.address })
  const sensor = connected.client.workflow.getHandle(sensorId('prices'))
  expect(await project.run('apply')).toMatchObject({ code: 0 })
  const runOf = async () => (await sensor.describe()).runId

  let dropped = 0
  for (let kills = 0; kills < KILLS; kills++) {
    const worker = project.start('worker')
    const before = await runOf()
    await drop(project, 'source', dropped, dropped + EACH)
    dropped += EACH
    // Each ends a turn.
    await until('the sensor to continue as new', async () => {
      await sensor.signal('poll')
      return (await runOf()) !== before
    })
    worker.kill('SIGKILL')
    await worker.ended
  }
  const worker = project.start('worker')
  await untilLoaded(project, 'prices', dropped)
  worker.interrupt()
  expect(await worker.ended).toMatchObject({ code: 0 })
  await expectEachOnce(project, 'prices', 'source', dropped)
})
