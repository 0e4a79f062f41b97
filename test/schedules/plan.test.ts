import { expect, test } from '@jest/globals'
import type { Found } from '../../src/schedules/found.ts'
import { type PlanOptions, plan, type Server } from '../../src/schedules/plan.ts'
import type { Wanted } from '../../src/schedules/wanted.ts'

const OURS: PlanOptions = { identity: 'ours', prune: false, takeOver: false }
const NOTHING: Server = { schedules: new Map(), sensors: new Map(), own: { schedules: [], sensors: [] } }

const scheduled: Wanted = {
  pipeline: 'daily',
  taskQueue: 'q',
  sensor: false,
  schedule: {
    scheduleId: 'daily',
    spec: {},
    action: { type: 'startWorkflow', workflowType: 'scheduledPartition', taskQueue: 'q', args: [] },
  },
  definition: 'at six',
  summary: 'six',
}
const watched: Wanted = { pipeline: 'dropped', taskQueue: 'q', sensor: true }

const withSchedule = (found: Found): Server => ({ ...NOTHING, schedules: new Map([['daily', found]]) })
const withSensor = (found: Found): Server => ({ ...NOTHING, sensors: new Map([['dropped', found]]) })
const changes = (...planned: Parameters<typeof plan>) => plan(...planned).map(({ change, kind }) => `${change} ${kind}`)

test('what is not there is created', () => {
  expect(changes([scheduled, watched], NOTHING, OURS)).toEqual(['create schedule', 'create sensor'])
  expect(changes([{ ...scheduled, sensor: true }], NOTHING, OURS)).toEqual(['create schedule', 'create sensor'])
})

test('what is as it should be is kept, and what differs is updated', () => {
  expect(changes([scheduled], withSchedule({ identity: 'ours', definition: 'at six' }), OURS)).toEqual(['keep schedule'])
  expect(changes([scheduled], withSchedule({ identity: 'ours', definition: 'at seven' }), OURS)).toEqual(['update schedule'])
  expect(changes([watched], withSensor({ identity: 'ours' }), OURS)).toEqual(['keep sensor'])
})

test('a pause of a person is carried through, and said', () => {
  const server = withSchedule({ identity: 'ours', definition: 'at seven', paused: true })
  expect(plan([scheduled], server, OURS)).toEqual([
    { change: 'update', kind: 'schedule', pipeline: 'daily', paused: true, note: 'six, paused' },
  ])
})

test.each([
  ['nobody known', undefined, 'was not made by Tidemark'],
  ['another warehouse', 'theirs', 'belongs to a config with another warehouse'],
])('a name that is taken by %s is refused, or taken over when asked', (_, identity, why) => {
  for (const [wanted, server] of [
    [scheduled, withSchedule({ identity })],
    [watched, withSensor({ identity })],
  ] as const) {
    expect(() => plan([wanted], server, OURS)).toThrow(
      expect.objectContaining({ code: 'UsageError', message: expect.stringContaining(why) }),
    )
    expect(plan([wanted], server, { ...OURS, takeOver: true })).toMatchObject([{ change: 'replace' }])
  }
})

test('what is ours and not in the config is left, or removed when asked', () => {
  const server: Server = { ...NOTHING, own: { schedules: ['daily', 'old'], sensors: ['daily', 'dropped'] } }
  const wanted = [scheduled, watched]
  const left = (options: PlanOptions) => plan(wanted, server, options).slice(wanted.length)
  expect(left(OURS)).toMatchObject([
    { change: 'left', kind: 'schedule', pipeline: 'old' },
    { change: 'left', kind: 'sensor', pipeline: 'daily' },
  ])
  expect(left({ ...OURS, prune: true })).toMatchObject([
    { change: 'remove', kind: 'schedule', pipeline: 'old' },
    { change: 'remove', kind: 'sensor', pipeline: 'daily' },
  ])
})
