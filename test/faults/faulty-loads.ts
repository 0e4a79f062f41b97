/**
 * A program for tests. `faulty-loads.ts CONFIG error`: loads partition after partition, `p1`, `p2`, …, and lets the Nth fail at its Nth step,
 * until a load has no Nth step; prints a line of JSON for each. `faulty-loads.ts CONFIG kill N PARTITION`: loads that
 * one, and kills itself at its Nth write to the warehouse.
 */
import { loadConfig } from '../../src/config/load.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { failNth } from './fail-nth.ts'
import { loadOnce } from './load-once.ts'
import { decideEachStep, WRITES } from './steps.ts'

const [, , file = '', how = '', at = '', partition = ''] = process.argv
const config = await loadConfig(file)
await using warehouse = openWarehouse(config, () => undefined)

if (how === 'kill') {
  let statements = 0
  await decideEachStep(({ what, where }) => {
    if (where !== 'warehouse' || !WRITES.test(what) || ++statements !== Number(at)) return undefined
    const kill = () => process.kill(process.pid, 'SIGKILL')
    // What a commit has done before its death nobody hears.
    if (what === 'COMMIT') return kill
    kill()
    return undefined
  })
  await loadOnce(config, warehouse, partition)
  console.log('loaded')
} else {
  for (let n = 1; ; n++) {
    const failed = await failNth(n, () => loadOnce(config, warehouse, `p${n}`))
    if (failed === undefined) break
    console.log(JSON.stringify({ partition: `p${n}`, ...failed }))
  }
}
