/**
 * A program for tests. `faulty-loads.ts CONFIG error`: loads partition after partition, `p1`, `p2`, …, and lets the Nth fail at its Nth step,
 * until a load has no Nth step; prints a line of JSON for each. `faulty-loads.ts CONFIG kill N PARTITION`: loads that
 * one, and kills itself at its Nth write to the warehouse.
 */
import { loadConfig } from '../../src/config/load.ts'
import { messageOf } from '../../src/errors.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { loadOnce } from './load-once.ts'
import { type Decide, decideEachStep, type Step } from './steps.ts'

/** A kill before what only reads is the same as one before the write that follows. */
const WRITES = /^(INSERT|UPDATE|DELETE|CREATE|ALTER|COMMIT)/

const [, , file = '', how = '', at = '', partition = ''] = process.argv
const config = await loadConfig(file)
let decide: Decide = () => undefined
await decideEachStep((step) => decide(step))
await using warehouse = openWarehouse(config, () => undefined)

if (how === 'kill') {
  let statements = 0
  decide = ({ what, where }) => {
    if (where !== 'warehouse' || !WRITES.test(what) || ++statements !== Number(at)) return undefined
    const kill = () => process.kill(process.pid, 'SIGKILL')
    // What a commit has done before its death nobody hears.
    if (what === 'COMMIT') return kill
    kill()
    return undefined
  }
  await loadOnce(config, warehouse, partition)
  console.log('loaded')
} else {
  for (let n = 1; ; n++) {
    const failed = await failNth(n)
    if (failed === undefined) break
    console.log(JSON.stringify({ partition: `p${n}`, ...failed }))
  }
}

/** A statement in the warehouse fails twice: before it is made, and after it, when its answer is lost. */
async function failNth(n: number): Promise<{ step: Step; error: string | null } | undefined> {
  let left = n
  let failed: Step | undefined
  decide = (step) => {
    const fail = () => {
      failed = step
      throw Object.assign(new Error(`IO Error: ${step.what} fails`), step.where === 'files' ? { code: 'EIO' } : {})
    }
    if (--left === 0) fail()
    return step.where === 'warehouse' && --left === 0 ? fail : undefined
  }
  const error = await loadOnce(config, warehouse, `p${n}`).then(() => null, messageOf)
  decide = () => undefined
  return failed && { step: failed, error }
}
