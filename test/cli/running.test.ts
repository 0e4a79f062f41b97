import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { testServer } from '../harness/server-address.ts'
import { endOnServer } from './clean-up.ts'
import { configText, type Ended, Project, pipelineText, type Started, uniqueName } from './project.ts'

/** One worker for all of these: what a person sees and does while it runs. */
const dropped = uniqueName('dropped')
const dated = uniqueName('dated')
const slow = uniqueName('slow')
let project: Project
let up: Started

beforeAll(async () => {
  const dates = "daily({ start: '2018-01-22', end: '2018-01-24' })"
  const yearly = "schedule: { cron: '0 6 1 1 *', lateAfter: '1h', missingAfter: '2h' }"
  const config = configText(
    {
      [dropped]: pipelineText('dropped'),
      [dated]: pipelineText('dated', { partitions: dates, rest: yearly }),
      [slow]: pipelineText('slow', { settle: '1h' }),
    },
    uniqueName('queue'),
  )
  project = await Project.create(config, { address: testServer() })
  await project.write('dropped/good.csv', prices(1, 2))
  await project.write('dropped/zero.csv', prices(1, 0))
  await project.write('dropped/broken.csv', prices(1, 'many'))
  await project.write('dropped/read me.txt', 'no data')
  await project.write('dated/2018-01-22.csv', prices(3))
  await project.write('dated/2018-02-01.csv', prices(4))
  await project.write('slow/growing.csv', prices(5))
  up = project.start('up')
  for (const line of [
    `loaded ${dropped} good: 2 rows from good.csv`,
    `held ${dropped} zero: `,
    `held ${dropped} broken: `,
    `loaded ${dated} 2018-01-22: 1 row from 2018-01-22.csv`,
    `${dropped}: drop a file into ${project.path('dropped')}`,
    'watching; Ctrl-C stops',
  ])
    await up.said(line)
})

afterAll(async () => {
  up.interrupt()
  expect(await up.ended).toMatchObject({ code: 0, stderr: '' })
  await endOnServer([dropped, dated, slow])
  await project[Symbol.asyncDispose]()
})

function json({ stdout }: Ended): unknown {
  return JSON.parse(stdout)
}

test('status: a line a pipeline, what is not well below it, and the same as JSON', async () => {
  const [text, all, one] = await project.runEach(['status'], ['status', '--json'], ['status', dropped, '--json'])
  expect(text).toMatchObject({ code: 1, stderr: '' })
  expect(text?.stdout).toContain(
    `${dropped}: 1 file loaded (2 rows), 2 held, 0 unsettled, 0 retrying, 0 missing; sensor watching\n  held: \`tidemark files ${dropped}\``,
  )
  expect(text?.stdout).toContain('  missing: 2018-01-23, 2018-01-24\n')
  expect(text?.stdout).toContain('  unsettled: growing.csv\n')
  expect(text?.stdout).toContain(
    `\n  2018-01  ${' '.repeat(21)}oMM\n  o loaded 1  M missing 2\n  newest: 2018-01-22, which ended `,
  )
  expect(all && json(all)).toEqual([
    expect.objectContaining({ pipeline: dropped, held: 2 }),
    {
      pipeline: dated,
      loaded: 1,
      rows: 1,
      held: 0,
      ignored: 0,
      unsettled: 0,
      unsettledPaths: [],
      waiting: [],
      retrying: [],
      owed: [],
      missing: ['2018-01-23', '2018-01-24'],
      sourceError: null,
      sensor: null,
      oldestWaiting: null,
      freshness: expect.objectContaining({
        counts: { loaded: 1, held: 0, loading: 0, waiting: 0, late: 0, missing: 2, 'not expected': 0 },
        partitions: { '2018-01-22': 'loaded', '2018-01-23': 'missing', '2018-01-24': 'missing' },
        next: null,
      }),
      backfills: [],
      missedWork: {
        schedule: expect.objectContaining({ paused: false, skippedOverlap: 0, missedCatchup: 0 }),
        gaps: [
          {
            from: '2018-01-23',
            to: '2018-01-24',
            partitions: 2,
            why: 'due before the schedule was made',
            mend: [`npx tidemark backfill ${dated} --from 2018-01-23 --to 2018-01-24`],
          },
        ],
      },
    },
    expect.objectContaining({ pipeline: slow, unsettled: 1, unsettledPaths: ['growing.csv'] }),
  ])
  expect(one && json(one)).toEqual([
    expect.objectContaining({ pipeline: dropped, sensor: expect.objectContaining({ state: 'watching' }) }),
  ])
})

