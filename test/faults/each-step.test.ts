import { expect, test } from '@jest/globals'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'
import { leftovers, loadOnce } from './load-once.ts'

const FAULTY_LOADS = new URL('faulty-loads.ts', import.meta.url)
const SOURCE = { source: { kind: 'local', folder: 'source', files: '{partition}/*.csv', settle: '0s' } } as const
/** More than a load has steps. */
const PARTITIONS = 300
/** Most of what one takes is its start. */
const AT_ONCE = 4

interface Failed {
  readonly partition: string
  readonly step: { readonly what: string; readonly where: string }
  readonly error: string | null
}

test('whichever step of a load fails, in the warehouse or on a disk, the table stays whole and the next load brings it right', async () => {
  await using workspace = await Workspace.create(SOURCE)
  const names = Array.from({ length: PARTITIONS }, (_, n) => `p${n + 1}`)
  for (const name of names) await dropAll(workspace, name)
  await using program = Program.start(FAULTY_LOADS, [await writeConfig(workspace, SOURCE), 'error'])
  expect(await program.ended()).toBe(0)
  const all: Failed[] = program.output
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  expect(all.length).toBeGreaterThan(60)
  expect(all.length).toBeLessThan(PARTITIONS)
  expect(new Set(all.map(({ step }) => step.where))).toEqual(new Set(['warehouse', 'sandbox', 'files']))

  await using warehouse = openWarehouse(workspace.config, () => undefined)
  const between = await tableOf(warehouse)
  for (const { partition, step, error } of all) {
    const found = Object.entries(between).filter(([file]) => file.startsWith(`${partition}/`))
    for (const [file, rows] of found)
      expect({ step, error, file, rows }).toMatchObject({ rows: GOOD[file.slice(partition.length + 1)] })
    await loadOnce(workspace.config, warehouse, partition).catch((failure) => {
      throw new Error(`after ${step.what} failed: ${failure}`)
    })
  }
  await expectRight(workspace, warehouse, [...all.map(({ partition }) => partition), `p${all.length + 1}`])
})

test('killed at any write to the warehouse, also in its commits, the next load brings it right', async () => {
  await using workspace = await Workspace.create(SOURCE)
  const config = await writeConfig(workspace, SOURCE)
  {
    await using made = openWarehouse(workspace.config, () => undefined)
    await made.identity()
  }
  const killed: string[] = []
  let whole = 0
  for (let n = 1; whole === 0; n += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, index) => n + index)
    const ends = await Promise.all(some.map((at) => killAt(workspace, config, at)))
    killed.push(...some.filter((_, index) => ends[index] === 'killed').map((at) => `p${at}`))
    whole = ends.filter((end) => end === 'whole').length
  }
  expect(killed.length).toBeGreaterThan(6)
  await using warehouse = openWarehouse(workspace.config, () => undefined)
  for (const partition of killed) await loadOnce(workspace.config, warehouse, partition)
  await expectRight(workspace, warehouse, [
    ...killed,
    ...Array.from({ length: whole }, (_, index) => `p${killed.length + index + 1}`),
  ])
})

/** They take turns in the warehouse. */
async function killAt(workspace: Workspace, config: string, statement: number): Promise<'killed' | 'whole'> {
  const partition = `p${statement}`
  await dropAll(workspace, partition)
  await using program = Program.start(FAULTY_LOADS, [config, 'kill', String(statement), partition])
  await program.ended()
  if (program.output.includes('loaded')) return 'whole'
  expect({ signal: program.child.signalCode, output: program.output }).toEqual({ signal: 'SIGKILL', output: '' })
  return 'killed'
}

const GOOD: Readonly<Record<string, readonly number[]>> = { 'a.csv': [1, 2] }

async function dropAll(workspace: Workspace, partition: string): Promise<void> {
  for (const [file, rows] of Object.entries(GOOD)) await workspace.drop(`${partition}/${file}`, prices(...rows))
  await workspace.drop(`${partition}/bad.csv`, prices(0))
}

async function tableOf(warehouse: Warehouse): Promise<Record<string, unknown>> {
  const { rows } = await warehouse.query(
    'SELECT _tidemark_file AS file, list(share_price ORDER BY ALL) AS prices FROM prices GROUP BY ALL ORDER BY ALL',
  )
  return Object.fromEntries(rows.map(({ file, prices }) => [String(file), prices]))
}

async function expectRight({ config, pipeline }: Workspace, warehouse: Warehouse, partitions: readonly string[]): Promise<void> {
  const rows = partitions.flatMap((partition) =>
    Object.entries(GOOD).map(([file, prices]) => [`${partition}/${file}`, prices] as const),
  )
  expect(await tableOf(warehouse)).toEqual(Object.fromEntries(rows))
  const entries = await warehouse.files(pipeline, { versions: true })
  expect(entries.map(({ path, sequence, status }) => `${path}#${sequence} ${status}`).sort()).toEqual(
    partitions.flatMap((partition) => [`${partition}/a.csv#1 loaded`, `${partition}/bad.csv#1 held`]).sort(),
  )
  expect(await leftovers(config, warehouse)).toEqual({ claims: [], staged: [] })
  expect(await warehouse.backoffs(pipeline)).toEqual([])
}
