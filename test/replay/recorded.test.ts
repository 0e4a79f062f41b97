import { expect, test } from '@jest/globals'
import type { History } from '@temporalio/worker'
import { replay } from '../harness/replay.ts'
import { savedHistories, savedHistory } from './saved-histories.ts'

test('the recorded histories of every workflow type replay', async () => {
  const histories = await savedHistories()
  const types = new Set(histories.map(({ workflowId }) => workflowId.split('/')[0]))
  expect([...types].sort()).toEqual([
    'actOnFile',
    'alert',
    'backfill',
    'importBatch',
    'importPartition',
    'scheduledPartition',
    'sensor',
    'tellOverdue',
  ])
  expect(await replay(histories)).toEqual({ count: histories.length, faults: [] })
})

test.each([
  ['an activity of another type', 'importPartition/loaded', renameActivity],
  ['a child of another type', 'scheduledPartition/loaded', renameChild],
])('%s is found', async (_, name, alter) => {
  const history = await savedHistory(name)
  alter(history)
  const { count, faults } = await replay([{ workflowId: name, history }])
  expect(count).toBe(1)
  expect(faults).toEqual([expect.stringContaining(name)])
})

/** Folders where people and machines keep things, and the default identity of a client or worker. */
const OF_A_MACHINE = /\/(?:tmp|home|root|Users|private|var|work|opt)\/|[A-Z]:\\\\|\d+@/

test('no recorded history names a machine, a user or a folder', async () => {
  for (const { workflowId, history } of await savedHistories()) {
    const found = textsIn(history).filter((text) => OF_A_MACHINE.test(text))
    expect({ workflowId, found }).toEqual({ workflowId, found: [] })
  }
})

/** Every text in there, with those of the payloads. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Uint8Array) return [Buffer.from(value).toString()]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function renameActivity(history: History): void {
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? [])
    if (scheduled?.activityType) scheduled.activityType.name = 'anotherActivity'
}

function renameChild(history: History): void {
  for (const { startChildWorkflowExecutionInitiatedEventAttributes: initiated } of history.events ?? [])
    if (initiated?.workflowType) initiated.workflowType.name = 'anotherWorkflow'
}
