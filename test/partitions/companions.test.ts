import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type CompanionPaths, parseCompanions, withoutCompanions } from '../../src/partitions/companions.ts'
import { parsePattern } from '../../src/partitions/pattern.ts'

const NONE: CompanionPaths = { done: undefined, manifest: undefined, marker: undefined }
const dynamic = { kind: 'dynamic' } as const

function companionsOf(files: string, paths: Partial<CompanionPaths>) {
  const pattern = parsePattern(files, dynamic)
  const companions = parseCompanions({ ...NONE, ...paths }, pattern, dynamic)
  return { companions, pattern: withoutCompanions(pattern, companions) }
}

test('a marker is never data, however wide the pattern is, and neither is one partition’s marker or manifest', () => {
  const { companions, pattern } = companionsOf('{partition}/*', {
    done: '{file}.done',
    marker: '{partition}/_SUCCESS',
    manifest: '{partition}/files.json',
  })
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/), (key, name) => {
      expect(pattern.keyOf(`${key}/${name}`)).toBe(key)
      for (const path of [companions.done?.(`${key}/${name}`), companions.marker?.(key), companions.manifest?.(key)]) {
        expect(path === undefined ? 'none' : pattern.keyOf(path)).toBeUndefined()
        expect(path === undefined ? 'none' : pattern.narrow(key).keyOf(path)).toBeUndefined()
      }
    }),
  )
  expect(companions.manifest?.('day')).toBe('day/files.json')
})

test('a file that only looks like a marker is data', () => {
  const { pattern } = companionsOf('{partition}.csv', { done: 'marks/{file}.ok' })
  expect(pattern.keyOf('a.csv')).toBe('a')
  expect(companionsOf('{partition}', { done: '{file}.done' }).pattern.keyOf('.done')).toBeUndefined()
  expect(companionsOf('{partition}.done', { done: '{file}.ok' }).pattern.keyOf('a.done')).toBe('a')
})

test('dates in a marker’s path are filled in from the key', () => {
  const daily = { kind: 'daily', start: '2018-01-01', timezone: 'UTC', offsetMs: 0, format: 'yyyy-MM-dd' } as const
  const pattern = parsePattern('{partition}-*.csv', daily)
  const { marker } = parseCompanions({ ...NONE, marker: '{yyyy}/{MM}/{dd}/_SUCCESS' }, pattern, daily)
  expect(marker?.('2018-01-22')).toBe('2018/01/22/_SUCCESS')
})

test.each<[paths: Partial<CompanionPaths>, fault: string]>([
  [{ done: 'done' }, 'source.done: got "done": write {file} once in it, such as \'{file}.done\''],
  [{ done: '{file}' }, 'source.done: got "{file}": it is the file itself; write another name, such as \'{file}.done\''],
  [{ done: '../{file}.done' }, 'source.done: got "../{file}.done": write a path within the source\'s folder'],
  [{ done: '{file}.{ext}' }, 'source.done: got "{file}.{ext}": only {file} is known here'],
  [{ marker: '{partition}.csv' }, 'arrival.marker: got "{partition}.csv": it is the data files themselves; write another name'],
  [
    { manifest: '*-{partition}.json' },
    'source.manifest: got "*-{partition}.json": it names one file a partition; write it without wildcards',
  ],
  [{ manifest: 'all.json' }, 'source.manifest: got "all.json": no partition is in it; write {partition} where the key is'],
])('%j is refused', (paths, fault) => {
  expect(() => companionsOf('{partition}.csv', paths)).toThrow(fault)
})
