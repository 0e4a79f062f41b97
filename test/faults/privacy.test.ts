import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { above, sql } from '../../src/checks/builders.ts'
import { connect } from '../../src/client/connect.ts'
import { partitionId } from '../../src/names.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { endOnServer } from '../cli/clean-up.ts'
import { Project, uniqueName } from '../cli/project.ts'
import { everythingOf, textOf } from '../harness/known-to-server.ts'
import { testServer } from '../harness/server-address.ts'
import { until } from '../harness/until.ts'
import { pipelineInput } from '../harness/workspace.ts'

const TEXT = 'canary-7f3a'
const NUMBER = '73182731'
const DATE = '2077-07-17'
const ROW = `${NUMBER},${TEXT},${DATE}`

/** Each with canaries in its cells, and with another fault. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  good: `n,t,d\n${ROW}\n`,
  'check fails': `n,t,d\n${ROW}\n-${NUMBER},${TEXT},${DATE}\n`,
  'no number': `n,t,d\n${TEXT},${TEXT},${DATE}\n`,
  'too large': `n,t,d\n${NUMBER}${NUMBER},${TEXT},${DATE}\n`,
  'no date': `n,t,d\n${NUMBER},${TEXT},${DATE}x\n`,
  'no header': `${ROW}\n${ROW}\n`,
  'too many fields': `n,t,d\n${ROW},${TEXT}\n`,
  'too few fields': `n,t,d\n${NUMBER},${TEXT}\n`,
  'open quote': `n,t,d\n${NUMBER},"${TEXT},${DATE}\n`,
  'text after a quote': `n,t,d\n${NUMBER},"${TEXT}"${TEXT},${DATE}\n`,
  'not UTF-8': Buffer.concat([Buffer.from(`n,t,d\n${ROW}`), Buffer.from([0xff, 0xfe, 0x0a])]),
  'a zero byte': `n,t,d\n${NUMBER},${TEXT}\0${TEXT},${DATE}\n`,
  'no gzip.csv.gz': `n,t,d\n${ROW}\n`,
}

test('no cell gets out of the warehouse: not to the server, not to a log, not to the terminal', async () => {
  const [files, broken, raising, taken] = ['files', 'broken', 'raising', 'taken'].map(uniqueName)
  if (!files || !broken || !raising || !taken) throw new Error('expected names')
  const pipeline = (folder: string, checks: Parameters<typeof pipelineInput>[0]) => [
    folder,
    pipelineInput({
      source: { kind: 'local', folder, files: '{partition}.{csv,csv.gz}', settle: '100ms' },
      table: folder,
      columns: { n: 'INTEGER', t: 'VARCHAR', d: 'DATE' },
      csv: {},
      checks: [],
      ...checks,
    }),
  ]
  const config = {
    warehouse: { kind: 'duckdb', file: 'warehouse.duckdb' },
    temporal: { taskQueue: files },
    pipelines: Object.fromEntries([
      pipeline(files, { checks: [above('n', 0), above('n', 10 ** 9, { blocking: false })] }),
      pipeline(broken, { checks: [sql('numbers', 'SELECT * FROM rows WHERE CAST(t AS INTEGER) > 0')] }),
      pipeline(raising, { checks: [sql('raised', 'SELECT error(t) FROM rows')] }),
      pipeline(taken, {}),
    ]),
  }
  const address = testServer()
  await using project = await Project.create(`export default ${JSON.stringify(config)}`, { address })
  await mkdir(project.path(files))
  for (const [name, content] of Object.entries(FILES))
    await writeFile(project.path(`${files}/${name.includes('.') ? name : `${name}.csv`}`), content)
  for (const other of [broken, raising, taken]) await project.write(`${other}/day.csv`, `n,t,d\n${ROW}\n${ROW}\n`)
  {
    await using warehouse = duckdbWarehouse({ file: project.path('warehouse.duckdb') })
    await warehouse.query(
      `CREATE TABLE ${taken} (n INTEGER, t VARCHAR UNIQUE, d DATE, _tidemark_partition VARCHAR, _tidemark_file VARCHAR)`,
    )
  }
  const worker = project.start('worker')
  await worker.said('worker on')
  const printed = [await project.run('apply')]

  await using connected = await connect({ address })
  const failures: string[] = []
  for (const other of [broken, raising, taken]) {
    failures.push(await until(`a failure of ${other}`, () => failureOf(connected.client, other)))
  }
  expect(failures).toEqual([
    expect.stringMatching(/^message: check sql\(numbers\) cannot be run: Conversion Error while it read the rows; mend it/),
    expect.stringMatching(/^message: check sql\(raised\) cannot be run: Invalid Input Error while it read the rows; mend it/),
    expect.stringMatching(/^message: .*Constraint Error \(PRIMARY KEY or UNIQUE constraint\); rows break a constraint/),
  ])
  await using warehouse = duckdbWarehouse({ file: project.path('warehouse.duckdb'), patienceMs: 10_000, readOnly: true })
  await until('an outcome of each file', async () => (await warehouse.files(files)).length === Object.keys(FILES).length)
  printed.push(await project.run('status'), await project.run('import', files, 'check fails'))
  worker.interrupt()
  printed.push(await worker.ended)

  const seen = JSON.stringify(printed) + (await readFile(project.path('.tidemark/worker.log'), 'utf8'))
  const known = (await Promise.all([files, broken, raising, taken].map((name) => everythingOf(connected.client, name)))).join(
    '\n',
  )
  expect(leaksIn(`${failures}\n${known}`)).toEqual([])
  expect(leaksIn(seen)).toEqual([])
  for (const text of [known, seen]) expect(text.includes('check above(n, 0) failed for 1 of 2 rows')).toBe(true)
  expect(JSON.stringify(await warehouse.files(files))).toContain(TEXT) // there it may be
  await endOnServer([files, broken, raising, taken])
})

/** The places where a cell is told. */
function leaksIn(text: string): string[] {
  return text.split('\n').filter((line) => [TEXT, NUMBER, DATE].some((cell) => line.includes(cell)))
}

/** How the load that is tried again and again has failed. */
async function failureOf(client: Client, pipeline: string): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(partitionId(pipeline, 'day')).describe()
    const failure = raw.pendingActivities?.[0]?.lastFailure
    return failure ? textOf(failure) : undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined // the sensor has not started it
    throw error
  }
}