test('files: the ledger as a table, and with the fields of the ledger as JSON', async () => {
  const [table, all, clean] = await project.runEach(
    ['files', dropped],
    ['files', dropped, '--json', '--versions'],
    ['files', dated],
  )
  expect(table).toMatchObject({ code: 1, stderr: '' })
  expect(table?.stdout).toMatch(/^path +version +partition +status +rows +at +why *\n/)
  expect(table?.stdout).toMatch(/^good\.csv +1 +good +loaded +2 /m)
  expect(table?.stdout).toMatch(/^zero\.csv +1 +zero +held .*above\(share_price, 0\)/m)
  const entries = all && json(all)
  expect(entries).toHaveLength(3)
  const [entry] = Array.isArray(entries) ? entries : []
  const fields =
    'pipeline path sequence fingerprint size modified_at partition_key status rows rejected_rows content_hash error checks decision reason decided_at gone_at claim workflow_id run_id code_version first_seen_at settled_at loaded_at decided_by carried_out_at after_load moved_to'
  expect(Object.keys(entry)).toEqual(fields.split(' '))
  expect(clean?.code).toBe(0)
})

test('explain: loaded, held, new, outside, unmatched and unknown files, by either path', async () => {
  const [loaded, onDisk, zero, broken, growing, outside, unmatched, unknown] = await project.runEach(
    ['explain', 'good.csv'],
    ['explain', project.path('dropped/good.csv'), '--json'],
    ['explain', 'dropped/zero.csv'],
    ['explain', 'dropped/broken.csv'],
    ['explain', 'slow/growing.csv'],
    ['explain', 'dated/2018-02-01.csv'],
    ['explain', 'dropped/read me.txt'],
    ['explain', 'dropped/nowhere.csv'],
  )
  expect(loaded).toMatchObject({ code: 0, stderr: '' })
  expect(loaded?.stdout).toMatch(
    new RegExp(`^good\\.csv in ${dropped}\\n  pattern    \\{partition\\}\\.csv matches\\n  partition  good\\n`),
  )
  expect(loaded?.stdout).toMatch(/^ {2}version 1 +loaded, 2 rows \(20[0-9TZ:.-]+\)$/m)
  expect(loaded?.stdout).toContain('  now        nothing: it is up to date\n')
  expect(onDisk && json(onDisk)).toEqual([
    {
      pipeline: dropped,
      path: 'good.csv',
      inTable: true,
      steps: expect.arrayContaining([{ step: 'partition', text: 'good', at: null }]),
    },
  ])
  expect(zero).toMatchObject({ code: 1, stderr: '' })
  expect(zero?.stdout).toMatch(/^ {2}check +above\(share_price, 0\): 1 row failed, such as \{.*"share_price":0/m)
  expect(zero?.stdout).toContain('nothing: this version is held; a corrected file is loaded when it comes')
  expect(broken?.stdout).toMatch(/^ {2}rejected +line 3, column share_price: .*many/m)
  expect(growing?.stdout).toContain('  now        new: the sensor loads it once it is unchanged for 3600 s\n')
  expect(outside?.stdout).toContain('2018-02-01 is after the last partition, 2018-01-24')
  expect(unmatched?.stdout).toContain('nothing: only files that match {partition}.csv are loaded')
  expect([zero, broken, growing, outside, unmatched].map((end) => end?.code)).toEqual([1, 1, 1, 1, 1])
  expect(unknown).toMatchObject({ code: 2, stdout: '' })
  expect(unknown?.stderr).toContain('no pipeline has, or had, a file "dropped/nowhere.csv"; the sources are ')
})

test('audit: clean with what is held beside it, or each finding with its mend', async () => {
  const [clean, asJson, missing, slowJson] = await project.runEach(
    ['audit', dropped],
    ['audit', dropped, '--json'],
    ['audit', slow],
    ['audit', slow, '--json'],
  )
  expect(clean).toMatchObject({ code: 0, stderr: '' })
  expect(clean?.stdout).toMatch(
    /^held broken\.csv: version 1: .*\nheld zero\.csv: version 1: check above\(share_price, 0\) failed/,
  )
  expect(clean?.stdout).toContain(`${dropped}: clean: 1 file, 2 rows\n`)
  expect(asJson && json(asJson)).toMatchObject({ pipeline: dropped, files: 1, rows: 2, gone: 0, findings: [], clean: true })
  expect(missing).toEqual({
    code: 1,
    stdout:
      'missing growing.csv: it is in the source and has not been loaded\n' +
      `  \`tidemark explain growing.csv\` says what it waits for; if for nothing, \`tidemark import ${slow} growing\` loads it\n` +
      `${slow}: 1 finding in 0 files, 0 rows\n`,
    stderr: '',
  })
  expect(slowJson?.code).toBe(1)
  const finding = { kind: 'missing', path: 'growing.csv', what: expect.any(String), mend: expect.any(String) }
  expect(slowJson && json(slowJson)).toMatchObject({ clean: false, findings: [finding] })
})

test('import: what the partition is then', async () => {
  const [loaded, held, nothing, asJson, noDay, outside] = await project.runEach(
    ['import', dropped, 'good'],
    ['import', dropped, 'zero'],
    ['import', dropped, 'nowhere'],
    ['import', dropped, 'good', '--json'],
    ['import', dated, '2018-02-30'],
    ['import', dated, '2018-02-01'],
  )
  expect(loaded).toEqual({ code: 0, stdout: `${dropped} good: loaded, 2 rows of 1 file\n`, stderr: '' })
  expect(held).toMatchObject({ code: 1, stderr: '' })
  expect(held?.stdout).toMatch(new RegExp(`^${dropped} zero: held, .*above`))
  expect(nothing).toEqual({ code: 1, stdout: `${dropped} nowhere: nothing, no file for it in the source\n`, stderr: '' })
  expect(asJson && json(asJson)).toEqual({
    pipeline: dropped,
    partition: 'good',
    state: 'loaded',
    files: 1,
    rows: 2,
    newlyHeld: 0,
  })
  for (const end of [noDay, outside]) expect(end).toMatchObject({ code: 2, stdout: '' })
  expect(noDay?.stderr).toContain('"2018-02-30" is no key of these daily partitions; expected yyyy-MM-dd, such as 2018-01-22')
  expect(outside?.stderr).toContain('2018-02-01 is after the last partition, 2018-01-24')
})

test('sensor: paused, it looks at nothing; resumed, it goes on', async () => {
  const [before, pause, paused, asJson] = await project.runEach(
    ['sensor', 'status', slow],
    ['sensor', 'pause', slow],
    ['sensor', 'status', slow],
    ['sensor', 'status', slow, '--json'],
  )
  expect(before?.stdout).toMatch(
    new RegExp(`^${slow}: watching; last sweep 20[0-9TZ:.-]+; 1 file not settled; 0 imports in flight\n$`),
  )
  expect(pause).toEqual({ code: 0, stdout: `${slow}: paused\n`, stderr: '' })
  // It knows of the file no more: it looks at nothing.
  expect(paused?.stdout).toMatch(new RegExp(`^${slow}: paused; last sweep (20[0-9TZ:.-]+|not known); 0 imports in flight\n$`))
  expect(asJson && json(asJson)).toMatchObject({ state: 'paused', unsettled: 0, inFlight: 0, failing: null })
  const [resume, poll, watching, none] = await project.runEach(
    ['sensor', 'resume', slow],
    ['sensor', 'poll', slow],
    ['sensor', 'status', slow],
    ['sensor', 'pause', dated],
  )
  expect(resume?.stdout).toBe(`${slow}: resumed\n`)
  expect(poll?.stdout).toBe(`${slow}: looking\n`)
  expect(watching).toMatchObject({ code: 0, stdout: expect.stringContaining(`${slow}: watching`) })
  expect(none).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('give the pipeline a sensor in the config') })
})

