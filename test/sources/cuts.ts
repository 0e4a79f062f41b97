import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pMap from 'p-map'
import { Line } from '../servers/toxiproxy.ts'
import { type Ground, sourceOf } from './contract.ts'
import { listAll, pathsOf } from './folder.ts'
import { patternOf } from './pattern.ts'

const CSV = patternOf('{partition}.csv')
const MEGABYTE = 2 ** 20

/** A line that breaks, between a source and a real server of it. */
export function sourceCuts(kind: string, start: () => Promise<Ground>): void {
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

    test('a download that is cut goes on where it was, and has all bytes', async () => {
      const place = await ground.place()
      const bytes = randomBytes(5 * MEGABYTE)
      await place.put('big.csv', bytes)
      const source = sourceOf(place.through(line.host))
      const [listed] = await listAll(source, CSV)
      if (listed === undefined) throw new Error('expected the file')
      await line.cutAfter(1.5 * MEGABYTE) // so that no less than four connections can bring all of it
      try {
        const read = Buffer.concat(await (await source.open(listed)).toArray())
        expect(read.equals(bytes)).toBe(true)
      } finally {
        await line.heal()
      }
    })

    test('a line on which nothing comes through makes a file unreadable, after some tries', async () => {
      const place = await ground.place()
      await place.put('a.csv', randomBytes(MEGABYTE))
      const source = sourceOf(place.through(line.host))
      const [listed] = await listAll(source, CSV)
      if (listed === undefined) throw new Error('expected the file')
      await line.heal()
      await line.cutAfter(0)
      try {
        const read = async () => (await source.open(listed)).toArray()
        await Promise.all([
          expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^(FileUnreadable|SourceUnavailable)$/) }),
          expect(listAll(source, CSV)).rejects.toMatchObject({ code: 'SourceUnavailable' }),
          expect(source.stat('none.csv')).rejects.toMatchObject({ code: 'SourceUnavailable' }),
        ])
      } finally {
        await line.heal()
      }
      expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
    })

    test('a listing that is cut in the middle is an error or whole, never short', async () => {
      const place = await ground.place()
      const names = Array.from({ length: 1_500 }, (_, index) => `${String(index).padStart(5, '0')}.csv`)
      await pMap(names, (name) => place.put(name, 'x'), { concurrency: 16 })
      const source = sourceOf(place.through(line.host))
      expect((await pathsOf(source, CSV)).length).toBe(1_500)
      let broken = 0
      for (const bytes of [2_000, 20_000, 60_000, 200_000]) {
        await line.heal()
        await line.cutAfter(bytes)
        const found = await pathsOf(source, CSV).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'SourceUnavailable' })
          broken += 1
          return names
        })
        expect(found).toHaveLength(1_500)
      }
      await line.heal()
      expect(broken).toBeGreaterThan(0)
      expect((await pathsOf(source, CSV)).length).toBe(1_500)
    })
  })
}
