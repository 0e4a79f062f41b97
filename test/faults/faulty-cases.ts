/**
 * A program for tests: `faulty-cases.ts FOLDER`. Lets each step of each case fail, one in each try, on a ground of its own, then lets the
 * next load bring it right. Prints a line of JSON for each; the last of a case is without a fault.
 */
import { join } from 'node:path'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { failNth, MAY_BE_DONE } from './fail-nth.ts'
import { type End, Ground, type Rows } from './ground.ts'
import { STEP_CASES, type StepCase } from './step-cases.ts'
import { type Step, WRITES } from './steps.ts'

export interface Tried {
  readonly name: string
  readonly failed?: { readonly step: Step; readonly error: string | null }
  readonly before: Rows
  readonly between: Rows
  readonly end: End
}

const LOOKS = new Set(['lstat', 'readdir', 'realpath'])

const [, , folder = ''] = process.argv
const cases: [string, StepCase][] = Object.entries(STEP_CASES)

for (const [index, [name, stepCase]] of cases.entries()) {
  const counts = ({ what, where }: Step) =>
    where === 'warehouse'
      ? WRITES.test(what)
      : where === 'files' &&
        ((stepCase.changesFiles === true && MAY_BE_DONE.has(what)) || (stepCase.looks === true && LOOKS.has(what)))
  await using warehouse = duckdbWarehouse({ file: join(folder, `${index}.duckdb`) })
  for (let n = 1; ; n++) {
    const ground = await Ground.make(folder, `case_${index}_${n}`, warehouse, stepCase.options ?? {})
    await stepCase.before(ground)
    const before = await ground.rows()
    const failed = await failNth(n, () => stepCase.load(ground), counts)
    const between = await ground.rows()
    await stepCase.load(ground)
    const tried: Tried = { name, ...(failed && { failed }), before, between, end: await ground.end() }
    console.log(JSON.stringify(tried))
    if (failed === undefined) break
  }
}