test('query: a table, or JSON, while the worker runs; it cannot write', async () => {
  const [table, rows, bad, write] = await project.runEach(
    ['query', 'SELECT share_price, _tidemark_file FROM dropped ORDER BY 1'],
    ['query', '--json', 'SELECT share_price, _tidemark_file FROM dropped ORDER BY 1'],
    ['query', 'SELECT nothing FROM nowhere'],
    ['query', 'DELETE FROM dropped'],
  )
  expect(table?.stdout.split('\n').map((line) => line.trim())).toEqual([
    'share_price  _tidemark_file',
    '1            good.csv',
    '2            good.csv',
    '',
  ])
  expect(rows && json(rows)).toEqual([
    { share_price: 1, _tidemark_file: 'good.csv' },
    { share_price: 2, _tidemark_file: 'good.csv' },
  ])
  expect(bad).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Table with name nowhere does not exist') })
  expect(write).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('read-only') })
})

test('doctor: all is well', async () => {
  const [text, findings] = await project.runEach(['doctor'], ['doctor', '--json'])
  expect(text).toMatchObject({ code: 0, stderr: '' })
  expect(text?.stdout).toMatch(/^ok {2}Temporal: answers at /)
  expect(text?.stdout).toContain(
    `source of ${dated}: ${project.path('dated')}: 2 files match {partition}.csv, 1 of them outside of the partitions`,
  )
  const names = [
    'Temporal',
    'namespace',
    'search attributes',
    'worker',
    'warehouse',
    ...[dropped, dated, slow].map((name) => `source of ${name}`),
  ]
  expect(findings && json(findings)).toEqual(names.map((what) => ({ what, well: true, text: expect.any(String) })))
})

test('a second `up` of the same config says who runs', async () => {
  const second = await project.run('up')
  expect(second).toMatchObject({ code: 2, stdout: '' })
  expect(second.stderr).toContain(`tidemark is already up for ${project.path('.tidemark')} (pid ${up.pid}, since `)
  expect(second.stderr).toContain(`\`kill ${up.pid}\``)
})
