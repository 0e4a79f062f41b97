import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { dynamic } from '../../src/config/define.ts'
import { startServer } from '../../src/server/server.ts'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { Workspace } from '../harness/workspace.ts'
import { freePort } from '../server/free-port.ts'
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
    const chunked = { partitions: dynamic({ initial: { atOnce: 500 } }) }
    await using workspace = await Workspace.create(chunked)
    for (let n = 0; n < partitions; n++) await workspace.drop(`p${n}.csv`, prices(n + 1))
    await using tidemark = await Tidemark.connect({ address: testServer(), taskQueue: workspace.pipeline })
    const backfill = await tidemark.backfill(workspace.pipeline, options)
    {
      await using killed = Program.start(WORKER_THAT_STOPS, [
        await writeConfig(workspace, chunked),
        testServer(),
        'looked again',
        '2',
      ])
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

test.concurrent('the server is killed in the middle of a backfill and started again: it goes on to its end, and each file is loaded once', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
  const options = { stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() }
  const first = await startServer(options)
  const pipeline = pipelineText('source', {
    partitions: "daily({ start: '2018-01-01', end: '2018-01-30' })",
    rest: "schedule: { cron: '0 6 29 2 *' }",
  })
  await using project = await Project.create(configText({ prices: pipeline }), { address: first.address })
  expect(await project.run('apply')).toMatchObject({ code: 0 })
  const days = Array.from({ length: 30 }, (_, day) => `2018-01-${String(day + 1).padStart(2, '0')}.csv`)
  for (const [index, name] of days.entries()) await project.write(`source/${name}`, prices(index + 1, index + 1.5))
  const worker = project.start('worker')
  expect(await project.run('backfill', 'prices', '--concurrency', '2', '--detach')).toMatchObject({ code: 0 })
  await worker.said('loaded')
  process.kill(first.pid, 'SIGKILL')
  await first.exited

  const second = await startServer(options)
  try {
    // It is still open, so that this waits for that one; it has counted what it loaded before.
    const end = await project.run('backfill', 'prices')
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining('this backfill is open already') })
    expect(end.stdout).toContain('prices: 30 partitions loaded (60 rows), 0 up to date\n')
    worker.interrupt()
    expect(await worker.ended).toMatchObject({ code: 0 })
    const sql =
      'SELECT _tidemark_file AS file, count(*)::INT AS rows, min(share_price) AS price FROM source GROUP BY 1 ORDER BY 1'
    const rows = days.map((file, index) => ({ file, rows: 2, price: index + 1 }))
    expect(JSON.parse((await project.run('query', '--json', sql)).stdout)).toEqual(rows)
    const ledger: unknown = JSON.parse((await project.run('files', 'prices', '--json', '--versions')).stdout)
    expect(ledger).toEqual(days.map((path) => expect.objectContaining({ path, sequence: 1, status: 'loaded' })))
  } finally {
    await second.stop()
    await rm(stateFolder, { recursive: true, force: true })
  }
})
