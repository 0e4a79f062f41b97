import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { freePort } from '../server/free-port.ts'
import { configText, Project, pipelineText } from './project.ts'

/** Whoever has a server elsewhere has its key and its namespace in the environment: they are not meant for our own. */
const variables = { TEMPORAL_ADDRESS: '', TEMPORAL_API_KEY: 'of another server', TEMPORAL_NAMESPACE: 'elsewhere' }

test('`up` starts a server of its own, commands find it, and Ctrl-C ends both with 0', async () => {
  await using project = await Project.create(configText({ prices: pipelineText('prices') }), { variables })
  await project.write('prices/day.csv', prices(1, 2))
  const [port, uiPort] = [await freePort(), await freePort()]
  const up = project.start('up', '--port', String(port), '--ui-port', String(uiPort))
  await up.said(`Temporal at 127.0.0.1:${port}, its Web UI at http://127.0.0.1:${uiPort}`)
  await up.said('loaded prices day: 2 rows from day.csv')
  const status = await project.run('status', '--json')
  expect(status.code).toBe(0)
  expect(JSON.parse(status.stdout)).toEqual([expect.objectContaining({ sensor: expect.objectContaining({ state: 'watching' }) })])

  await using other = await Project.create(configText({ prices: pipelineText('prices') }))
  const free = String(await freePort())
  const taken = await other.run('up', '--port', String(port))
  expect(taken).toEqual({
    code: 2,
    stdout: '',
    stderr: `tidemark: port ${port} is taken by another program; use --port N, with a port that is free\n`,
  })
  const uiTaken = await other.run('up', '--port', free, '--ui-port', String(uiPort))
  expect(uiTaken).toEqual({
    code: 2,
    stdout: '',
    stderr: `tidemark: port ${uiPort}, wanted for the Web UI, is taken by another program; use --ui-port N, with a port that is free\n`,
  })

  expect(await project.run('sensor', 'pause', 'prices')).toMatchObject({ code: 0 })
  up.interrupt()
  expect(await up.ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/\nstopping\n$/) })
  await expect(readFile(project.path('.tidemark/server.json'))).rejects.toThrow('ENOENT')
  await using alone = await Project.create('', { address: `127.0.0.1:${port}` })
  const withoutServer = await alone.run('status', '--json', '--config', project.path('tidemark.config.ts'))
  expect(withoutServer).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(withoutServer.stdout)).toEqual([
    expect.objectContaining({ loaded: 1, rows: 2, sensor: 'server unreachable', backfills: [], missedWork: null }),
  ])

  const again = project.start('up', '--port', String(port), '--ui-port', String(uiPort))
  await again.said('prices: the sensor is paused; `tidemark sensor resume prices` goes on\n')
  again.interrupt()
  const { code, stdout } = await again.ended
  expect(code).toBe(0)
  expect(stdout).not.toContain('loaded')
})
