import { expect, test } from '@jest/globals'
import type { What } from '../../src/warehouse/news.ts'
import { Loads } from './staged-outcomes.ts'

/** Who tells, for a pipeline and a partition or all of them. */
function telling({ warehouse, pipeline }: Loads, partition?: string, alsoGone = false) {
  let tokens = 0
  const scope = { pipeline: pipeline.name, partition, alsoGone }
  return {
    untold: () => warehouse.untold(scope),
    take: (what: What, token = `token-${++tokens}`, reason = '') =>
      warehouse.takeNews({
        ...scope,
        news: { pipeline: pipeline.name, what, reason, ...(partition && { partition }) },
        token,
      }),
  }
}

test('a held version is told once, a newer one again, and then that it is well, with the file and the reason', async () => {
  await using loads = await Loads.create()
  const { take, untold } = telling(loads, 'day')
  await loads.load(loads.held('day', 'no header'))
  await loads.load(loads.held('other', 'no header'))
  expect(await untold()).toEqual({ held: 1, recovered: 0, gone: 0 })
  expect(await take('held')).toEqual({
    pipeline: loads.pipeline.name,
    partition: 'day',
    what: 'held',
    reason: 'day.csv: no header',
  })
  expect(await take('held')).toBeUndefined()
  await loads.load(loads.held('day', 'no rows'))
  expect(await take('held')).toMatchObject({ reason: 'day.csv: no rows' })
  expect(await take('recovered')).toBeUndefined()
  await loads.load(await loads.good('day', 'SELECT 1 AS n'))
  expect(await untold()).toEqual({ held: 0, recovered: 1, gone: 0 })
  expect(await take('recovered')).toMatchObject({ partition: 'day', reason: 'day.csv: loaded' })
  expect(await untold()).toEqual({ held: 0, recovered: 0, gone: 0 })
})

test('who takes news and dies gets the same news again, until the telling has ended; nobody else does', async () => {
  await using loads = await Loads.create()
  const { take } = telling(loads)
  await loads.load(loads.held('a', 'no header'))
  const first = await take('held', 'mine')
  await loads.load(loads.held('b', 'no header'))
  expect(await take('held', 'mine')).toEqual(first)
  expect(await take('held', 'another')).toMatchObject({ partition: 'b' })
  await loads.warehouse.endTelling(loads.pipeline.name, 'mine')
  expect(await take('held', 'mine')).toBeUndefined()
})

test('many are one piece of news, with their number and the first reasons', async () => {
  await using loads = await Loads.create()
  const { take } = telling(loads)
  await loads.load(...Array.from({ length: 30 }, (_, n) => loads.held(`day-${n}`, `${'long '.repeat(1_000)}`)))
  const news = await take('held')
  expect(news).toMatchObject({ count: 30 })
  expect(news?.partition).toBeUndefined()
  expect(news?.reason.split('\n')).toHaveLength(5)
  expect(news?.reason.length).toBeLessThan(6_000)
})

test('a name with a line end in it makes one reason look like two to nobody', async () => {
  await using loads = await Loads.create()
  const { take } = telling(loads)
  await loads.load(loads.held('a\nb', 'no header'), loads.held('c', 'no rows'))
  expect(await take('held')).toMatchObject({ count: 2, reason: 'a\\nb.csv: no header\nc.csv: no rows' })
})

test('late, then missing, each once, and recovered when the partition is loaded', async () => {
  await using loads = await Loads.create()
  const { take, untold } = telling(loads, 'day')
  expect(await take('late', 'tick', 'no file yet')).toMatchObject({ what: 'late', partition: 'day', reason: 'no file yet' })
  expect(await take('late')).toBeUndefined()
  expect(await take('missing')).toMatchObject({ what: 'missing' })
  expect(await take('missing')).toBeUndefined()
  expect(await take('late')).toBeUndefined()
  expect(await untold()).toEqual({ held: 0, recovered: 0, gone: 0 })
  await loads.load(await loads.good('day', 'SELECT 1 AS n'))
  expect(await take('recovered')).toMatchObject({ partition: 'day', reason: 'partition day: loaded' })
  expect(await take('late')).toMatchObject({ what: 'late' })
})

test('a file that is gone is told where that is asked for, and when it is back; a held one that is gone has not recovered', async () => {
  await using loads = await Loads.create()
  const { take, untold } = telling(loads, 'day', true)
  await loads.load(await loads.good('day', 'SELECT 1 AS n'), { ...loads.held('day', 'no header'), listed: held.listed })
  await take('held')
  await loads.warehouse.query('UPDATE tidemark.files SET gone_at = now()')
  expect(await telling(loads, 'day').untold()).toEqual({ held: 0, recovered: 0, gone: 0 })
  expect(await untold()).toEqual({ held: 0, recovered: 0, gone: 2 })
  expect(await take('gone')).toMatchObject({ count: 2 })
  expect(await untold()).toEqual({ held: 0, recovered: 0, gone: 0 })
  await loads.load(await loads.good('day', 'SELECT 2 AS n'))
  expect(await take('recovered')).toMatchObject({ reason: 'day.csv: loaded' })
})

const held = {
  listed: { path: 'held.csv', fingerprint: 'held', size: 1, modifiedAt: new Date('2026-01-02T03:04:05Z') },
}
