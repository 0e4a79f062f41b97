import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Gate } from '../../src/warehouse/duckdb/gate.ts'
import { Workspace } from '../harness/workspace.ts'

test('what waits behind a long piece of work can be called off', async () => {
  await using workspace = await Workspace.create()
  await using gate = new Gate({ file: join(workspace.folder, 'queued.duckdb') })
  let end = () => {}
  const lasting = new Promise<void>((resolve) => {
    end = resolve
  })
  const long = gate.run(() => lasting)
  const calledOff = new AbortController()
  const behind = gate.run(() => Promise.resolve('done'), calledOff.signal)
  calledOff.abort()
  await expect(behind).rejects.toBe(calledOff.signal.reason)
  end()
  await long
})
