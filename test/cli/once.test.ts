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

test('`up --once` on a full folder leaves out what `initial` says, and the next one nothing of what came since', async () => {
  const [left, empty] = [uniqueName('left'), uniqueName('empty')]
  const none = { partitions: "dynamic({ initial: 'none' })" }
  const config = configText({ [left]: pipelineText('left', none), [empty]: pipelineText('empty', none) }, uniqueName('queue'))
  await using project = await Project.create(config, { address: testServer() })
  await project.write('left/old.csv', prices(1))
  await project.write('empty/.keep', '')
  try {
    const first = await project.run('up', '--once')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const counts = 'unsettled, 0 retrying, 0 missing\n'
    expect(first.stdout).toContain(`${left}: 0 files loaded (0 rows), 0 held, 1 ignored, 0 ${counts}`)
    expect(first.stdout).toContain(`${empty}: 0 files loaded (0 rows), 0 held, 0 ${counts}`)

    for (const folder of ['left', 'empty']) await project.write(`${folder}/new.csv`, prices(2))
    const second = await project.run('up', '--once')
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.stdout).toContain(`${left}: 1 file loaded (1 row), 0 held, 1 ignored, 0 ${counts}`)
    expect(second.stdout).toContain(`${empty}: 1 file loaded (1 row), 0 held, 0 ${counts}`)
    const [files, explained, audited] = await project.runEach(['files', left], ['explain', 'old.csv'], ['audit', left])
    expect(files).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/old\.csv +1 +old +ignored .*it was there at the first sweep/),
    })
    expect(explained).toMatchObject({ code: 1, stdout: expect.stringContaining('`tidemark retry old.csv` loads this one') })
    expect(audited).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('clean: 1 file, 1 row; 1 ignored, as initial says'),
    })
  } finally {
    await endOnServer([left, empty])
  }
})
