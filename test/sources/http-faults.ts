import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
import { type Answer, HttpFront } from '../servers/http-front.ts'
import { type Ground, sourceOf } from './contract.ts'
import { listAll } from './folder.ts'
import { live } from './live.ts'
import { patternOf } from './pattern.ts'

const CSV = patternOf('{partition}.csv')
const RETRY_AFTER_S = 2
/** Of a client, soon after each other. */
const MOST_TRIES = 4

interface Words {
  /** As the store has them, without its headers. */
  readonly throttled: Answer
  /** Its client cannot be told to follow no redirection: only what is read without it is held to that. */
  readonly follows?: boolean
}

/** What a store that is spoken to by HTTP may answer, or what may happen to an answer on its way. */
export function sourceHttpFaults(kind: string, start: () => Promise<Ground>, { throttled, follows = false }: Words): void {
  describe(kind, () => {
    let ground: Ground
    let front: HttpFront
    beforeAll(async () => {
      ground = await start()
      front = await HttpFront.to(ground.ports[0] ?? 0)
    })
    beforeEach(() => {
      front.answer = () => undefined
      front.spoils = () => false
    })
    afterAll(async () => {
      await front[Symbol.asyncDispose]()
      await ground[Symbol.asyncDispose]()
    })
    const later: Answer = { ...throttled, headers: { ...throttled.headers, 'retry-after': String(RETRY_AFTER_S) } }

    test('a server that asks for fewer requests is told, left alone for as long as it says, and nothing is removed', async () => {
      const place = await ground.place()
      await place.put('a.csv', prices(1))
      await using alive = await live(place.through(front.host), { onDeleted: 'remove' })
      const { running, becomes } = alive
      await running.outcome('a.csv')
      const before = front.asked.length
      front.answer = () => later
      await becomes('failing', /The server asks for fewer requests; it is tried again later/)
      const isLater = (at: number, index: number, all: readonly number[]) => at - (all[index - 1] ?? at) >= RETRY_AFTER_S * 1_000
      const tries = await until('a try after the pause', () => {
        const found = front.asked.slice(before).findIndex(isLater)
        return found > 0 && found
      })
      expect(tries).toBeLessThanOrEqual(MOST_TRIES)
      front.answer = () => undefined
      await place.put('b.csv', prices(2))
      await running.outcome('b.csv')
      await becomes('watching')
      expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded', 'b.csv#1 loaded'])
    })

    test('a load whose reads are refused for a while is done by itself later, once', async () => {
      const place = await ground.place()
      let refused = 0
      const onStep = (step: string) => {
        if (step === 'looked' && refused === 0) front.answer = () => (++refused > 2 ? undefined : later)
      }
      await place.put('a.csv', prices(1, 2))
      await using alive = await live(place.through(front.host), {}, { onStep })
      const { running, becomes } = alive
      expect(await running.outcome('a.csv')).toMatchObject({ status: 'loaded', rows: 2 })
      expect(refused).toBeGreaterThan(2)
      await becomes('watching')
      expect(await running.sharePrices()).toEqual({ 'a.csv': [1, 2] })
    })

    test('bytes that are damaged on their way are not loaded', async () => {
      const place = await ground.place()
      await place.put('a.csv', prices(1))
      const source = sourceOf(place.through(front.host))
      const [listed] = await listAll(source, CSV)
      if (listed === undefined) throw new Error('expected the file')
      front.spoils = () => true
      const read = async () => Buffer.concat(await (await source.open(listed)).toArray()).toString()
      await expect(read()).rejects.toMatchObject({ code: 'FileUnreadable' })
      front.spoils = () => false
      expect(await read()).toBe(prices(1))
    })

    test('an answer that sends its reader to where a machine is told its secrets is not followed', async () => {
      const place = await ground.place()
      await place.put('a.csv', 'x')
      const source = sourceOf(place.through(front.host))
      const [listed] = await listAll(source, CSV)
      if (listed === undefined) throw new Error('expected the file')
      for (const location of ['http://169.254.169.254/latest/meta-data/', `http://127.0.0.1:${ground.ports[0]}/`]) {
        front.answer = () => ({ status: 307, headers: { location } })
        const byClient = [() => listAll(source, CSV), () => source.stat('a.csv')]
        const asked = [async () => (await source.open(listed)).toArray(), ...(follows ? [] : byClient)].map((ask) =>
          expect(ask()).rejects.toMatchObject({
            code: 'SourceUnavailable',
            message: expect.stringMatching(/got the answer 307\. Correct `source` in the config\.$/),
          }),
        )
        await Promise.all(asked)
      }
    })
  })
}
