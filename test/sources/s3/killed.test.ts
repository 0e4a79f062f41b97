import { readdir, stat } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { duckdbWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { endOnServer } from '../../cli/clean-up.ts'
import { Project, uniqueName } from '../../cli/project.ts'
import { prices } from '../../harness/prices.ts'
import { testServer } from '../../harness/server-address.ts'
import { until } from '../../harness/until.ts'
import { pipelineInput } from '../../harness/workspace.ts'
import { Line } from '../../servers/toxiproxy.ts'
import { S3Ground } from './s3-ground.ts'

const ROWS = 60_000

test('a worker that is killed in the middle of a download leaves no half load; the next one loads it once and clears what was staged', async () => {
  await using ground = await S3Ground.start()
  await using line = await Line.to(ground.ports)
  const place = await ground.place()
  await place.put('big.csv', prices(1) + `${prices(2).split('\n')[1]}\n`.repeat(ROWS - 1))
  const name = uniqueName('killed')
  const config = {
    warehouse: { kind: 'duckdb', file: '.tidemark/warehouse.duckdb' },
    temporal: { taskQueue: name },
    pipelines: { [name]: pipelineInput({ source: place.through(line.host), table: name, sensor: { every: '1s' } }) },
  }
  await using project = await Project.create(`export default ${JSON.stringify(config)}`, { address: testServer() })
  await line.slow({ latency: 0, rate: 100 })
  const first = project.start('worker')
  await first.said('worker on')
  expect(await project.run('apply')).toMatchObject({ code: 0 })
  const staged = async () => {
    const names = await readdir(project.path('.tidemark/staging'), { recursive: true }).catch(() => [])
    const sizes = await Promise.all(names.map((file) => stat(project.path(`.tidemark/staging/${file}`)).catch(() => undefined)))
    return sizes.filter((one) => one?.isFile()).map((one) => one?.size ?? 0)
  }
  await until('half of it to be staged', async () => (await staged()).some((size) => size > 200_000))
  first.kill('SIGKILL')
  await first.ended
  expect((await staged()).length).toBeGreaterThan(0)
  await line.heal()
  const second = project.start('worker')
  await second.said('worker on')
  const rowsOf = async () => {
    await using warehouse = duckdbWarehouse({
      file: project.path('.tidemark/warehouse.duckdb'),
      patienceMs: 10_000,
      readOnly: true,
    })
    return (await warehouse.files(name, { versions: true })).map(({ status, rows }) => ({ status, rows }))
  }
  await until('it to be loaded', async () => (await rowsOf()).length > 0)
  expect(await rowsOf()).toEqual([{ status: 'loaded', rows: ROWS }])
  await until('nothing to be staged any more', async () => (await staged()).length === 0)
  second.interrupt()
  await second.ended
  await endOnServer([name])
})
