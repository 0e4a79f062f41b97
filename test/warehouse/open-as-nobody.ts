/** A program for tests: opens warehouses as a user without rights, and prints what becomes of each: `open-as-nobody.ts FILE...`. */
import { messageOf } from '../../src/errors.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'

const NOBODY = 65_534

// Once the code is loaded, since it may lie where nobody else can read.
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}
const answers: string[] = []
for (const file of process.argv.slice(2)) {
  await using warehouse = duckdbWarehouse({ file })
  answers.push(await warehouse.identity().catch(messageOf))
}
process.stdout.write(`${JSON.stringify(answers)}\n`)
