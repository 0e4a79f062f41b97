import { expect, test } from '@jest/globals'
import { runningServer } from '../../src/server/server-record.ts'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { until } from '../harness/until.ts'
import { freePort } from '../server/free-port.ts'
import { drop, expectEachOnce } from './burst.ts'

const FILES = 12

test('signals twice and out of order, while it starts and while it loads: `up` ends well, and its server with it', async () => {
  await using project = await Project.create(configText({ prices: pipelineText('source') }))
  const up = ['up', '--port', String(await freePort()), '--ui-port', String(await freePort())]
  const state = project.path('.tidemark')
  await drop(project, 'source', 0, FILES)

  const starting = project.start(...up)
  await until('the server to be started', () => runningServer(state))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) starting.kill(signal)
  expect(await starting.ended).toMatchObject({ code: 0, stderr: '' })
  expect(await runningServer(state)).toBeUndefined()

  const loading = project.start(...up)
  await loading.said('watching')
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGINT', 'SIGTERM'] as const) loading.kill(signal)
  expect(await loading.ended).toMatchObject({ code: 0, stderr: '' })
  expect(await runningServer(state)).toBeUndefined()

  expect(await project.run(...up, '--once')).toMatchObject({ code: 0, stderr: '' })
  await expectEachOnce(project, 'prices', 'source', FILES)
})
