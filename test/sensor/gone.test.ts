import { rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { explained } from '../harness/explained.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('the sensor finds that a file is gone, people are told once, and explain says so', async () => {
  await using workspace = await Workspace.create({ onDeleted: 'alert', sensor: { every: '1s' } })
  await workspace.drop('a.csv', prices(1))
  await workspace.drop('b.csv', prices(2))
  await using running = await Running.start(workspace)
  await running.apply()
  await running.outcome('a.csv')
  await running.outcome('b.csv')
  await rm(workspace.path('a.csv'))
  await until('the news', () => running.said.told.length > 0)
  expect(running.said.told).toMatchObject([{ partition: 'a', what: 'gone', reason: expect.stringContaining('a.csv') }])
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2] })
  expect((await running.ledger())[0]).toMatchObject({ path: 'a.csv', status: 'loaded', gone_at: expect.any(String) })
  expect(await explained(running, 'a.csv')).toMatch(/now: nothing: it is gone from the source, its rows stay/)
})
