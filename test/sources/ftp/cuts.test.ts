import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CuttingProxy } from '../../servers/cutting-proxy.ts'
import { sourceOf } from '../contract.ts'
import { listAll, pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { FtpGround } from './ftp-ground.ts'

const CSV = patternOf('{partition}.csv')
const MEGABYTE = 2 ** 20

let ground: FtpGround
beforeAll(async () => {
  ground = await FtpGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('a download goes on where it was after the server has died and come back', async () => {
  const place = await ground.place()
  const bytes = randomBytes(64 * MEGABYTE) // more than what is under way at once
  await place.put('big.csv', bytes)
  const source = sourceOf(place.source)
  const [listed] = await listAll(source, CSV)
  if (listed === undefined) throw new Error('expected the file')
  const read: Buffer[] = []
  for await (const chunk of await source.open(listed)) {
    if (read.length === 0) {
      await ground.down()
      await ground.up()
    }
    read.push(chunk)
  }
  expect(Buffer.concat(read).equals(bytes)).toBe(true)
})

test('a login that is cut is an error, never an empty answer, and the next one is made anew', async () => {
  await using proxy = await CuttingProxy.to(ground.port)
  const place = await ground.place()
  await place.put('a.csv', 'x')
  const source = sourceOf(place.through(proxy.port))
  expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
  proxy.cutAll()
  proxy.cutAfter(10)
  await expect(pathsOf(source, CSV)).rejects.toMatchObject({ code: 'SourceUnavailable' })
  await expect(source.stat('none.csv')).rejects.toMatchObject({ code: 'SourceUnavailable' })
  proxy.cutAfter(Number.POSITIVE_INFINITY)
  expect(await source.stat('a.csv')).toMatchObject({ size: 1 })
})
