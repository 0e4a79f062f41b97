// Sweeps in a process of its own, as a worker does, and tells its parent how long that took and how much the process has grown.
import { loadConfig } from '../dist/src/config/load.js'
import { OpenPipelines } from '../dist/src/loading/open-pipelines.js'
import { sweep } from '../dist/src/loading/sweep.js'
import { openWarehouse } from '../dist/src/warehouse/open-warehouse.js'

const [file, sweeps] = process.argv.slice(2)
const config = await loadConfig(file)
const [name] = config.pipelines.keys()
const open = new OpenPipelines(config).get(name)
const warehouse = openWarehouse(config, () => {})
const { signal } = new AbortController()
await warehouse.identity()
const before = process.resourceUsage().maxRSS
for (let number = 1; number <= Number(sweeps); number++) {
  const began = performance.now()
  const { candidates, files } = await sweep({ open, warehouse, most: 20_000, asksDecisions: false, signal })
  const ms = performance.now() - began
  process.send({ ms, candidates: candidates.length, files, grownBytes: (process.resourceUsage().maxRSS - before) * 1024 })
}
await warehouse[Symbol.asyncDispose]()
process.disconnect()
