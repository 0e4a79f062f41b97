import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Gate } from '../../src/warehouse/duckdb/gate.ts'
import { transaction } from '../../src/warehouse/duckdb/sql.ts'
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

test('work that runs is interrupted when it is called off, its transaction leaves nothing, and the next one runs', async () => {
  await using workspace = await Workspace.create()
  await using gate = new Gate({ file: join(workspace.folder, 'interrupted.duckdb') })
  await gate.run((connection) => connection.run('CREATE TABLE t (n INTEGER)'))
  const calledOff = new AbortController()
  const endless = gate.run(
    (connection) =>
      transaction(connection, async () => {
        await connection.run('INSERT INTO t VALUES (1)')
        calledOff.abort()
        await connection.run('SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = 7')
      }),
    calledOff.signal,
  )
  await expect(endless).rejects.toMatchObject({ name: 'AbortError' })
  const left = await gate.run(async (connection) => (await connection.runAndReadAll('FROM t')).getRowsJson())
  expect(left).toEqual([])
})
