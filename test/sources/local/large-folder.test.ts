import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { listAll, put, putMany, withFolder } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const CSV = patternOf('{partition}.csv')
/** More than are looked at without a thread. */
const MANY = 1_200

test('what a large folder holds is told as a look at each file tells it', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'source')
    const names = await putMany(folder, MANY)
    await put(parent, 'outside.csv')
    await symlink(join(parent, 'outside.csv'), join(folder, 'leads-out.csv'))
    await symlink('00001.csv', join(folder, 'link.csv'))
    await symlink('nowhere', join(folder, 'broken.csv'))
    await mkdir(join(folder, 'folder.csv'))
    await put(folder, 'other.txt')
    await put(folder, 'a\ufffd.csv')
    await writeFile(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff]), Buffer.from('.csv')]), '')
    const source = localSource({ folder })
    const listed = await listAll(source, CSV)
    const expected = [...names, 'leads-out.csv', 'link.csv', 'broken.csv', 'a\ufffd.csv', 'b\\xff.csv']
    expect(listed.map(({ path }) => path).sort()).toEqual(expected.sort())
    for (const one of listed) expect(await source.stat(one.path)).toEqual(one)
    expect(Object.fromEntries(listed.flatMap(({ path, refused }) => (refused === undefined ? [] : [[path, refused]])))).toEqual({
      'leads-out.csv': 'a link that leads out of the source',
      'broken.csv': 'a link to nothing',
      'b\\xff.csv': 'a name that is not UTF-8',
    })
  }))

test('a well-formed name that reads like one in other bytes keeps the path for itself', () =>
  withFolder(async (folder) => {
    await putMany(folder, MANY)
    await put(folder, 'b\\xff.csv', 'well-formed')
    await writeFile(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff]), Buffer.from('.csv')]), '')
    const listed = (await listAll(localSource({ folder }), CSV)).filter(({ path }) => path.startsWith('b'))
    expect(listed).toMatchObject([{ path: 'b\\xff.csv', size: 'well-formed'.length }])
  }))

test.each(['left', 'aborted'])('a listing that is %s in the middle keeps no later one waiting', (how) =>
  withFolder(async (folder) => {
    await putMany(folder, 2 * MANY)
    const source = localSource({ folder })
    const ending = new AbortController()
    const part = async () => {
      for await (const page of source.list(CSV, ending.signal)) {
        if (how === 'left') return page.length
        ending.abort()
      }
      return 0
    }
    if (how === 'left') expect(await part()).toBeGreaterThan(0)
    else await expect(part()).rejects.toThrow()
    expect(await listAll(source, CSV)).toHaveLength(2 * MANY)
  }),
)

test('many files at once are looked at and read as each by itself', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'source')
    const source = localSource({ folder })
    await mkdir(folder)
    const paths = Array.from({ length: 100 }, (_, index) => `sub/${index}.csv`)
    for (const path of paths) await put(folder, path, `bytes of ${path}`)
    await put(folder, 'sub/empty.csv', '')
    await put(folder, 'sub/large.csv', 'x'.repeat(1_000))
    await put(parent, 'outside.csv')
    await symlink(join(parent, 'outside.csv'), join(folder, 'sub/leads-out.csv'))
    await symlink('1.csv', join(folder, 'sub/link.csv'))
    await mkdir(join(folder, 'sub/folder.csv'))
    const odd = ['empty', 'large', 'leads-out', 'link', 'folder', 'gone'].map((name) => `sub/${name}.csv`)
    const all = [...paths, ...odd, '../outside.csv', 'gone/1.csv']

    const found = await source.statAll?.(all)
    const alone = await Promise.all(all.map(async (path) => [path, await source.stat(path)] as const))
    expect(found).toEqual(new Map(alone.filter(([, listed]) => listed !== undefined)))

    const read = await source.readAll?.([...paths, ...odd], 500)
    expect([...(read ?? [])].map(([path, bytes]) => [path, String(bytes)])).toEqual([
      ...paths.map((path) => [path, `bytes of ${path}`]),
      ['sub/empty.csv', ''],
    ])
  }))

test('a folder that is a link out of the source by now is not read through', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'source')
    const paths = Array.from({ length: 100 }, (_, index) => `sub/${index}.csv`)
    for (const path of paths) await put(parent, `elsewhere/${path}`)
    await mkdir(folder)
    await symlink(join(parent, 'elsewhere', 'sub'), join(folder, 'sub'))
    const source = localSource({ folder })
    expect(await source.readAll?.(paths, 500)).toEqual(new Map())
    const found = await source.statAll?.(paths)
    expect([...(found?.values() ?? [])].map(({ refused }) => refused)).toEqual(
      paths.map(() => 'a link that leads out of the source'),
    )
    await rm(folder, { recursive: true })
    await expect(source.statAll?.(paths)).rejects.toMatchObject({ code: 'SourceUnavailable' })
  }))
