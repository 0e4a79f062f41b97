import { expect, test } from '@jest/globals'
import { readImportProgress } from '../../src/client/import-progress.ts'
import { localFolder } from '../../src/config/define.ts'
import { Reading } from '../../src/loading/reading.ts'
import { HoldUp } from '../harness/hold-up.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

test('who waits for an import sees how many of its files and bytes are read', async () => {
  const source = localFolder('source', { files: '{partition}/*.csv', settle: '20ms' })
  await using workspace = await Workspace.create({ source })
  const texts = [prices(1), prices(2, 3), prices(0)] // the last one is held
  for (const [index, text] of texts.entries()) await workspace.drop(`jan/${index}.csv`, text)
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const { client, pipeline, tidemark } = running
  const of = { pipeline, partition: 'jan' }
  const ended = tidemark.importPartition(pipeline, 'jan').catch((error: unknown) => error) // what is held fails its run
  const reading = await until('the reading to be told', async () => {
    const step = await readImportProgress(client, of)
    return step !== undefined && 'files' in step && step
  })
  const bytes = texts.join('').length
  expect(reading).toMatchObject({ files: 3, done: 2, held: 1, failed: 0, bytes, bytesRead: bytes })
  expect(reading.workedMs).toBeGreaterThan(0)
  loads.open()
  expect(await ended).toMatchObject({ name: 'WorkflowFailedError' })
  expect(await readImportProgress(client, of)).toBeUndefined()
})

test('before it has begun there is nothing to tell; then each file counts as what it came to', () => {
  const reading = new Reading()
  expect(reading.progress).toBeUndefined()
  reading.begin([{ size: 10 }, { size: 20 }, { size: 0 }, { size: 5 }])
  reading.read(10)
  for (const verdict of ['good', 'same', 'held', 'unreadable'] as const) reading.staged({ verdict })
  expect(reading.progress).toMatchObject({ files: 4, done: 2, held: 1, failed: 1, bytes: 35, bytesRead: 10 })
})
