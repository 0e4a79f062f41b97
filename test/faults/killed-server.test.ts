import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startServer } from '../../src/server/server.ts'
import { runningServer } from '../../src/server/server-record.ts'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { freePort } from '../server/free-port.ts'
import { drop, expectEachOnce, untilLoaded } from './burst.ts'

const FILES = 12
/** Without its server a worker would ask for it for 45 seconds. */
const SOON_MS = 15_000

test.concurrent('the server is killed in the middle of imports and started again: the worker goes on, and each file is loaded once', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
  const options = { stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() }
  const first = await startServer(options)
  await using project = await Project.create(configText({ prices: pipelineText('source') }), { address: first.address })
  expect(await project.run('apply')).toMatchObject({ code: 0 })
  const worker = project.start('worker')
  await drop(project, 'source', 0, FILES / 2)
  await worker.said('loaded')
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  await drop(project, 'source', FILES / 2, FILES)

  const second = await startServer(options)
  try {
    await untilLoaded(project, 'prices', FILES)
    worker.interrupt()
    expect(await worker.ended).toMatchObject({ code: 0 })
    await expectEachOnce(project, 'prices', 'source', FILES)
  } finally {
    await second.stop()
    await rm(stateFolder, { recursive: true, force: true })
  }
})

test.concurrent('all is killed in mid-import: `up --once` has each file loaded, once; and `up` ends with a message when its server is killed', async () => {
  await using project = await Project.create(configText({ prices: pipelineText('source') }))
  const up = ['up', '--port', String(await freePort()), '--ui-port', String(await freePort())]
  await drop(project, 'source', 0, FILES)
  const killed = project.start(...up)
  await killed.said('loaded')
  if (killed.pid !== undefined) process.kill(killed.pid, 'SIGKILL')
  await killServer(project)
  await killed.ended
  const done = { code: 0, stdout: expect.stringContaining(`${FILES} files loaded (${2 * FILES} rows)`) }
  expect(await project.run(...up, '--once')).toMatchObject(done)
  await expectEachOnce(project, 'prices', 'source', FILES)

  const bereft = project.start(...up)
  await bereft.said('watching')
  await drop(project, 'source', FILES, 2 * FILES)
  await bereft.said('loaded')
  await killServer(project)
  const killedAt = performance.now()
  const { code, stderr } = await bereft.ended
  expect(performance.now() - killedAt).toBeLessThan(SOON_MS)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^tidemark: the Temporal server has ended: .*SIGKILL; start again with `tidemark up`\n$/),
  })
})

async function killServer(project: Project): Promise<void> {
  const server = await runningServer(project.path('.tidemark'))
  if (server === undefined) throw new Error('expected a server')
  process.kill(server.pid, 'SIGKILL')
}
