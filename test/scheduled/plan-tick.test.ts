import { expect, test } from '@jest/globals'
import { planTick } from '../../activities/planTick.ts'
import { daily, hourly } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { Workspace } from '../harness/workspace.ts'

const SCHEDULE = { cron: '0 6 * * *' } as const

async function planner(partitions: PipelineInput['partitions'], schedule: PipelineInput['schedule'] = SCHEDULE) {
  await using workspace = await Workspace.create({ partitions, schedule })
  const { pipeline, config } = workspace
  const plan = planTick({ pipelines: new OpenPipelines(config) })
  return (tick: string | number) => plan({ pipeline, tick: new Date(tick).getTime() })
}

test.each([
  // The day that the clocks go forward has 23 hours: 22:00Z is midnight of summer time.
  ['2026-03-28T22:59:59Z', '2026-03-27'],
  ['2026-03-28T23:00:00Z', '2026-03-28'],
  ['2026-03-29T21:59:59Z', '2026-03-28'],
  ['2026-03-29T22:00:00Z', '2026-03-29'],
  // The day that they go back has 25.
  ['2025-10-25T21:59:59Z', '2025-10-24'],
  ['2025-10-25T22:00:00Z', '2025-10-25'],
  ['2025-10-26T22:59:59Z', '2025-10-25'],
  ['2025-10-26T23:00:00Z', '2025-10-26'],
])('a tick at %s means %s in Berlin, by the local date', async (tick, partition) => {
  const plan = await planner(daily({ start: '2020-01-01', timezone: 'Europe/Berlin' }))
  expect(await plan(tick)).toMatchObject({ partition })
})

test('a tick each morning means each day once, over both changes of the clocks', async () => {
  const plan = await planner(daily({ start: '2020-01-01', timezone: 'Europe/Berlin' }))
  for (const mornings of [
    ['2026-03-28T05:00:00Z', '2026-03-29T04:00:00Z', '2026-03-30T04:00:00Z'],
    ['2026-10-24T04:00:00Z', '2026-10-25T05:00:00Z', '2026-10-26T05:00:00Z'],
  ]) {
    for (const morning of mornings) {
      const [day] = new Date(Date.parse(morning) - 86_400_000).toISOString().split('T')
      expect(await plan(morning)).toMatchObject({ partition: day })
    }
  }
})

test("the hour that the clocks jump over is nobody's partition", async () => {
  const plan = await planner(hourly({ start: '2020-01-01-00', timezone: 'Europe/Berlin' }))
  expect(await plan('2026-03-29T01:00:00Z')).toMatchObject({ partition: '2026-03-29-01' })
  expect(await plan('2026-03-29T02:00:00Z')).toMatchObject({ partition: '2026-03-29-03' })
})

test('start and end are both included, and outside of them there is nothing to do', async () => {
  const plan = await planner(daily({ start: '2018-01-22', end: '2018-01-24' }))
  expect(await plan('2018-01-22T06:00:00Z')).toMatchObject({ partition: null, reason: expect.stringContaining('before') })
  expect(await plan('2018-01-23T06:00:00Z')).toMatchObject({ partition: '2018-01-22' })
  expect(await plan('2018-01-25T06:00:00Z')).toMatchObject({ partition: '2018-01-24' })
  expect(await plan('2018-01-26T06:00:00Z')).toMatchObject({ partition: null, reason: expect.stringContaining('after') })
})

test('the latest ticks also ask for late files, and those of a backfill do not', async () => {
  for (const end of [{}, { end: '2018-01-24' }]) {
    const plan = await planner(daily({ start: '2018-01-22', ...end }))
    expect(await plan(Date.now())).toMatchObject({ askBatch: true })
    expect(await plan('2018-01-24T06:00:00Z')).toMatchObject({ askBatch: false })
  }
})

test('late and missing count from the tick, with ten looks before a file is late, at least a second and at most a minute apart', async () => {
  for (const [lateAfter, lateMs, pauseMs] of [
    ['2s', 2_000, 1_000],
    ['100s', 100_000, 10_000],
    ['45m', 2_700_000, 60_000],
  ] as const) {
    const plan = await planner(daily({ start: '2018-01-22' }), { ...SCHEDULE, lateAfter, missingAfter: '24h' })
    const tick = Date.parse('2018-01-24T06:00:00Z')
    expect(await plan(tick)).toMatchObject({ pauseMs, lateAt: tick + lateMs, missingAt: tick + 86_400_000 })
  }
})
