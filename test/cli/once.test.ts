import { appendFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { testServer } from '../harness/server-address.ts'
import { endOnServer } from './clean-up.ts'
import { configText, Project, pipelineText, uniqueName } from './project.ts'

/** A program that never ends writing. */
async function grow(path: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await appendFile(path, '"2018/09/10",1,33597290,8895553.11,-1.38,3.12\n')
    await delay(50)
  }
}

test('`up --once` ends with 1 and says what is held, missing, unsettled or paused; the rest is loaded', async () => {
  const [held, dated, growing, paused] = [uniqueName('held'), uniqueName('dated'), uniqueName('growing'), uniqueName('paused')]
  const config = configText(
    {
      [held]: pipelineText('held'),
      [dated]: pipelineText('dated', {
        partitions: "daily({ start: '2018-01-22', end: '2018-01-23' })",
        rest: "schedule: { cron: '0 6 1 1 *', lateAfter: '1h' }",
      }),
      [growing]: pipelineText('growing'),
      [paused]: pipelineText('paused'),
    },
    uniqueName('queue'),
  )
  await using project = await Project.create(config, { address: testServer() })
  await project.write('held/zero.csv', prices(0))
  await project.write('held/good.csv', prices(1))
  await project.write('dated/2018-01-22.csv', prices(2))
  await project.write('growing/now.csv', prices(3))
  await project.write('paused/day.csv', prices(4))
  try {
    await project.runEach(['apply'], ['sensor', 'pause', paused])
    const stop = new AbortController()
    const written = grow(project.path('growing/now.csv'), stop.signal)
    const { code, stdout, stderr } = await project.run('up', '--once')
    stop.abort()
    await written
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    for (const line of [
      `loaded ${held} good: 1 row from good.csv\n`,
      `${held}: 1 file loaded (1 row), 1 held, 0 unsettled, 0 retrying, 0 missing\n  held: \`tidemark files ${held}\` lists them, \`tidemark explain FILE\` says why\n`,
      `${dated}: 1 file loaded (1 row), 0 held, 0 unsettled, 0 retrying, 1 missing\n  missing: 2018-01-23\n`,
      `${growing}: 0 files loaded (0 rows), 0 held, 1 unsettled, 0 retrying, 0 missing\n  unsettled: now.csv\n`,
      `  the sensor is paused; \`tidemark sensor resume ${paused}\` goes on\n`,
    ])
      expect(stdout).toContain(line)
  } finally {
    await endOnServer([held, dated, growing, paused])
  }
})
