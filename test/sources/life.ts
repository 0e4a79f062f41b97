import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PipelineInput } from '../../src/config/schema.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { sensorRuns } from '../harness/sensor-runs.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'
import type { Ground } from './contract.ts'
import { live } from './live.ts'

/**
 * The life of files on a real server of one kind, under a real worker: what a person is promised, from drop to row.
 * `brief`: of a second server of a kind, that it tells versions apart and gives files away as the first one does.
 */
export function sourceLife(kind: string, start: () => Promise<Ground>, { brief = false } = {}): void {
  describe(kind, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await start()
    })
    afterAll(async () => {
      await ground[Symbol.asyncDispose]()
    })

    async function living(options: Partial<PipelineInput> = {}) {
      const place = await ground.place()
      const alive = await live(place.source, options)
      return { place, ...alive, [Symbol.asyncDispose]: () => alive[Symbol.asyncDispose]() }
    }

    test('a file is loaded once; a corrected one replaces its rows; rows of one that is gone stay', async () => {
      await using life = await living()
      const { place, running } = life
      await place.put('stays.csv', prices(9))
      await place.put('a.csv', prices(1, 2))
      expect(await running.outcome('a.csv')).toMatchObject({ status: 'loaded', rows: 2 })
      await place.put('a.csv', prices(3, 4, 5))
      expect(await running.outcome('a.csv', 2)).toMatchObject({ status: 'loaded', rows: 3 })
      await place.remove('a.csv')
      await until('the file to be known as gone', async () =>
        (await running.ledger(false)).find(({ gone_at }) => gone_at !== null),
      )
      expect(await running.sharePrices()).toEqual({ 'a.csv': [3, 4, 5], 'stays.csv': [9] })
      expect(await running.ledgerLines()).toEqual(['a.csv#1 superseded', 'a.csv#2 loaded', 'stays.csv#1 loaded'])
      expect(await said(running)).toEqual([])
    })

    test.each(brief ? (['move'] as const) : (['move', 'delete'] as const))(
      'after its load a file is taken away: %s; a newer one of its name is loaded',
      async (afterLoad) => {
        await using life = await living({ afterLoad })
        const { place, running } = life
        const taken = (sequence: number) =>
          until(`version ${sequence} to be taken away`, async () =>
            (await running.ledger()).find((entry) => entry.sequence === sequence && entry.after_load === 'done'),
          )
        await place.put('a.csv', prices(1))
        await taken(1)
        expect(await place.get('a.csv')).toBeUndefined()
        expect(await place.get('_loaded/a.csv')).toBe(afterLoad === 'move' ? prices(1) : undefined)
        await place.put('a.csv', prices(1, 2))
        await taken(2)
        expect(await place.get('_loaded/a.2.csv')).toBe(afterLoad === 'move' ? prices(1, 2) : undefined)
        expect(await running.sharePrices()).toEqual({ 'a.csv': [1, 2] })
      },
    )

    if (brief) return

    test('after its load a file is tagged, stays, and is owed nothing', async () => {
      const { tags } = await ground.place()
      if (tags === undefined) return
      await using life = await living({ afterLoad: { tag: { tidemark: 'loaded' } } })
      const { place, running } = life
      await place.put('a.csv', prices(1))
      await until('the tag', async () => (await place.tags?.('a.csv'))?.tidemark === 'loaded')
      await until('nothing to be owed', async () => (await running.ledger()).every(({ after_load }) => after_load === null))
      expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded'])
    })

    test('while the server is gone the sensor says so and nothing is removed; when it is back it goes on by itself', async () => {
      if (ground.down === undefined || ground.up === undefined) return
      await using life = await living({ onDeleted: 'remove' })
      const { place, running, becomes } = life
      await place.put('a.csv', prices(1))
      await running.outcome('a.csv')
      await ground.down()
      try {
        await becomes('failing', /can be reached from where the worker runs/)
      } finally {
        await ground.up()
      }
      await place.put('b.csv', prices(2))
      await running.outcome('b.csv')
      await becomes('watching')
      expect(await running.sharePrices()).toEqual({ 'a.csv': [1], 'b.csv': [2] })
      expect(await said(running)).toEqual([])
    })

    test('a worker that starts again loads nothing twice', async () => {
      const place = await ground.place()
      const source = { ...place.source, settle: '500ms' } as const
      await using workspace = await Workspace.create({ source, sensor: { every: '1s' } })
      for (let day = 0; day < 25; day++) await place.put(`d${day}.csv`, prices(day + 1))
      {
        await using running = await Running.start(workspace)
        await running.apply()
        await until('all to be loaded', async () => (await running.ledger()).length === 25)
      }
      await place.put('d7.csv', prices(70, 71))
      await using running = await Running.start(workspace)
      await running.apply()
      await running.outcome('d7.csv', 2)
      expect(await running.ledger()).toHaveLength(26)
      expect(await running.rows('SELECT count(*)::INTEGER AS rows FROM prices')).toEqual([{ rows: 26 }])
    })

    /** Secrets in what went to Temporal's server: the histories of the sensor and of the imports. */
    async function said(running: Running): Promise<string[]> {
      const texts: string[] = [JSON.stringify(await running.ledger())]
      const query = `TidemarkPipeline = '${running.pipeline}'`
      for await (const { workflowId, runId } of running.client.workflow.list({ query }))
        texts.push(JSON.stringify(await running.client.workflow.getHandle(workflowId, runId).fetchHistory()))
      expect((await sensorRuns(running)).length).toBeGreaterThan(0)
      const all = texts.join('\n')
      return ground.secrets.filter(
        (secret) => all.includes(secret) || all.includes(Buffer.from(secret).toString('base64').slice(2, -4)),
      )
    }
  })
}
