import { expect, test } from '@jest/globals'
import { daily } from '../../src/config/define.ts'
import { sensorId } from '../../src/names.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import { Applying, changed, rescheduled } from './applying.ts'

/** It has a sensor as well. Its cron is due once in four years: what a test sees is not what a tick did. */
const BOTH = {
  partitions: daily({ start: '2018-01-22', timezone: 'Europe/Berlin' }),
  schedule: { cron: '30 6 29 2 *' },
  sensor: { every: '30s' },
} as const

test('makes a schedule and a sensor as the config says, and touches neither when nothing changed', async () => {
  await using workspace = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  const { pipeline, config } = workspace
  expect(await applying.apply(config, { dryRun: true })).toEqual(['create schedule', 'create sensor'])
  await expect(applying.describe(pipeline)).rejects.toThrow('not found')

  expect(await applying.apply(config)).toEqual(['create schedule', 'create sensor'])
  const made = await applying.describe(pipeline)
  expect(made).toMatchObject({
    spec: {
      calendars: [{ hour: [{ start: 6 }], minute: [{ start: 30 }], dayOfMonth: [{ start: 29 }] }],
      timezone: 'Europe/Berlin',
      startAt: new Date('2018-01-22T23:00:00Z'),
    },
    action: { workflowType: 'scheduledPartition', workflowId: `${pipeline}/scheduled`, args: [{ pipeline }] },
    policies: { overlap: 'ALLOW_ALL', pauseOnFailure: false, catchupWindow: 365 * 86_400_000 },
    state: { paused: false },
  })
  expect(made.spec.endAt).toBeUndefined()
  const sensor = await applying.client.workflow.getHandle(sensorId(pipeline)).describe()

  expect(await applying.apply(config)).toEqual(['keep schedule', 'keep sensor'])
  expect((await applying.describe(pipeline)).info).toEqual(made.info)
  expect((await applying.client.workflow.getHandle(sensorId(pipeline)).describe()).runId).toBe(sensor.runId)
})

test('what the config changes is changed on the server, and what a person paused stays paused', async () => {
  await using workspace = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  const { pipeline } = workspace
  await applying.apply(workspace.config)
  await temporal('schedule', 'toggle', '--schedule-id', pipeline, '--pause', '--reason', 'holidays')

  let { config } = workspace
  for (const [change, described] of [
    [{ cron: '45 7 29 2 *' }, { spec: { calendars: [{ hour: [{ start: 7 }], minute: [{ start: 45 }] }] } }],
    [{ timezone: 'UTC' }, { spec: { timezone: 'UTC' } }],
    [{ overlap: 'BUFFER_ALL' }, { policies: { overlap: 'BUFFER_ALL' } }],
    [{ pauseOnFailure: true }, { policies: { pauseOnFailure: true } }],
    [{ catchupWindowMs: 600_000 }, { policies: { catchupWindow: 600_000 } }],
  ] as const) {
    config = rescheduled(config, change)
    expect(await applying.apply(config)).toEqual(['update schedule', 'keep sensor'])
    expect(await applying.describe(pipeline)).toMatchObject({ ...described, state: { paused: true, note: 'holidays' } })
  }
  expect(await applying.apply(config)).toEqual(['keep schedule', 'keep sensor'])
  await temporal('schedule', 'toggle', '--schedule-id', pipeline, '--unpause')
  expect(await applying.apply(config)).toEqual(['keep schedule', 'keep sensor'])
  expect((await applying.describe(pipeline)).state.paused).toBe(false)
})

