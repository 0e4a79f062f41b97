import { setTimeout as delay } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { Gate, type GateOptions } from '../../src/warehouse/duckdb/gate.ts'
import { Program } from '../harness/program.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const HOLD_FILE = new URL('hold-file.ts', import.meta.url)

async function gateIn(workspace: Workspace, options: Partial<GateOptions> = {}) {
  const gate = new Gate({ file: workspace.config.warehouse.file, ...options })
  const query = async (sql: string) => gate.run(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson())
  return { gate, query }
}

test('work is done one piece at a time, in order, and a failed or cancelled piece stops no other', async () => {
  await using workspace = await Workspace.create()
  const { gate } = await gateIn(workspace)
  await using _ = gate
  const log: string[] = []
  const work = (name: string) => async () => {
    log.push(`${name} begins`)
    await delay(5)
    log.push(`${name} ends`)
    if (name === 'b') throw new Error('b fails')
    return name
  }
  const cancelled = AbortSignal.abort(new Error('never mind'))
  const results = await Promise.allSettled([
    gate.run(work('a')),
    gate.run(work('b')),
    gate.run(work('c'), cancelled),
    gate.run(work('d')),
  ])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'd begins', 'd ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(() => new Gate({ file: workspace.config.warehouse.file })).toThrow('is already open in this process')
})

test('another program can open the file when there is no work, and under steady work', async () => {
  await using workspace = await Workspace.create()
  const { gate, query } = await gateIn(workspace)
  await using _ = gate
  await query('CREATE TABLE t (n INTEGER)')
  await openElsewhere(workspace)

  let busy = true
  const steady = (async () => {
    while (busy) await query('INSERT INTO t VALUES (1)')
  })()
  await openElsewhere(workspace)
  busy = false
  await steady
  expect(await query('SELECT count(*)::INTEGER FROM visits')).toEqual([[2]])
})

/** As a person's program that tries again and again. */
async function openElsewhere(workspace: Workspace): Promise<void> {
  await using program = Program.start(HOLD_FILE, [workspace.config.warehouse.file])
  await program.printed('held')
  program.send('let go')
  expect(await program.ended()).toBe(0)
}

test('while another program holds the file, work waits, says who by pid, and goes on when it is free', async () => {
  await using workspace = await Workspace.create()
  const holders: (string | undefined)[] = []
  const { gate, query } = await gateIn(workspace, { onWaiting: (holder) => holders.push(holder) })
  await using _ = gate
  await using program = Program.start(HOLD_FILE, [workspace.config.warehouse.file])
  await program.printed('held')
  const waiting = [query('SELECT 1 AS one'), query('SELECT 2 AS two')]
  await until('word of who holds the file', () => holders.length > 0)
  expect(holders).toEqual([expect.stringMatching(new RegExp(`^process ${program.pid} \\(.*node.*\\)$`))])
  const impatient = new AbortController()
  const cancelled = gate.run(async () => 'never', impatient.signal)
  impatient.abort()
  program.send('let go')
  expect(await Promise.all(waiting)).toEqual([[[1]], [[2]]])
  await expect(cancelled).rejects.toThrow()
  expect(holders.slice(1)).toEqual([undefined])
})

test('who has no patience, or has to end, does not wait for the other program for ever', async () => {
  await using workspace = await Workspace.create()
  await using program = Program.start(HOLD_FILE, [workspace.config.warehouse.file])
  await program.printed('held')
  const impatient = await gateIn(workspace, { patienceMs: 100 })
  const busy = { code: 'WarehouseBusy', message: expect.stringMatching(`is held by process ${program.pid} .*; close it there`) }
  await expect(impatient.query('SELECT 1')).rejects.toMatchObject(busy)
  await impatient.gate[Symbol.asyncDispose]()

  const patient = await gateIn(workspace)
  const waiting = Promise.allSettled([patient.query('SELECT 1'), patient.query('SELECT 2')])
  await patient.gate[Symbol.asyncDispose]()
  expect(await waiting).toMatchObject([{ reason: busy }, { reason: busy }])
})

test.each([
  'FATAL Error: Failed: database has been invalidated because of a previous fatal error. Original error: "secret"',
  'INTERNAL Error: Attempted to access index 1 within vector of size 1: secret',
])('an instance that has died is opened anew, and what was committed is there: %s', async (death) => {
  await using workspace = await Workspace.create()
  const { gate, query } = await gateIn(workspace)
  await using _ = gate
  await query('CREATE TABLE t AS SELECT 1 AS n')
  const connections: unknown[] = []
  const note = (error?: string) =>
    gate.run(async (connection) => {
      connections.push(connection)
      if (error !== undefined) throw new Error(error)
    })
  await note()
  const told = await note(death).catch(String)
  expect(told).toMatch(/: (FATAL|INTERNAL) Error$/)
  await note()
  const [first, dead, anew] = connections
  expect([dead === first, anew === first]).toEqual([true, false])
  expect(await query('FROM t')).toEqual([[1]])
})

test('what must be so at each opening is seen to at each opening, and a failure of it keeps nothing open', async () => {
  await using workspace = await Workspace.create()
  let refuse = true
  const { gate, query } = await gateIn(workspace, {
    prepare: async (connection) => {
      if (refuse) throw new Error('IO Error: not yet')
      await connection.run('CREATE TABLE IF NOT EXISTS prepared (n INTEGER)')
    },
  })
  await using _ = gate
  await expect(query('SELECT 1')).rejects.toMatchObject({ code: 'WarehouseFailed', message: expect.stringContaining('not yet') })
  refuse = false
  const elsewhere = await DuckDBInstance.create(workspace.config.warehouse.file)
  elsewhere.closeSync()
  expect(await query('FROM prepared')).toEqual([])
})
