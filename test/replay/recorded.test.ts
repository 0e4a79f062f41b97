import { homedir, hostname, tmpdir } from 'node:os'
import { expect, test } from '@jest/globals'
import type { History } from '@temporalio/worker'
import { replay } from '../harness/replay.ts'
import { savedHistories, savedHistory } from './saved-histories.ts'

test('the recorded histories of every workflow type replay', async () => {
  const histories = await savedHistories()
  const types = new Set(histories.map(({ workflowId }) => workflowId.split('/')[0]))
  expect([...types].sort()).toEqual(['importBatch', 'importPartition', 'scheduledPartition', 'sensor'])
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

test('no recorded history names a machine, a user or a folder', async () => {
  for (const { workflowId, history } of await savedHistories()) {
    const text = JSON.stringify(history, (_key, value: unknown) => (Buffer.isBuffer(value) ? value.toString() : value))
    const found = [homedir(), hostname(), tmpdir()].filter((private_) => text.includes(private_))
    expect({ workflowId, found }).toEqual({ workflowId, found: [] })
  }
})

function renameActivity(history: History): void {
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? [])
    if (scheduled?.activityType) scheduled.activityType.name = 'anotherActivity'
}

function renameChild(history: History): void {
  for (const { startChildWorkflowExecutionInitiatedEventAttributes: initiated } of history.events ?? [])
    if (initiated?.workflowType) initiated.workflowType.name = 'anotherWorkflow'
}
