import { appendFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { explained } from '../harness/explained.ts'
import { HEADER } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

const SETTLE_MS = 1_000
/** Time enough for a load that would not wait, and far below `settle`, so that a busy machine does not make a pause of it. */
const BETWEEN_PIECES_MS = 300
const ROW = '"2018/09/10",1,33597290,8895553.11,-1.38,3.12\n'

/** Appends a piece at a time until it may end, then the last one. */
async function writeSlowly(path: string, pieces: readonly string[], mayEnd: () => boolean, last: string): Promise<number> {
  await appendFile(path, `${HEADER}\n`)
  let rounds = 0
  while (!mayEnd()) {
    for (const piece of pieces) {
      await appendFile(path, piece)
      await delay(BETWEEN_PIECES_MS)
    }
    rounds += 1
  }
  await appendFile(path, last)
  return rounds
}

test('the sensor waits until a file that grows row by row is whole, though each look finds a readable file', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: `${SETTLE_MS}ms` }),
  })
  await using running = await Running.start(workspace)
  await running.apply()
  const end = performance.now() + 2 * SETTLE_MS
  const rounds = await writeSlowly(workspace.path('day.csv'), [ROW], () => performance.now() >= end, ROW)
  expect(await running.ledger()).toEqual([])
  expect(await explained(running, 'day.csv')).toContain('now: new: the sensor loads it once it is unchanged for 1 s')
  expect(await running.outcome('day.csv')).toMatchObject({ status: 'loaded', rows: rounds + 1 })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
})

test('an import that a person asks for answers `waiting` for a file that is being written, cut in mid-row, and loads it whole after', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: `${SETTLE_MS}ms` }),
  })
  await using running = await Running.start(workspace)
  let answered = false
  const rounds = writeSlowly(workspace.path('day.csv'), [ROW.slice(0, 20), ROW.slice(20)], () => answered, ROW.slice(0, -1))
  try {
    expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'waiting', rows: 0 })
  } finally {
    answered = true
  }
  const rows = (await rounds) + 1
  expect(await running.ledger()).toEqual([])
  expect(await running.tidemark.importPartition(running.pipeline, 'day')).toMatchObject({ state: 'loaded', rows })
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded'])
})
