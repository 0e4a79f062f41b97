import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { testServer } from '../harness/server-address.ts'
import { Workspace } from '../harness/workspace.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/load-partition.ts', import.meta.url))

test('the example loads a partition, and says when it is held', async () => {
  await using workspace = await Workspace.create()
  await workspace.drop('good.csv', prices(1, 2))
  await workspace.drop('zero.csv', prices(0))
  await using running = await Running.start(workspace)
  await running.apply()
  const run = (partition: string) =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'jiti/register', EXAMPLE, running.pipeline, partition, workspace.config.temporal.taskQueue],
      { env: { ...process.env, TEMPORAL_ADDRESS: testServer() } },
    )
  const [good, zero] = await Promise.allSettled([run('good'), run('zero')])
  expect(good).toMatchObject({ status: 'fulfilled', value: { stderr: '' } })
  expect(good.status === 'fulfilled' && good.value.stdout).toMatch(/\nloaded: 2 rows of 1 files\nthe sensor is watching: /)
  expect(zero).toMatchObject({ status: 'rejected', reason: { code: 1, stdout: expect.stringMatching(/\nheld: .*above/) } })
})
