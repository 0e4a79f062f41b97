import { expect, test } from '@jest/globals'
import { Loads, RUN } from './staged-outcomes.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

test('an entry has the fields that `files --json` promises, by name, type and order', async () => {
  await using loads = await Loads.create()
  const { claim } = await loads.claim(['a', 'b'])
  await loads.warehouse.publish(
    loads.publication(claim, [await loads.good('a', 'SELECT unnest([1, 2]) AS n'), loads.held('b', 'bad rows')]),
  )
  const [loaded, held] = await loads.warehouse.files(loads.pipeline.name)
  expect(JSON.parse(JSON.stringify(loaded))).toEqual({
    pipeline: loads.pipeline.name,
    path: 'a.csv',
    sequence: 1,
    fingerprint: expect.any(String),
    size: 10,
    modified_at: '2026-01-02T03:04:05.678Z',
    partition_key: 'a',
    status: 'loaded',
    rows: 2,
    rejected_rows: 0,
    content_hash: expect.any(String),
    error: null,
    checks: [{ check: 'above(n, 0)', blocking: true, passed: true, failed: 0, sample: [] }],
    decision: null,
    reason: null,
    decided_at: null,
    gone_at: null,
    claim,
    workflow_id: RUN.workflowId,
    run_id: RUN.runId,
    code_version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    first_seen_at: '2026-01-02T03:04:06.000Z',
    settled_at: '2026-01-02T03:04:08.000Z',
    loaded_at: expect.stringMatching(TIME),
    decided_by: null,
    carried_out_at: null,
    after_load: null,
    moved_to: null,
  })
  expect(Object.keys(loaded ?? {}).join()).toBe(
    'pipeline,path,sequence,fingerprint,size,modified_at,partition_key,status,rows,rejected_rows,content_hash,error,checks,decision,' +
      'reason,decided_at,gone_at,claim,workflow_id,run_id,code_version,first_seen_at,settled_at,loaded_at,decided_by,carried_out_at,after_load,moved_to',
  )
  expect(held).toMatchObject({ status: 'held', rows: null, rejected_rows: 1, error: 'bad rows', loaded_at: null })
})

test('the newest version of each path, all versions, those of a path, and those of a partition', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('p', 'SELECT 1 AS n', 'a'), await loads.good('p', 'SELECT 1 AS n', 'b'))
  await loads.load(await loads.good('q', 'SELECT 1 AS n', 'b'), await loads.good('q', 'SELECT 1 AS n', "it's"))
  const lines = async (query: Parameters<typeof loads.warehouse.files>[1]) =>
    (await loads.warehouse.files(loads.pipeline.name, query)).map(({ path, sequence }) => `${path}#${sequence}`)
  expect(await lines({})).toEqual(['a#1', 'b#2', "it's#1"])
  expect(await lines({ versions: true })).toEqual(['a#1', 'b#1', 'b#2', "it's#1"])
  expect(await lines({ path: 'b', versions: true })).toEqual(['b#1', 'b#2'])
  expect(await lines({ path: "it's" })).toEqual(["it's#1"])
  expect(await lines({ key: 'p' })).toEqual(['a#1']) // where the newest version of b belongs is q
  expect(await lines({ path: 'none' })).toEqual([])
  expect(await loads.warehouse.files('another')).toEqual([])
})

test('counts are of what is in the table, and of what is held by its newest version', async () => {
  await using loads = await Loads.create()
  expect(await loads.warehouse.counts(loads.pipeline.name)).toEqual({ loaded: 0, held: 0, ignored: 0, rows: 0 })
  await loads.load(
    await loads.good('a', 'SELECT unnest([1, 2]) AS n'),
    await loads.good('b', 'SELECT 1 AS n'),
    loads.held('c', 'bad'),
  )
  await loads.load(loads.held('b', 'bad'))
  await loads.load(loads.same('a'))
  expect(await loads.warehouse.counts(loads.pipeline.name)).toEqual({ loaded: 2, held: 2, ignored: 0, rows: 3 }) // b is both: its old rows stay
  await loads.load(await loads.good('b', 'SELECT 4 AS n'))
  expect(await loads.warehouse.counts(loads.pipeline.name)).toMatchObject({ loaded: 2, held: 1, rows: 3 })
})

test('rejected rows are kept by version, with the text as it is in the file', async () => {
  await using loads = await Loads.create()
  const texts = ['"a\u0000", \ufffd', '{"x": [1]} \\u0041 \t\n']
  for (const text of texts) await loads.load(loads.held('day', 'bad', text))
  for (const [index, text] of texts.entries()) {
    expect(await loads.warehouse.rejected(loads.pipeline.name, 'day.csv', index + 1)).toEqual([
      { line: 2, column: 'n', error: 'not a number', text },
    ])
  }
})
