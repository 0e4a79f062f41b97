import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
import { Line } from '../servers/toxiproxy.ts'
import type { Ground, Place } from './contract.ts'
import { type Live, live } from './live.ts'

const OUT_OF_REACH = /can be reached from where the worker runs/
const UNKNOWN = /not know these credentials|got a refused login|Correct the account's key/
/** Some megabytes, so that a cut finds it under way. */
const MANY_ROWS = 100_000

const FAULTS = ['line', 'credentials', 'file'] as const

/**
 * What goes wrong with a real server of one kind, under a real worker: what is told, what is left alone, and that all goes on by itself.
 * `which`: of a second server of a kind, what is done in another way than with the first.
 */
export function sourceFaults(
  kind: string,
  start: () => Promise<Ground>,
  which: readonly (typeof FAULTS)[number][] = FAULTS,
): void {
  const when = (fault: (typeof FAULTS)[number]) => (which.includes(fault) ? test : (): void => undefined)
  describe(kind, () => {
    let ground: Ground
    let line: Line
    beforeAll(async () => {
      ground = await start()
      line = await Line.to(ground.ports)
    })
    afterAll(async () => {
      await line[Symbol.asyncDispose]()
      await ground[Symbol.asyncDispose]()
    })

    when('line')(
      'a line that is cut, slow, or down: told, nothing is removed, nothing is half loaded, and all goes on',
      async () => {
        const place = await ground.place()
        for (const name of ['a', 'z']) await place.put(`${name}.csv`, prices(1))
        for (let other = 0; other < 200; other++) await place.put(`between-${other}.txt`, 'x')
        await using alive = await live(place.through(line.host), { onDeleted: 'remove' })
        const { running, becomes } = alive
        for (const name of ['a', 'z']) await running.outcome(`${name}.csv`)

        await line.cutAfter(2_000) // in the middle of a listing
        await becomes('failing', /^Expected to /)
        await place.put('b.csv', prices(2))
        await line.heal()
        await running.outcome('b.csv')
        await becomes('watching')

        await line.slow({ latency: 100, rate: 500 })
        await place.put('slow.csv', prices(3))
        await running.outcome('slow.csv')

        await line.heal()
        await line.cutAfter(2_000_000)
        await place.put('big.csv', prices(1) + `${prices(2).split('\n')[1]}\n`.repeat(MANY_ROWS - 1))
        expect(await running.outcome('big.csv')).toMatchObject({ status: 'loaded', rows: MANY_ROWS })

        await line.heal()
        await line.down()
        await becomes('failing', OUT_OF_REACH)
        await line.heal()
        await place.put('c.csv', prices(4))
        await running.outcome('c.csv')
        await becomes('watching')
        await nothingIsLost(alive, place, ['a', 'b', 'big', 'c', 'slow', 'z'])
      },
    )

    when('credentials')(
      'credentials that are refused, from the start or in the middle of a run: told, nothing is removed, and all goes on',
      async () => {
        const place = await ground.place()
        await place.put('a.csv', prices(1))
        await ground.lockOut?.()
        await using alive = await live(place.source, { onDeleted: 'remove' })
        const { running, becomes } = alive
        const toldAndLetIn = () => becomes('failing', UNKNOWN).finally(() => ground.letIn?.())
        await toldAndLetIn()
        await running.outcome('a.csv')
        await becomes('watching')

        await ground.lockOut?.()
        await toldAndLetIn()
        await place.put('b.csv', prices(2))
        await running.outcome('b.csv')
        await becomes('watching')
        await nothingIsLost(alive, place, ['a', 'b'])
      },
    )

    when('file')(
      'a file that goes between its listing and its reading leaves no trace, and is loaded when it is back',
      async () => {
        const place = await ground.place()
        let taken = 0
        const onStep = async (step: string) => {
          if (step === 'looked' && taken++ === 0) await place.remove('a.csv')
        }
        await place.put('a.csv', prices(1))
        await using alive = await live(place.source, {}, { onStep })
        const { running, becomes } = alive
        await until('a load of it', () => taken > 0)
        await place.put('b.csv', prices(2))
        await running.outcome('b.csv')
        await becomes('watching')
        await nothingIsLost(alive, place, ['b'])
        await place.put('a.csv', prices(3, 4))
        await running.outcome('a.csv')
        await nothingIsLost(alive, place, ['a', 'b'])
      },
    )
  })
}

/** The table has all rows of these files, each once; the ledger says the same, and knows of none that is gone. */
async function nothingIsLost({ running }: Live, place: Place, names: readonly string[]): Promise<void> {
  expect(await running.ledgerLines()).toEqual(names.map((name) => `${name}.csv#1 loaded`))
  expect((await running.ledger()).filter(({ gone_at }) => gone_at !== null)).toEqual([])
  const rows = await running.rows(
    'SELECT _tidemark_file AS file, count(*)::INTEGER AS rows FROM prices GROUP BY ALL ORDER BY ALL',
  )
  const expected = await Promise.all(
    names.map(async (name) => ({ file: `${name}.csv`, rows: ((await place.get(`${name}.csv`)) ?? '').split('\n').length - 2 })),
  )
  expect(rows).toEqual(expected)
}
