import { expect, test } from '@jest/globals'
import { listedAt } from '../../src/sources/list-store.ts'
import { type Entry, type Folders, walkFolders } from '../../src/sources/walk-folders.ts'
import { patternOf } from './pattern.ts'

const entry = (name: string): Entry => ({ name, isFolder: false, size: 1, fingerprint: '1-1', modifiedAt: new Date(0) })

/** A server that lists whatever it likes. */
function serverOf(names: readonly string[]): Folders {
  return {
    place: 'sftp://evil.example/in',
    async *read() {
      yield names.map(entry)
    },
    look: async (path) => (names.includes(path) ? entry(path) : undefined),
    assertThere: async () => undefined,
  }
}

async function refusalsOf(names: readonly string[]): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {}
  for await (const page of walkFolders(serverOf(names), patternOf('{partition}.csv'), new AbortController().signal))
    for (const { path, refused } of page) found[path] = refused
  return found
}

test.each(['../../etc/a.csv', '/etc/a.csv', 'sub/../../a.csv', 'a\0b.csv'])(
  'a name that leads elsewhere, %j, is never one to be opened',
  async (name) => {
    const found = await refusalsOf([name, 'good.csv'])
    expect(found['good.csv']).toBeUndefined()
    expect(Object.keys(found)).toContain('good.csv')
    if (name in found) expect(found[name]).toBe('a path that leads out of the source')
  },
)

test('a folder and its parent are no files, and a name that is listed twice is one', async () => {
  expect(await refusalsOf(['.', '..', 'a.csv', 'a.csv'])).toEqual({ 'a.csv': undefined })
})

test.each([
  ['in/../out.csv', 'a path that leads out of the source'],
  ['in//a.csv', 'a path that is absolute'],
  ['in/./a.csv', 'a path that leads out of the source'],
  ['in/a//b.csv', 'a path that leads out of the source'],
  ['in/a.csv', undefined],
])('of a store without folders the key %j is refused as %j', (key, refused) => {
  const [listed] = listedAt(key, 'in/', { fingerprint: '1-1', size: 1, modifiedAt: new Date(0) })
  expect(listed?.refused).toBe(refused)
})

test('a key that only stands for a folder is none', () => {
  for (const key of ['in/', 'in/sub/'])
    expect(listedAt(key, 'in/', { fingerprint: '0-1', size: 0, modifiedAt: new Date(0) })).toEqual([])
})
