import { expect, test } from '@jest/globals'
import { HoldUp } from '../../harness/hold-up.ts'
import { prices } from '../../harness/prices.ts'
import { Running } from '../../harness/running.ts'
import { until } from '../../harness/until.ts'
import { Workspace } from '../../harness/workspace.ts'
import { Looking } from './looking.ts'

test('a backfill that runs is shown with how far it is, live, until it is done', async () => {
  await using workspace = await Workspace.create()
  for (const name of ['a', 'b', 'c', 'd']) await workspace.drop(`${name}.csv`, prices(1, 2))
  await workspace.drop('e.csv', prices(-1))
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const backfill = await running.tidemark.backfill(running.pipeline, { name: 'history', concurrency: 1, newestFirst: true })
  await using looking = await Looking.at(running)
  const page = await looking.open()
  await page.getByRole('progressbar', { name: '0 of 5' }).waitFor()
  for (let load = 0; load < 3; load++) {
    await until('a load', () => loads.held === 1)
    loads.letGo(1)
  }
  await until('the next load', () => loads.held === 1)
  await page.getByRole('progressbar', { name: '3 of 5' }).waitFor()
  await page.getByText(/2 loaded \(4 rows\), 1 held/).waitFor()
  loads.open()
  await backfill.result()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  expect(looking.faults).toEqual([])
})
