import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { sql } from '../../src/checks/builders.ts'
import type { Pipeline } from '../../src/config/pipeline.ts'
import { stageApart } from '../../src/staging/stage-apart.ts'
import type { Staged } from '../../src/staging/staged.ts'
import { nodeOptions } from '../harness/node-options.ts'
import { until } from '../harness/until.ts'
import { Bench, listed, pipelineOf, rowsOf, type Settings } from './staging-folder.ts'

const CONTENT = 'a,b\nx,1\n'

function pipelineIn(bench: Bench, settings: Settings = {}): Pipeline {
  const pipeline = pipelineOf(settings)
  const { files, settleMs, identity, done, manifest } = pipeline.source
  return {
    ...pipeline,
    source: { kind: 'local', folder: join(bench.folder, 'source'), files, settleMs, identity, done, manifest },
  }
}

async function stage(bench: Bench, paths: readonly string[], settings?: Settings): Promise<readonly Staged[]> {
  const files = paths.map((path) => ({ listed: listed(path), key: 'k' }))
  const folder = await bench.emptyFolder()
  return stageApart({ pipeline: pipelineIn(bench, settings), files, folder, signal: new AbortController().signal })
}

test('a file whose process dies three times is held; those before and after it are judged as ever', async () => {
  await using bench = await Bench.create()
  await bench.put('first.csv', CONTENT)
  await bench.put('deadly.csv', CONTENT)
  await bench.put('bad.csv', 'a,b\nx,y\n')
  using _ = nodeOptions(`--require ${fileURLToPath(new URL('dies-of-it.cjs', import.meta.url))}`)
  const staged = await stage(bench, ['first.csv', 'deadly.csv', 'gone.csv', 'bad.csv', 'first.csv'])
  expect(staged).toMatchObject([
    { verdict: 'good', path: 'first.csv', rows: 1 },
    { verdict: 'held', path: 'deadly.csv', reason: 'reading it killed the reading process 3 times (SIGKILL)' },
    { verdict: 'unreadable', error: { code: 'FileUnreadable', retryable: true } },
    { verdict: 'held', rejected: [{ line: 2, column: 'b' }] },
    { verdict: 'good' },
  ])
  for (const index of [0, 4]) expect(staged[index] && (await rowsOf(staged[index]))).toEqual([['x', '1']])
})

test('a process that cannot even start is no fault of the file', async () => {
  await using bench = await Bench.create()
  using _ = nodeOptions('--require /nowhere/at-all.cjs')
  await expect(stage(bench, ['first.csv'])).rejects.toMatchObject({ code: 'StagingFailed' })
})

test('what is wrong with the config or the machine is said as without a process of its own; an abort ends it', async () => {
  await using bench = await Bench.create()
  await bench.put('a.csv', CONTENT)
  const nosy = [sql('nosy', "SELECT * FROM read_text('/etc/passwd')")]
  expect(await stage(bench, ['a.csv'], { checks: nosy })).toMatchObject([
    { verdict: 'unreadable', error: { code: 'CheckBroken' } },
  ])

  const controller = new AbortController()
  const checks = [sql('endless', 'SELECT * FROM range(1000000000) a, range(1000000) b WHERE a.range + b.range = -1')]
  const folder = await bench.emptyFolder()
  const files = [{ listed: listed('a.csv'), key: 'k' }]
  const staged = stageApart({ pipeline: pipelineIn(bench, { checks }), files, folder, signal: controller.signal })
  const ended = expect(staged).rejects.toThrow('enough')
  await until('the rows that are checked', async () =>
    (await readdir(join(folder, 'apart-0')).catch(() => [])).some((name) => name.endsWith('.parquet')),
  )
  controller.abort(new Error('enough'))
  await ended
})
