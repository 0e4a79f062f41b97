import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sourceOf } from '../contract.ts'
import { listAll, pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { FtpGround } from './ftp-ground.ts'

const CSV = patternOf('{partition}.csv')
const DEEP = patternOf('**/{partition}.csv')

let ground: FtpGround
beforeAll(async () => {
  ground = await FtpGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('a link that leads back up, which the protocol shows as a folder, is told instead of followed for ever', async () => {
  const at = join(ground.server.files, 'loop')
  await mkdir(at)
  await ground.files.put('loop/a.csv', 'x')
  await symlink('.', join(at, 'again'))
  await expect(pathsOf(sourceOf(ground.input('loop')), DEEP)).rejects.toMatchObject({
    code: 'SourceUnavailable',
    message: expect.stringMatching(/nest at most 32 deep, got .*: a link to a folder above it/),
  })
  expect(await pathsOf(sourceOf(ground.input('loop')), CSV)).toEqual(['a.csv'])
  await rm(join(at, 'again'))
})

test('a folder that is not there is an error and no empty listing', async () => {
  const source = sourceOf(ground.input('none'))
  for (const ask of [() => listAll(source, CSV), () => source.stat('a.csv'), () => listAll(source, CSV.narrow('a'))])
    await expect(ask()).rejects.toMatchObject({
      code: 'SourceUnavailable',
      message: expect.stringMatching(/got the answer 550\. Create the folder on the server, let the user of the login read it/),
    })
})

test('many looks in one folder are one listing', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `many/${index}.csv`)
  for (const name of names) await ground.files.put(name, 'x')
  const source = sourceOf(ground.input(''))
  const before = source.calls.lastHour()
  const found = await source.statAll?.([...names, 'many/none.csv'])
  expect([...(found?.keys() ?? [])].sort()).toEqual([...names].sort())
  expect(source.calls.lastHour() - before).toBe(1)
})
