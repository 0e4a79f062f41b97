import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sourceOf } from '../contract.ts'
import { sourceCuts } from '../cuts.ts'
import { listAll } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { FtpGround } from './ftp-ground.ts'

const CSV = patternOf('{partition}.csv')
const MEGABYTE = 2 ** 20

sourceCuts('FTP with TLS', () => FtpGround.start({ tls: true }))
sourceCuts('FTP without exact times', () => FtpGround.start({ old: true }))

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
