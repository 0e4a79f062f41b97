import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { FolderReader, statsIn } from '../../../src/sources/local/folder-reader.ts'

const FILES = 5_500
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-reader-'))
  await mkdir(join(folder, 'inside'))
  const names = Array.from({ length: FILES - 1 }, (_, index) => `${index}.csv`)
  while (names.length > 0) await Promise.all(names.splice(0, 500).map((name) => writeFile(join(folder, name), 'n\n1\n')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function namesOf(reader: FolderReader, pages = Number.POSITIVE_INFINITY): Promise<string[]> {
  const names: string[] = []
  let read = 0
  for await (const page of reader.list(folder)) {
    names.push(...page.names)
    if (++read >= pages) break
  }
  return names
}

test('a listing tells each name once, also after one that was left in the middle', async () => {
  const reader = new FolderReader()
  expect(await namesOf(reader, 2)).toHaveLength(2_000)
  const [first, second] = await Promise.all([namesOf(reader), namesOf(reader)])
  expect(new Set(first).size).toBe(FILES)
  expect(first).toHaveLength(FILES)
  expect(second.toSorted()).toEqual(first.toSorted())
})

test('who looks at files does not wait until a listing has come to its end', async () => {
  const reader = new FolderReader()
  const listing = reader.list(folder)
  expect((await listing.next()).value?.names).toHaveLength(1_000)
  const { stats } = await reader.stat(folder, ['0.csv', 'none.csv', 'inside'])
  expect([0, 1, 2].map((index) => statsIn(stats, index)?.isFile)).toEqual([true, undefined, false])
  let left = 0
  for await (const { names } of listing) left += names.length
  expect(left).toBe(FILES - 1_000)
})

test('what is asked while a thread that had nothing to do ends is answered by the next one', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
  try {
    const reader = new FolderReader()
    for (let time = 0; time < 5; time++) {
      await reader.stat(folder, ['0.csv'])
      jest.advanceTimersByTime(10_000)
      const { stats } = await reader.stat(folder, ['0.csv'])
      expect(statsIn(stats, 0)?.isFile).toBe(true)
    }
  } finally {
    jest.useRealTimers()
  }
})

test('a folder that is not there fails with the code of the system, and the next one is listed', async () => {
  const reader = new FolderReader()
  await expect(reader.list(join(folder, 'none')).next()).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await namesOf(reader)).toHaveLength(FILES)
})
