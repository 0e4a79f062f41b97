import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { testServer } from '../harness/server-address.ts'
import { configText, type Ended, Project, pipelineText, type Started, uniqueName } from './project.ts'

const dated = uniqueName('dated')
const slow = uniqueName('slow')
const queue = uniqueName('queue')
let project: Project
let worker: Started

beforeAll(async () => {
  const rest = "schedule: { cron: '0 6 29 2 *' }"
  const partitions = "daily({ start: '2018-01-01', end: '2018-01-31' })"
  const config = configText(
    {
      [dated]: pipelineText('dated', { partitions, rest, settle: '50ms' }),
      // Each of its partitions takes as long as its file settles.
      [slow]: pipelineText('slow', { partitions, rest, settle: '60s' }),
    },
    queue,
  )
  project = await Project.create(config, { address: testServer() })
  for (const day of ['01', '02', '03', '04']) await project.write(`dated/2018-01-${day}.csv`, prices(1, 2))
  await project.write('dated/2018-01-05.csv', prices(0))
  for (let day = 10; day < 30; day++) await project.write(`slow/2018-01-${day}.csv`, prices(day))
})

afterAll(async () => {
  worker.interrupt()
  await worker.ended
  await project[Symbol.asyncDispose]()
})

function json({ stdout }: Ended): unknown {
  return JSON.parse(stdout)
}

test('before there is a warehouse or a worker, a dry run says what would be loaded', async () => {
  const [text, asJson, some] = await project.runEach(
    ['backfill', dated, '--dry-run', '--from', '2018-01-03', '--to', '2018-01-07'],
    ['backfill', dated, '--dry-run', '--json', '--newest-first'],
    ['backfill', dated, '--dry-run', '--partition', '2018-01-02', '2018-01-20', '--only', 'held'],
  )
  expect(text).toEqual({
    code: 0,
    stdout:
      `${dated}: would load 3 partitions: 3 unloaded\n` +
      '  unloaded 2018-01-03\n  unloaded 2018-01-04\n  unloaded 2018-01-05\n' +
      '  and leave 0 up to date, 0 held, 2 missing\n',
    stderr: '',
  })
  expect(asJson && json(asJson)).toEqual({
    pipeline: dated,
    partitions: ['05', '04', '03', '02', '01'].map((day) => ({ partition: `2018-01-${day}`, why: 'unloaded' })),
    reasons: { unloaded: 5, changed: 0, held: 0, loaded: 0 },
    others: { upToDate: 0, held: 0, missing: 26, leftOut: 0 },
  })
  expect(some?.stdout).toBe(
    `${dated}: would load 0 partitions\n  and leave 0 up to date, 0 held, 1 missing, 1 left out by --only\n`,
  )
  worker = project.start('worker')
})

test('a range is loaded; held ones are named with the command that tries only those again, which does so', async () => {
  const range = ['--from', '2018-01-02', '--to', '2018-01-05']
  const first = await project.run('backfill', dated, ...range)
  expect(first.code).toBe(1)
  expect(first.stdout).toContain(`${dated}: 3 partitions loaded (6 rows), 1 held, 0 up to date\n`)
  expect(first.stdout).toContain('  held 2018-01-05: 2018-01-05.csv: check above(share_price, 0) failed for 1 of 1 row')
  const again = ['backfill', dated, ...range, '--only', 'held']
  expect(first.stdout.split('\n').at(-2)).toBe(
    `  when what holds them is mended, try those again: \`tidemark ${again.join(' ')}\``,
  )
  const [same, held, planned] = await project.runEach(
    ['backfill', dated, ...range, '--json'],
    [...again, '--json'],
    [...again, '--dry-run'],
  )
  const name = '2018-01-02..2018-01-05'
  expect(same && json(same)).toMatchObject({ pipeline: dated, name, loaded: 0, held: 1, upToDate: 3 })
  expect(held && json(held)).toMatchObject({ pipeline: dated, name: `${name},held`, loaded: 0, held: 1, upToDate: 3 })
  expect(planned?.stdout).toContain('would load 1 partition: 1 held')
  await project.write('dated/2018-01-05.csv', prices(5))
  // The sixth has no file: it is not held, so that nobody has asked for it.
  const corrected = await project.run('backfill', dated, '--from', '2018-01-05', '--to', '2018-01-06', '--only', 'held')
  expect(corrected).toMatchObject({ code: 0, stdout: `${dated}: 1 partition loaded (1 row), 1 missing, 0 up to date\n` })
  await project.write('dated/2018-01-05.csv', prices(6, 7))
  const mended = await project.run('backfill', dated, '--from', '2018-01-01', '--to', '2018-01-05', '--single-run')
  expect(mended).toMatchObject({ code: 0, stderr: '' })
  expect(mended.stdout).toContain(`${dated}: 2 partitions loaded (4 rows), 3 up to date\n`)
})