test('what a person changed on the server is brought back', async () => {
  await using workspace = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  const { pipeline, config } = workspace
  await applying.apply(config)
  const { spec, action, policies } = await applying.describe(pipeline)
  const asMade = { spec: { calendars: spec.calendars }, action, policies }
  const type = ['--type', 'scheduledPartition', '--task-queue', action.taskQueue, '--workflow-id', action.workflowId]
  const handle = applying.client.schedule.getHandle(pipeline)

  for (const change of [
    () => temporal('schedule', 'update', '--schedule-id', pipeline, '--cron', '0 9 * * *', ...type),
    // As the Web UI does it, which leaves the action as it was.
    () => handle.update((all) => ({ ...all, spec: { ...spec, calendars: [], cronExpressions: ['0 9 * * *#0 9 * * *'] } })),
    () => handle.update((all) => ({ ...all, policies: { ...policies, overlap: 'SKIP' as const } })),
    () => handle.update((all) => ({ ...all, spec: { ...spec, intervals: [{ every: '1d' }] } })),
  ]) {
    await change()
    expect(await applying.apply(config)).toEqual(['update schedule', 'keep sensor'])
    expect(await applying.describe(pipeline)).toMatchObject(asMade)
    expect(await applying.apply(config)).toEqual(['keep schedule', 'keep sensor'])
  }
})

test('a schedule that Tidemark did not make is refused untouched, and replaced when asked', async () => {
  await using workspace = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  const { pipeline, config } = workspace
  const theirs = ['--cron', '0 0 29 2 *', '--workflow-id', 'w', '--type', 'theirs', '--task-queue', 'q']
  await temporal('schedule', 'create', '--schedule-id', pipeline, ...theirs)
  const before = await applying.describe(pipeline)

  await expect(applying.apply(config)).rejects.toMatchObject({ code: 'UsageError', message: expect.stringContaining(pipeline) })
  expect((await applying.describe(pipeline)).raw).toEqual(before.raw)
  await expect(applying.client.workflow.getHandle(sensorId(pipeline)).describe()).rejects.toThrow('not found')

  expect(await applying.apply(config, { takeOver: true })).toEqual(['replace schedule', 'create sensor'])
  expect(await applying.describe(pipeline)).toMatchObject({ action: { workflowType: 'scheduledPartition' } })
})

test('another warehouse with the same pipeline is refused untouched, and gives way when asked', async () => {
  await using workspace = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  const { pipeline, config } = workspace
  await applying.apply(config)
  const before = await applying.describe(pipeline)
  const sensor = applying.client.workflow.getHandle(sensorId(pipeline))
  const { runId } = await sensor.describe()
  const other = { identity: 'another warehouse' }

  for (const theirs of [config, changed(config, () => ({ schedule: undefined }))])
    await expect(applying.apply(theirs, other)).rejects.toMatchObject({ code: 'UsageError' })
  expect((await applying.describe(pipeline)).raw).toEqual(before.raw)
  expect((await sensor.describe()).runId).toBe(runId)

  expect(await applying.apply(config, { ...other, takeOver: true })).toEqual(['replace schedule', 'replace sensor'])
  expect((await sensor.describe()).runId).not.toBe(runId)
  expect(await applying.apply(config, other)).toEqual(['keep schedule', 'keep sensor'])
})

test('removes what the config no longer has when asked, and only what is its own', async () => {
  await using old = await Workspace.create(BOTH)
  await using current = await Workspace.create(BOTH)
  await using strange = await Workspace.create(BOTH)
  await using applying = await Applying.connect()
  await applying.apply(old.config)
  await applying.apply(strange.config, { identity: 'another warehouse' })
  const kept = ['keep schedule', 'keep sensor']
  await applying.apply(current.config)

  // A new schedule is in the server's lists after a moment.
  const left = [...kept, 'left schedule', 'left sensor']
  await until('the old ones in the plan', async () => (await applying.apply(current.config)).length === left.length)
  expect(await applying.apply(current.config)).toEqual(left)
  const removal = [...kept, 'remove schedule', 'remove sensor']
  expect(await applying.apply(current.config, { prune: true, dryRun: true })).toEqual(removal)
  await applying.describe(old.pipeline)

  expect(await applying.apply(current.config, { prune: true })).toEqual(removal)
  await expect(applying.describe(old.pipeline)).rejects.toThrow('not found')
  expect((await applying.client.workflow.getHandle(sensorId(old.pipeline)).describe()).status.name).toBe('TERMINATED')
  await applying.describe(strange.pipeline)
  await until('only what is right in the plan', async () => (await applying.apply(current.config)).length === kept.length)
})
