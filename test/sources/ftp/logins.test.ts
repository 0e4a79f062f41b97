import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { until } from '../../harness/until.ts'
import { sourceOf } from '../contract.ts'
import { CountingRelay } from '../counting-relay.ts'
import { pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { FtpGround } from './ftp-ground.ts'

const MOST_EACH_HOST = 3
const FOLDERS = 8
const CSV = patternOf('{partition}.csv')

let ground: FtpGround
beforeAll(async () => {
  ground = await FtpGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('listings of many folders of one host take few logins, which are used again', async () => {
  await using relay = await CountingRelay.to(ground.port)
  const folders = Array.from({ length: FOLDERS }, (_, index) => `folder-${index}`)
  for (const folder of folders) await ground.files.put(`${folder}/${folder}.csv`, 'x')
  const sources = folders.map((folder) => sourceOf(ground.input(folder, { port: relay.port })))
  for (let round = 0; round < 3; round++)
    expect(await Promise.all(sources.map((source) => pathsOf(source, CSV)))).toEqual(folders.map((folder) => [`${folder}.csv`]))
  expect(relay.all).toBeLessThanOrEqual(MOST_EACH_HOST)
  expect(relay.all).toBeGreaterThan(1)
})

test('of many logins to one host few are kept, and all get their turn', async () => {
  await using relay = await CountingRelay.to(ground.port)
  await ground.files.put('many/a.csv', 'x')
  const sources = Array.from({ length: FOLDERS }, () => {
    const name = `FTP_${randomBytes(6).toString('hex')}`
    process.env[name] = ground.server.password
    return sourceOf(ground.input('many', { port: relay.port, password: env(name) }))
  })
  for (let round = 0; round < 3; round++)
    expect(await Promise.all(sources.map((source) => pathsOf(source, CSV)))).toEqual(sources.map(() => ['a.csv']))
  // Those that were ended to make room are gone soon, and long before an idle one ends by itself.
  await until('few that are open', () => relay.open <= MOST_EACH_HOST, 10_000)
})
