import { expect, test } from '@jest/globals'
import { runningServer } from '../../src/server/server-record.ts'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { freePort } from '../server/free-port.ts'

test('an `up` after one that was killed is stopped while its sensor is still deaf: it ends well, and its server with it', async () => {
  await using project = await Project.create(configText({ prices: pipelineText('source') }))
  await project.write('source/day.txt', 'no file of the pipeline: the folder is there')
  const up = ['up', '--port', String(await freePort()), '--ui-port', String(await freePort())]
  const killed = project.start(...up)
  await killed.said('watching')
  if (killed.pid !== undefined) process.kill(killed.pid, 'SIGKILL')
  await killed.ended

  const stopped = project.start(...up)
  await stopped.said('watching')
  stopped.interrupt()
  expect(await stopped.ended).toMatchObject({ code: 0, stderr: '' })
  expect(await runningServer(project.path('.tidemark'))).toBeUndefined()
})
