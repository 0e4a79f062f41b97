import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { above, sql } from '../../src/checks/builders.ts'
import { stageFiles } from '../../src/staging/stage-files.ts'
import { until } from '../harness/until.ts'
import { Bench, listed, pipelineOf } from './staging-folder.ts'

const CONTENT = 'a,b\nx,1\ny,2\n'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

test('ends at once when it is aborted during a long check', async () => {
  const controller = new AbortController()
  const checks = [sql('endless', 'SELECT * FROM range(1000000000) a, range(1000000) b WHERE a.range + b.range = -1')]
  await bench.put('file.csv', CONTENT)
  const folder = await bench.emptyFolder()
  const staged = stageFiles({
    pipeline: pipelineOf({ checks }),
    source: bench.source,
    files: [{ listed: listed('file.csv'), key: 'k' }],
    folder,
    signal: controller.signal,
  })
  const ended = expect(staged).rejects.toThrow('enough')
  await until('the rows that are checked', async () => (await readdir(folder)).some((name) => name.endsWith('.parquet')))
  controller.abort(new Error('enough'))
  await ended
})

test('holds what fails a blocking check, and says in how many rows', async () => {
  const checks = [above('b', 1), above('b', 5), above('b', 9, { blocking: false })]
  expect(await bench.stageOne(CONTENT, { checks })).toMatchObject({
    verdict: 'held',
    reason: 'check above(b, 1) failed for 1 of 2 rows; check above(b, 5) failed for 2 of 2 rows',
    checks: [
      { check: 'above(b, 1)', failed: 1, sample: [{ a: 'x', b: '1' }] },
      { check: 'above(b, 5)', failed: 2 },
      { check: 'above(b, 9)', failed: 2, blocking: false },
    ],
  })
  const recorded = await bench.stageOne(CONTENT, { checks: checks.slice(2) })
  expect(recorded).toMatchObject({ verdict: 'good', checks: [{ passed: false, failed: 2, blocking: false }] })
})

test('keeps a check from reading other files', async () => {
  for (const query of [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('../*')",
    "SELECT * FROM 'https://example.com/x.csv'",
  ]) {
    const staged = await bench.stageOne(CONTENT, { checks: [sql('nosy', query)] })
    expect(staged).toMatchObject({ verdict: 'unreadable', error: { code: 'CheckBroken' } })
  }
})
