import { expect } from '@jest/globals'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import type { Warehouse } from '../../src/warehouse/warehouse.ts'
import type { Project } from '../cli/project.ts'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'

/** Files `f0.csv`, `f1.csv`, … of two rows each, dropped one after the other. */
export async function drop(project: Project, folder: string, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await project.write(`${folder}/f${n}.csv`, prices(...pricesOf(n)))
}

export async function untilLoaded(project: Project, pipeline: string, count: number): Promise<void> {
  await using warehouse = open(project)
  await until(`${count} files to be loaded`, async () => (await warehouse.counts(pipeline)).loaded >= count)
}

/** Each of the dropped files has its rows and one entry: none is missing, none is there twice, no claim is left. */
export async function expectEachOnce(project: Project, pipeline: string, table: string, count: number): Promise<void> {
  await using warehouse = open(project)
  const numbers = Array.from({ length: count }, (_, n) => n)
  const entries = await warehouse.files(pipeline, { versions: true })
  expect(new Set(entries.map(({ path, sequence, status }) => `${path}#${sequence} ${status}`))).toEqual(
    new Set(numbers.map((n) => `f${n}.csv#1 loaded`)),
  )
  expect(entries).toHaveLength(count)
  const { rows } = await warehouse.query(
    `SELECT _tidemark_file AS file, list(share_price ORDER BY ALL) AS prices FROM ${table} GROUP BY ALL`,
  )
  expect(Object.fromEntries(rows.map(({ file, prices }) => [file, prices]))).toEqual(
    Object.fromEntries(numbers.map((n) => [`f${n}.csv`, pricesOf(n)])),
  )
  expect(await warehouse.claims()).toEqual([])
}

function pricesOf(n: number): number[] {
  return [n + 1, n + 1.5]
}

/** As a reader beside the processes under test, which takes its turn and waits for it. */
function open(project: Project): Warehouse {
  return duckdbWarehouse({ file: project.path('.tidemark/warehouse.duckdb'), readOnly: true, patienceMs: 30_000 })
}
