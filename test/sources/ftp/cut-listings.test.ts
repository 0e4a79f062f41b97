import { expect, test } from '@jest/globals'
import { sourceOf } from '../contract.ts'
import { listAll } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { FtpGround } from './ftp-ground.ts'

const ANY = patternOf('{partition}')
const FILES = 50
const nameOf = (day: number) => `day-${String(day).padStart(2, '0')}.csv`

test.each([
  ['with exact times', {}],
  ['without them', { old: true }],
])('%s: a listing that is cut, and told by the server as sent, is an error; fewer files are not', async (_, settings) => {
  await using ground = await FtpGround.start(settings)
  const place = await ground.place()
  for (let day = 0; day < FILES; day++) await place.put(nameOf(day), 'x')
  const source = sourceOf(place.source)
  const paths = async () => (await listAll(source, ANY)).map(({ path }) => path)
  const all = await paths()
  expect(all).toHaveLength(FILES)

  for (const lines of [20, 20.5, 49, 49.9, 0.5, 0]) {
    await ground.server.cutListingsAfter(lines)
    for (let again = 0; again < 2; again++)
      await expect(paths()).rejects.toMatchObject({
        code: 'SourceUnavailable',
        message: expect.stringMatching(
          /^Expected to list files at ftp:.*, got a listing that ends in the middle.* it is listed again/,
        ),
      })
  }
  await ground.server.cutListingsAfter(undefined)
  expect(await paths()).toEqual(all)

  for (const day of all.slice(-2)) await place.remove(day)
  expect(await paths()).toEqual(all.slice(0, -2))
  for (const day of all.slice(0, -2)) await place.remove(day)
  expect(await paths()).toEqual([])
})
