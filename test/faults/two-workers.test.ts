import { expect, test } from '@jest/globals'
import { Tidemark } from '../../src/client/index.ts'
import { endOnServer } from '../cli/clean-up.ts'
import { configText, Project, pipelineText, uniqueName } from '../cli/project.ts'
import { testServer } from '../harness/server-address.ts'
import { drop, expectEachOnce, untilLoaded } from './burst.ts'

const FILES = 30

test('two worker processes with one warehouse, and who asks from all sides: each file is loaded once', async () => {
  const pipeline = uniqueName('prices')
  const address = testServer()
  await using project = await Project.create(configText({ [pipeline]: pipelineText('source') }, pipeline), { address })
  await using tidemark = await Tidemark.connect({ address, taskQueue: pipeline })
  await drop(project, 'source', 0, 20)
  const workers = [project.start('worker'), project.start('worker')]
  for (const worker of workers) await worker.said('worker on')
  expect(await project.run('apply')).toMatchObject({ code: 0 })

  await drop(project, 'source', 20, FILES)
  for (let n = 0; n < FILES; n++) await tidemark.startPartition(pipeline, `f${n}`)
  await tidemark.startAll(pipeline)
  await untilLoaded(project, pipeline, FILES)
  for (const worker of workers) worker.interrupt()
  const ends = await Promise.all(workers.map(({ ended }) => ended))
  expect(ends.map(({ code }) => code)).toEqual([0, 0])
  expect(ends.map(({ stdout }) => stdout).join('')).toContain('loaded')
  await endOnServer([pipeline])
  await expectEachOnce(project, pipeline, 'source', FILES)
})
