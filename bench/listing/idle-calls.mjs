// How many requests an idle sensor makes in an hour: those of a look are counted, how often it looks is reckoned with the real pace.
import { join } from 'node:path'
import { begin } from '../../dist/src/loading/begin.js'
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'
import { Pace } from '../../dist/src/watching/pace.js'
import { Watcher } from '../../dist/src/watching/watcher.js'

const HOUR_MS = 3_600_000
/** Until the pauses are as wide as they get. */
const HOURS_BEFORE = 1
const LOOKS = 3

export async function idleCalls(config, open, folder) {
  const warehouse = openWarehouse(config, () => {})
  try {
    const { signal } = new AbortController()
    // All that is there is in the ledger, as left out at first: an idle look finds nothing new.
    const run = { workflowId: 'bench', runId: 'bench' }
    await begin({ warehouse, stagingFolder: join(folder, 'staging') }, { open, run, signal })
    const watcher = new Watcher(open, warehouse, Number.MIN_VALUE) // each look lists
    const look = async () => {
      const before = open.source.calls.lastHour()
      const { partitions, many } = await watcher.look({ leaveOut: () => false, alsoPostponed: false, signal })
      if (partitions.length > 0 || many || watcher.failing !== null) throw new Error(`no idle look: ${watcher.failing}`)
      return open.source.calls.lastHour() - before
    }
    const whole = await look()
    const looks = []
    for (let number = 0; number < LOOKS; number++) looks.push(await look())
    await watcher[Symbol.asyncDispose]()
    const { everyMs, sweepEveryMs } = open.pipeline.sensor
    const sweeps = sweepEveryMs === undefined ? 0 : HOUR_MS / sweepEveryMs
    return {
      whole,
      look: Math.max(...looks),
      anHour: (looksAnHour(everyMs, open) - sweeps) * Math.max(...looks) + sweeps * whole,
    }
  } finally {
    await warehouse[Symbol.asyncDispose]()
  }
}

function looksAnHour(everyMs, { source }) {
  const pace = new Pace(everyMs, { remote: source.can.remote, random: () => 0.5 })
  let looks = 0
  for (let at = 0; at < (HOURS_BEFORE + 1) * HOUR_MS; at += pace.nextMs()) {
    if (at >= HOURS_BEFORE * HOUR_MS) looks += 1
    pace.listed({ news: false })
  }
  return looks
}
