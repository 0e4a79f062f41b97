import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect } from '../../src/client/connect.ts'
import { prices } from '../harness/prices.ts'
import { testServer } from '../harness/server-address.ts'
import { endOnServer } from './clean-up.ts'
import { configText, Project, pipelineText, type Started, uniqueName } from './project.ts'

const dated = uniqueName('dated')
const slow = uniqueName('slow')
const CTRL_C = '\u0003'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
let project: Project
let worker: Started

beforeAll(async () => {
  const partitions = "daily({ start: '2018-01-01', end: '2018-01-31' })"
  const rest = "schedule: { cron: '0 6 29 2 *' }"
  const config = configText(
    {
      [dated]: pipelineText('dated', { partitions, rest, settle: '50ms' }),
      // Each of its partitions takes as long as its file settles.
      [slow]: pipelineText('slow', { partitions, rest, settle: '60s' }),
    },
    uniqueName('queue'),
  )
  project = await Project.create(config, { address: testServer() })
  for (const day of ['01', '02', '03']) await project.write(`dated/2018-01-${day}.csv`, prices(Number(day), 9))
  for (let day = 10; day < 20; day++) await project.write(`slow/2018-01-${day}.csv`, prices(day))
  worker = project.start('worker')
  await worker.said('Ctrl-C stops')
})

afterAll(async () => {
  worker.interrupt()
  await worker.ended
  await endOnServer([dated, slow])
  await project[Symbol.asyncDispose]()
})

/** Of a run, which there may not be yet. */
async function statusOf(workflowId: string): Promise<string | undefined> {
  await using connected = await connect({ address: testServer() })
  const run = await connected.client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined)
  return run?.status.name
}

/** Each line of an error output, which are all events. */
function eventsOf(stderr: string): { readonly event: string; readonly at: string; readonly [field: string]: unknown }[] {
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('a backfill on a terminal shows a bar; Ctrl-C there leaves no bar, says how to come back, and the work goes on', async () => {
  const shown = project.startOnTerminal('backfill', slow, '--concurrency', '2', '--config', 'tidemark.config.ts')
  await shown.said('10 to go')
  shown.type(CTRL_C)
  const { code, stdout } = await shown.ended
  expect(code).toBe(0)
  const text = stripVTControlCharacters(stdout)
  expect(text).toContain(`${'░'.repeat(30)}   0 %  ${slow}`)
  expect(text).toContain(
    `it goes on as workflow ${slow}/backfill/all; to follow it again: ` +
      `\`tidemark backfill ${slow} --concurrency 2 --config tidemark.config.ts\`\r\n` +
      `\`tidemark backfill ${slow} --name all --config tidemark.config.ts --progress\` says how far it is; also --pause, --resume, --cancel\r\n`,
  )
  expect(stdout.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stdout.lastIndexOf(HIDE_CURSOR))
  const progress = await project.run('backfill', slow, '--progress', '--json')
  expect(JSON.parse(progress.stdout)).toMatchObject({ state: 'running', open: 2, left: 10 })
})

test('with --json a backfill that goes on tells events, a line each, and says on its output where it is when it is left', async () => {
  const followed = project.start('backfill', slow, '--json')
  await followed.told('"event":"progress"')
  followed.interrupt()
  const { code, stdout, stderr } = await followed.ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    pipeline: slow,
    name: 'all',
    workflowId: `${slow}/backfill/all`,
    detached: true,
    command: `tidemark backfill ${slow}`,
  })
  const events = eventsOf(stderr)
  expect(events[0]).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    event: 'started',
    pipeline: slow,
    name: 'all',
    workflowId: `${slow}/backfill/all`,
    attached: expect.any(Boolean),
  })
  expect(events[1]).toMatchObject({
    event: 'progress',
    pipeline: slow,
    name: 'all',
    state: 'running',
    loaded: 0,
    held: 0,
    failed: 0,
  })
  expect(Object.keys(events[1] ?? {})).toEqual(expect.arrayContaining(['left', 'rate', 'secondsLeft']))
})

test('an import: Ctrl-C says which command waits for it again; with --json its answer alone is on its output', async () => {
  const left = project.startOnTerminal('import', slow, '2018-01-19')
  const end = project.start('import', slow, '2018-01-18', '--json')
  await end.told('"event":"started"')
  end.interrupt()
  const { code, stdout, stderr } = await end.ended
  const workflowId = `${slow}/partition/2018-01-18`
  const command = `tidemark import ${slow} 2018-01-18`
  expect({ code, answer: JSON.parse(stdout) }).toEqual({
    code: 0,
    answer: { pipeline: slow, partition: '2018-01-18', workflowId, detached: true, command },
  })
  expect(eventsOf(stderr)).toEqual([expect.objectContaining({ event: 'started', partition: '2018-01-18', workflowId })])
  // On a terminal nothing would be silent for as long as a file settles.
  await left.said('waiting until 1 file has been unchanged for 60 s')
  expect(await statusOf(`${slow}/partition/2018-01-19`)).toBe('RUNNING')
  left.type(CTRL_C)
  expect((await left.ended).stdout).toContain(
    `it goes on as workflow ${slow}/partition/2018-01-19; \`tidemark import ${slow} 2018-01-19\` waits for it again`,
  )
})

test('`up --once` on a terminal shows a bar below its lines; Ctrl-C there ends it with 1, and says how to go on', async () => {
  const [quick, settling] = [uniqueName('quick'), uniqueName('settling')]
  const pipelines = { [quick]: pipelineText('quick'), [settling]: pipelineText('settling', { settle: '1h' }) }
  await using own = await Project.create(configText(pipelines, uniqueName('queue')), { address: testServer() })
  await own.write('quick/day.csv', prices(1))
  await own.write('settling/day.csv', prices(2))
  try {
    const up = own.startOnTerminal('up', '--once')
    await up.said('1 row from day.csv')
    await up.said('0 files loaded (0 rows); 1 to go')
    up.type(CTRL_C)
    const { code, stdout } = await up.ended
    expect(code).toBe(1)
    const text = stripVTControlCharacters(stdout)
    expect(text).toContain(`${'░'.repeat(30)}   0 %  ${settling}`)
    expect(text).toMatch(/stopped before all was done; what is loaded stays, and `tidemark up --once` goes on from there\s*$/)
    expect(stdout.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stdout.lastIndexOf(HIDE_CURSOR))
  } finally {
    await endOnServer([quick, settling])
  }
})

test('`up --once --json` prints how each pipeline is then, and tells what happens as events', async () => {
  const quick = uniqueName('quick')
  await using own = await Project.create(configText({ [quick]: pipelineText('quick') }, uniqueName('queue')), {
    address: testServer(),
  })
  await own.write('quick/good.csv', prices(1, 2))
  await own.write('quick/bad.csv', prices(0))
  try {
    const { code, stdout, stderr } = await own.run('up', '--once', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ pipeline: quick, loaded: 1, rows: 2, held: 1, unsettled: 0, paused: false }),
    ])
    const events = eventsOf(stderr)
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['connected', 'applied', 'progress', 'loaded', 'held']),
    )
    const loaded = { event: 'loaded', pipeline: quick, files: 1, rows: 2, rejected: 0, path: 'good.csv', partition: 'good' }
    expect(events).toContainEqual({ at: expect.any(String), ...loaded })
    expect(events).toContainEqual(expect.objectContaining({ event: 'held', pipeline: quick, partition: 'bad' }))
  } finally {
    await endOnServer([quick])
  }
})
