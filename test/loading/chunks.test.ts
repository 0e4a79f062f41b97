import { expect, test } from '@jest/globals'
import type { Initial } from '../../src/config/pipeline.ts'
import type { Candidate } from '../../src/loading/candidate.ts'
import { chunks } from '../../src/loading/chunks.ts'
import type { Partitions } from '../../src/partitions/partitions.ts'

const DYNAMIC: Partitions = { kind: 'dynamic' }
const DAYS: Partitions = { kind: 'daily', start: '01.01.2018', timezone: 'UTC', offsetMs: 0, format: 'dd.MM.yyyy' }

function file(key: string, modified: number, path = `${key}.csv`, size = 10): Candidate {
  return { listed: { path, fingerprint: 'f', size, modifiedAt: new Date(modified) }, key, loadedHash: undefined }
}

/** The paths of each chunk. */
function chunked(partitions: Partitions, initial: Partial<Initial>, ...files: Candidate[]): string[][] {
  const all = { since: 'all', order: undefined, atOnce: 500, ...initial } as const
  return [...chunks({ partitions, initial: all }, files)].map((chunk) => chunk.map(({ listed }) => listed.path))
}

test('without an order partitions come by their keys, and a chunk ends where it would have too many files', () => {
  const files = ['d', 'a', 'c', 'e', 'b'].map((key, at) => file(key, at))
  expect(chunked(DYNAMIC, {}, ...files)).toEqual([['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv']])
  expect(chunked(DYNAMIC, { atOnce: 2 }, ...files)).toEqual([['a.csv', 'b.csv'], ['c.csv', 'd.csv'], ['e.csv']])
})

test('the first chunk is small, so that it is soon published', () => {
  const files = Array.from({ length: 3_000 }, (_, at) => file(`k${at}`, at))
  expect(chunked(DYNAMIC, { atOnce: 2_000 }, ...files).map(({ length }) => length)).toEqual([500, 2_000, 500])
})

test('files of one partition stay together, also where they are more than a chunk has, and so do many bytes', () => {
  const files = [file('b', 0), file('a', 1, 'a/1'), file('a', 2, 'a/2'), file('a', 3, 'a/3'), file('c', 4)]
  expect(chunked(DYNAMIC, { atOnce: 2 }, ...files)).toEqual([
    ['a/1', 'a/2', 'a/3'],
    ['b.csv', 'c.csv'],
  ])
  const large = ['a', 'b', 'c'].map((key) => file(key, 0, key, 200 * 1024 * 1024))
  expect(chunked(DYNAMIC, {}, ...large)).toEqual([['a'], ['b'], ['c']])
})

test('keys of dynamic partitions are ordered by when their files were modified: the first of them, or the last', () => {
  const files = [file('a', 30, 'a/old'), file('a', 90, 'a/new'), file('b', 50), file('c', 10), file('d', 50)]
  expect(chunked(DYNAMIC, { order: 'oldest' }, ...files).flat()).toEqual(['c.csv', 'a/old', 'a/new', 'b.csv', 'd.csv'])
  expect(chunked(DYNAMIC, { order: 'newest' }, ...files).flat()).toEqual(['a/old', 'a/new', 'b.csv', 'd.csv', 'c.csv'])
})

test('days are ordered by their time, however their keys are written and whenever their files were modified', () => {
  const files = [file('02.01.2019', 1), file('31.12.2018', 3), file('01.02.2018', 2), file('no day', 0)]
  const oldest = ['no day.csv', '01.02.2018.csv', '31.12.2018.csv', '02.01.2019.csv']
  expect(chunked(DAYS, { order: 'oldest', atOnce: 1 }, ...files)).toEqual(oldest.map((path) => [path]))
  expect(chunked(DAYS, { order: 'newest' }, ...files)).toEqual([oldest.toReversed()])
})
