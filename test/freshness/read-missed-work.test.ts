import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { readFreshness } from '../../src/freshness/read-freshness.ts'
import { readMissedWork } from '../../src/freshness/read-missed-work.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { temporal } from '../harness/temporal-command.ts'
import { Workspace } from '../harness/workspace.ts'

const DAY_MS = 86_400_000
const day = (from: number) => new Date(Date.now() + from * DAY_MS).toISOString().slice(0, 10)

test('the days of a pause are a gap, while it lasts and after it, with the commands that mend it', async () => {
  await using workspace = await Workspace.create({ partitions: daily({ start: day(-3) }), schedule: { cron: '0 6 * * *' } })
  await using running = await Running.start(workspace)
  const { client, pipeline, worker } = running
  await running.apply()
  const toggle = (...how: string[]) => temporal('schedule', 'toggle', '--schedule-id', pipeline, ...how)
  /** As somebody finds it three days from now. */
  const missed = async () => {
    const freshness = await readFreshness(workspace.settings, worker.warehouse, { now: new Date(Date.now() + 3 * DAY_MS) })
    return readMissedWork(client, workspace.settings, freshness)
  }
  await toggle('--pause', '--reason', 'source is down')
  const paused = await missed()
  expect(paused?.schedule).toMatchObject({ paused: true, note: 'source is down', skippedOverlap: 0, missedCatchup: 0 })
  const [before, during] = paused?.gaps ?? []
  expect(before).toMatchObject({ from: day(-3), why: 'due before the schedule was made' })
  const { from = '', to = '' } = during ?? {}
  const backfill = `npx tidemark backfill ${pipeline} --from ${from} --to ${to}`
  // The command would look at port 7233 by itself.
  const unpause = `temporal schedule toggle --schedule-id ${pipeline} --unpause --reason 'resumed' --address ${testServer()}`
  expect(during).toMatchObject({ why: 'the schedule is paused', mend: [unpause, backfill] })
  expect(to > day(0)).toBe(true)

  await temporal(...unpause.split(' ').slice(1))
  const since = await missed()
  expect(since?.schedule?.paused).toBe(false)
  expect(since?.gaps).toEqual([before, { ...during, why: 'their ticks did not run', mend: [backfill] }])
})
