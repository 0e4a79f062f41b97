import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { Workspace } from '../harness/workspace.ts'
import { writeConfig } from './config-file.ts'

const WORKER_THAT_STOPS = new URL('worker-that-stops.ts', import.meta.url)

test.concurrent.each([
  // Two loads stop, go on, and the worker is killed when the first partition is loaded, with a window of them open.
  { how: 'a run each', options: { concurrency: 4 }, partitions: 40, goOnAt: '(2)', killAt: 'loaded 1' },
  // It is killed when the first transaction is committed, and before the second one.
  { how: 'a single run', options: { singleRun: true }, partitions: 620, goOnAt: '(1)', killAt: 'looked again (2)' },
])(
  'a worker is killed in the middle of a backfill ($how): another one goes on, and each file is loaded once',
  async ({ options, partitions, goOnAt, killAt }) => {
    await using workspace = await Workspace.create()
    for (let n = 0; n < partitions; n++) await workspace.drop(`p${n}.csv`, prices(n + 1))
    await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
    const backfill = await tidemark.backfill(workspace.pipeline, options)
    {
      await using killed = Program.start(WORKER_THAT_STOPS, [await writeConfig(workspace), testServer(), 'looked again', '2'])
      await killed.printed(`stopped at looked again ${goOnAt}`)
      killed.send('go on')
      await killed.printed(killAt)
      await killed.kill()
    }
    await using running = await Running.start(workspace)
    const before = (await running.ledger()).length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(partitions)
    expect(await backfill.result()).toMatchObject({ loaded: partitions, rows: partitions, upToDate: 0, held: 0, failed: 0 })
    const [table] = await running.rows(
      'SELECT count(*)::INTEGER AS rows, count(DISTINCT _tidemark_file)::INTEGER AS files FROM prices',
    )
    expect(table).toEqual({ rows: partitions, files: partitions })
    const ledger = await running.ledgerLines()
    expect(ledger).toHaveLength(partitions)
    expect(new Set(ledger.map((line) => line.split('#')[1]))).toEqual(new Set(['1 loaded']))
    expect(await running.worker.warehouse.claims()).toEqual([])
  },
)
