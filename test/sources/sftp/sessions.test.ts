import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { sourceOf } from '../contract.ts'
import { CountingRelay } from '../counting-relay.ts'
import { pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { OpensshGround } from './grounds.ts'

const MOST_EACH_HOST = 4
const LOGINS = 7
const CSV = patternOf('{partition}.csv')

let ground: OpensshGround
beforeAll(async () => {
  ground = await OpensshGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('many logins to one host are few sessions at once, and all get their turn', async () => {
  await using relay = await CountingRelay.to(ground.port)
  await ground.files.put('many/a.csv', 'x')
  const sources = Array.from({ length: LOGINS }, () => {
    const name = `KEY_${randomBytes(6).toString('hex')}`
    process.env[name] = ground.server.userKey.private
    return sourceOf(ground.input('many', { privateKey: env(name) }, relay.port))
  })
  for (let round = 0; round < 3; round++)
    expect(await Promise.all(sources.map((source) => pathsOf(source, CSV)))).toEqual(sources.map(() => ['a.csv']))
  expect(relay.most).toBeLessThanOrEqual(MOST_EACH_HOST)
  expect(relay.most).toBeGreaterThan(1)
})

test('sources of one login share a session', async () => {
  await using relay = await CountingRelay.to(ground.port)
  await ground.files.put('shared/a.csv', 'x')
  const sources = Array.from({ length: LOGINS }, () => sourceOf(ground.input('shared', {}, relay.port)))
  for (let round = 0; round < 3; round++) await Promise.all(sources.map((source) => pathsOf(source, CSV)))
  expect(relay.all).toBe(1)
})
