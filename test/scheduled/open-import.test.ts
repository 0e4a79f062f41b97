import { EventEmitter, once } from 'node:events'
import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended, onlyTick } from './ticks.ts'

const DAY = '2018-01-22'

test('while an import of its partition is open a tick and a request wait for it and ask again, and find what came meanwhile', async () => {
  await using workspace = await Workspace.create({ partitions: daily({ start: DAY }), schedule: { cron: '0 6 * * *' } })
  await workspace.drop(`${DAY}.csv`, prices(1))
  const gate = new EventEmitter()
  const stalled = once(gate, 'stalled')
  const goOn = once(gate, 'go on')
  await using running = await Running.start(workspace, {
    onStep: async (step) => {
      if (step !== 'looked again') return
      gate.emit('stalled')
      await goOn
    },
  })
  await running.apply()
  await running.tidemark.startPartition(running.pipeline, DAY)
  await stalled
  expect(await running.tidemark.startPartition(running.pipeline, DAY)).toBeUndefined()
  // It has looked for the last time; this it will not see.
  await workspace.drop(`${DAY}.csv`, prices(2, 3))

  const request = running.tidemark.importPartition(running.pipeline, DAY)
  await backfill(running, '2018-01-23', '2018-01-23')
  const handle = running.client.workflow.getHandle((await onlyTick(running)).workflowId)
  await until('a tick that was refused its import', async () =>
    (await handle.fetchHistory()).events?.some((event) => event.startChildWorkflowExecutionFailedEventAttributes),
  )
  const waiting = `TidemarkPipeline = '${running.pipeline}' AND TidemarkStatus = 'waiting'`
  await until('it in the list', async () => (await temporal('workflow', 'list', '--query', waiting)).includes('scheduled-2018'))
  gate.emit('go on')
  expect(await request).toMatchObject({ state: 'loaded', rows: 2 })
  expect(await ended(running, 1)).toMatchObject([{ status: 'loaded', rows: 2 }])
  expect(await running.sharePrices()).toEqual({ [`${DAY}.csv`]: [2, 3] })
  expect(await running.ledgerLines()).toEqual([`${DAY}.csv#1 superseded`, `${DAY}.csv#2 loaded`])
  expect(running.said.told).toEqual([])
})
