import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { Workspace } from '../harness/workspace.ts'
import { backfill, ended, RARELY, trigger } from './ticks.ts'

test('a backfill loads exactly its days, and after the end there is nothing to do', async () => {
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22', end: '2018-01-24' }),
    schedule: { cron: '0 6 * * *' },
  })
  for (const day of ['2018-01-22', '2018-01-23', '2018-01-24']) await workspace.drop(`${day}.csv`, prices(1, 2))
  await using running = await Running.start(workspace)
  await running.apply()

  await backfill(running, '2018-01-23', '2018-01-24')
  expect(await ended(running, 2)).toMatchObject([
    { workflowId: `${running.pipeline}/scheduled-2018-01-23T06:00:00Z`, partition: '2018-01-22', status: 'loaded', rows: 2 },
    { workflowId: `${running.pipeline}/scheduled-2018-01-24T06:00:00Z`, partition: '2018-01-23', status: 'loaded', rows: 2 },
  ])
  expect(await running.ledgerLines()).toEqual(['2018-01-22.csv#1 loaded', '2018-01-23.csv#1 loaded'])

  // Before the start there is no tick; the days that are loaded stay as they are.
  await backfill(running, '2018-01-20', '2018-01-26')
  const again = (await ended(running, 6)).map(({ partition, status }) => `${partition} ${status}`)
  const loaded = ['2018-01-22 loaded', '2018-01-23 loaded']
  expect(again.sort()).toEqual([...loaded, ...loaded, '2018-01-24 loaded', 'undefined nothing'].sort())
  const files = ['2018-01-22.csv#1 loaded', '2018-01-23.csv#1 loaded', '2018-01-24.csv#1 loaded']
  expect(await running.ledgerLines()).toEqual(files)

  const loads = running.said.loads.length
  await trigger(running)
  const nothing = (await ended(running, 7)).find(({ startTime, workflowId }) =>
    workflowId.includes(`scheduled-${startTime.getUTCFullYear()}`),
  )
  expect(nothing).toMatchObject({ status: 'nothing', rows: 0 })
  expect(running.said.loads).toHaveLength(loads)
  expect(running.said.told).toEqual([])
  expect(await running.ledgerLines()).toEqual(files)
})

test('a trigger loads the latest whole day, also while the schedule is paused, and pausing is what apply keeps', async () => {
  const today = Date.now()
  const keyOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
  await using workspace = await Workspace.create({
    partitions: daily({ start: '2018-01-22' }),
    schedule: { cron: RARELY },
  })
  // Whichever day it is by the time of the tick.
  for (const key of [keyOf(today - 86_400_000), keyOf(today)]) await workspace.drop(`${key}.csv`, prices(1))
  await using running = await Running.start(workspace)
  await running.apply()
  const toggle = (to: string) => temporal('schedule', 'toggle', '--schedule-id', running.pipeline, to)

  await toggle('--pause')
  await trigger(running)
  const [tick] = await ended(running, 1)
  expect(tick).toMatchObject({ partition: keyOf((tick?.startTime.getTime() ?? 0) - 86_400_000), status: 'loaded', rows: 1 })
  expect(running.said.loads[0]).toMatchObject({ only: { key: tick?.partition } })

  expect(await running.apply()).toMatchObject([{ change: 'keep', paused: true }])
  await toggle('--unpause')
  expect(await running.apply()).toMatchObject([{ change: 'keep', paused: false }])
})
