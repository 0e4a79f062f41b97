import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { sftp } from '../../../src/config/define.ts'
import { Watcher } from '../../../src/watching/watcher.ts'
import { prices } from '../../harness/prices.ts'
import { until } from '../../harness/until.ts'
import { Watched } from '../../watching/watched.ts'
import { OpensshGround } from './grounds.ts'

const FILES = 3_000
const SWEEPS = 3

let ground: OpensshGround
beforeAll(async () => {
  ground = await OpensshGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('files that keep coming, each told of so that it cuts a turn short, keep no sweep from its end', async () => {
  for (let file = 0; file < FILES; file++) await ground.files.put(`steady/before-${file}.csv`, prices(1))
  const source: ReturnType<typeof sftp> = ground.input('steady', { settle: '1h' }) // there is nothing to do but to look
  await using watched = await Watched.create({ source })
  await using watcher = new Watcher(watched.open, watched.warehouse, 1_000)
  let arriving = true
  let came = 0
  let turn = new AbortController()
  const arrivals = (async () => {
    while (arriving) {
      const name = `new-${came++}.csv`
      await ground.files.put(`steady/${name}`, prices(1))
      watcher.hints.add(name)
      turn.abort()
    }
  })()
  const turns = (async () => {
    while (arriving) {
      turn = new AbortController()
      const { signal } = turn
      await watcher.look({ leaveOut: () => false, alsoPostponed: false, signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  })()
  try {
    for (let sweeps = 0, last = watcher.lastSweep; sweeps < SWEEPS; sweeps++) {
      const before = came
      last = await until('the next sweep', () => watcher.lastSweep !== last && watcher.lastSweep)
      expect(last.files).toBeGreaterThanOrEqual(FILES)
      expect(came).toBeGreaterThan(before)
    }
    expect(watcher.failing).toBeNull()
  } finally {
    arriving = false
    await Promise.all([arrivals, turns])
  }
})