test('who stops waiting is told how to come back; the same command finds it again; it is paused, resumed, and cancelled', async () => {
  const begun = project.start('backfill', slow, '--concurrency', '1')
  await begun.said('to go')
  begun.interrupt()
  const left = await begun.ended
  expect(left).toMatchObject({ code: 0, stderr: '' })
  expect(left.stdout).toContain(
    `it goes on as workflow ${slow}/backfill/all; to follow it again: \`tidemark backfill ${slow} --concurrency 1\`\n` +
      `\`tidemark backfill ${slow} --name all --progress\` says how far it is; also --pause, --resume, --cancel\n`,
  )
  const again = await project.run('backfill', slow, '--detach')
  expect(again).toMatchObject({ code: 0, stderr: '' })
  expect(again.stdout).toContain(`this backfill is open already, as ${slow}/backfill/all`)

  const [progress, paused, resting, resumed] = await project.runEach(
    ['backfill', slow, '--progress', '--json'],
    ['backfill', slow, '--pause'],
    ['backfill', slow, '--progress'],
    ['backfill', slow, '--resume'],
  )
  expect(progress && json(progress)).toMatchObject({ pipeline: slow, name: 'all', state: 'running', open: 1 })
  expect(paused?.stdout).toBe(`${slow}: all is paused; \`tidemark backfill ${slow} --resume --name all\` goes on\n`)
  expect(resting?.stdout).toMatch(new RegExp(`^${slow}: paused; \\d+ partitions? loaded .* \\d+ to go`))
  expect(resumed?.stdout).toBe(`${slow}: all goes on\n`)

  const waiting = project.start('backfill', slow)
  await waiting.said('open already')
  const cancelled = await project.run('backfill', slow, '--cancel')
  expect(cancelled).toMatchObject({ code: 0, stdout: `${slow}: all is cancelled; what it has loaded stays\n` })
  expect(await waiting.ended).toMatchObject({ code: 1, stderr: expect.stringContaining(`${slow}/backfill/all was cancelled`) })
  const [none, named] = await project.runEach(
    ['backfill', slow, '--pause', '--name', 'all'],
    ['backfill', slow, '--resume', '--name', 'x'],
  )
  for (const end of [none, named]) expect(end).toMatchObject({ code: 2, stdout: '' })
  expect(none?.stderr).toContain(`no backfill all of ${slow} is open`)
})

test('wrong use ends with 2, and one line says what to mend', async () => {
  const mistakes: [args: string[], expected: string | RegExp][] = [
    [['prcies'], /no pipeline 'prcies' in /],
    [[dated, '--from', '2018-01-05', '--to', '2018-01-02'], 'runs backwards: 2018-01-05 is after 2018-01-02; swap the two'],
    [[dated, '--from', '2018-02-30'], '"2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd'],
    [[dated, '--to', '2019-01-01'], '2019-01-01 is after the last partition, 2018-01-31'],
    [[dated, '--from', '2018-01-05', '--partition', '2018-01-06'], 'a range and a list of partitions were given'],
    [[dated, '--partition', '2017-01-01'], '2017-01-01 is before the first partition'],
    [[dated, '--partition', ...Array.from({ length: 1001 }, (_, n) => String(n))], '1001 partitions were listed; at most 1000'],
    [[dated, '--only', 'new'], "--only 'new' is none of unloaded, changed, held, all"],
    [[dated, '--concurrency', '0'], 'a concurrency of 0; expected a whole number from 1 to 200'],
    [[dated, '--concurrency', 'many'], "--concurrency 'many' is no whole number"],
    [
      [dated, '--pause', '--from', '2018-01-05'],
      '--pause is for a backfill that is open, and stands alone, or with --name; got --from',
    ],
    [[dated, '--pause', '--resume'], 'got --resume as well'],
    [[dated, '--name', ''], 'a name of 0 bytes'],
    [[dated, '--progress'], `no backfill of ${dated} is open`],
  ]
  const ends = await project.runEach(...mistakes.map(([args]) => ['backfill', ...args]))
  for (const [index, [args, expected]] of mistakes.entries()) {
    const end = ends[index]
    expect({ args: args.slice(0, 5), code: end?.code, stdout: end?.stdout }).toEqual({
      args: args.slice(0, 5),
      code: 2,
      stdout: '',
    })
    expect(end?.stderr).toMatch(expected)
    expect(end?.stderr.trimEnd().split('\n')).toHaveLength(1)
  }
})
