import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Gate } from '../../src/warehouse/duckdb/gate.ts'
import { Workspace } from '../harness/workspace.ts'

test('what waits behind a long piece of work can be called off', async () => {
  await using workspace = await Workspace.create()
  await using gate = new Gate({ file: join(workspace.folder, 'queued.duckdb') })
  const go = new AbortController()
  const long = gate.run(() => once(go.signal, 'abort'))
  const calledOff = new AbortController()
  const behind = gate.run(() => Promise.resolve('done'), calledOff.signal)
  calledOff.abort()
  await expect(behind).rejects.toBe(calledOff.signal.reason)
  go.abort()
  await long
})
