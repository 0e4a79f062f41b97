import { mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { asIs, listAll, pathsOf, put, putMany, until, withFolder } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const CSV = patternOf('{partition}.csv')
const DEEP = patternOf('**/{partition}.csv')

test('names are names, whatever they are made of', () =>
  withFolder(async (folder) => {
    const names = [
      ' leading and trailing ',
      'Zürich 🌊',
      `it's "quoted"`,
      '100%20',
      'a[1]*?{b}',
      '-rf',
      'two\nlines',
      'back\\slash',
      "x'; DROP TABLE t; --",
      'ａ',
      '\\xff',
    ]
    for (const name of names) await put(folder, `${name}.csv`)
    const source = localSource({ folder })
    const listed = await listAll(source, CSV)
    expect(listed.map(({ path }) => path)).toEqual(names.map((name) => `${name}.csv`).sort())
    expect(listed.filter(({ refused }) => refused !== undefined)).toEqual([])
    for (const one of listed) expect(await source.stat(one.path)).toEqual(one)
  }))

test('only what matches is listed, in one order, each path once', () =>
  withFolder(async (folder) => {
    for (const path of ['b.csv', 'a.csv', 'sub/c.csv', 'sub/deep/d.csv', 'sub/e.txt', '.hidden/f.csv', 'zoo/b.csv'])
      await put(folder, path)
    await mkdir(join(folder, 'folder.csv'))
    const source = localSource({ folder })
    expect(await pathsOf(source, CSV)).toEqual(['a.csv', 'b.csv'])
    expect(await pathsOf(source, DEEP)).toEqual(['a.csv', 'b.csv', 'sub/c.csv', 'sub/deep/d.csv', 'zoo/b.csv'])
    expect(await pathsOf(source, patternOf('*/{partition}.csv'))).toEqual(['sub/c.csv', 'zoo/b.csv'])
    expect(await pathsOf(source, patternOf('**/deep/**/{partition}.csv'))).toEqual(['sub/deep/d.csv'])
    expect(await pathsOf(source, patternOf('.hidden/{partition}.csv'))).toEqual(['.hidden/f.csv'])
  }))

test('a pattern narrowed to one partition finds it, or finds nothing', () =>
  withFolder(async (folder) => {
    await put(folder, 'shop/2018-01-22.csv')
    const source = localSource({ folder })
    const pattern = patternOf('shop/{partition}.csv')
    expect(await pathsOf(source, pattern.narrow('2018-01-22'))).toEqual(['shop/2018-01-22.csv'])
    expect(await pathsOf(source, pattern.narrow('2018-01-23'))).toEqual([])
    expect(await pathsOf(source, pattern.narrow('x'.repeat(300)))).toEqual([])
    expect(await pathsOf(source, patternOf('{partition}/2018-01-22.csv').narrow('..'))).toEqual([])
  }))

test('the fingerprint tells a rewrite with the old size and time put back', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'a.csv')
    await put(folder, 'a.csv', 'a,b\n1,2\n')
    await utimes(file, 1_500_000_000, 1_500_000_000)
    const source = localSource({ folder })
    const before = await source.stat('a.csv')
    const { ctimeNs } = await stat(file, { bigint: true })
    await until(async () => {
      // The kernel's clock for files goes in steps of some milliseconds.
      await put(folder, 'clock', '')
      return (await stat(join(folder, 'clock'), { bigint: true })).ctimeNs > ctimeNs
    })
    await writeFile(file, 'a,b\n3,4\n')
    await utimes(file, 1_500_000_000, 1_500_000_000)
    const after = await source.stat('a.csv')
    expect(after?.size).toBe(before?.size)
    expect(after?.modifiedAt).toEqual(before?.modifiedAt)
    expect(after?.fingerprint).not.toBe(before?.fingerprint)
    expect((await listAll(source, CSV))[0]).toEqual(after)
  }))

test('the fingerprint tells another file that was moved into its place', () =>
  withFolder(async (folder) => {
    await put(folder, 'a.csv')
    await put(folder, 'new')
    const source = localSource({ folder })
    const before = await source.stat('a.csv')
    await rename(join(folder, 'new'), join(folder, 'a.csv'))
    expect((await source.stat('a.csv'))?.fingerprint).not.toBe(before?.fingerprint)
  }))

test('20,000 files come in pages, soon', () =>
  withFolder(async (folder) => {
    const names = await putMany(folder, 20_000)
    const started = performance.now()
    const pages: number[] = []
    const seen = new Set<string>()
    for await (const page of localSource({ folder }).list(CSV, new AbortController().signal)) {
      pages.push(page.length)
      for (const { path } of page) seen.add(path)
    }
    expect(seen).toEqual(new Set(names))
    expect(Math.max(...pages)).toBeLessThanOrEqual(1000)
    expect(pages.length).toBeLessThan(25)
    expect(performance.now() - started).toBeLessThan(10_000)
  }))

test('a listing that is called off stops', () =>
  withFolder(async (folder) => {
    await put(folder, 'a.csv')
    const controller = new AbortController()
    controller.abort()
    await expect(localSource({ folder }).list(CSV, controller.signal).next()).rejects.toBe(controller.signal.reason)
  }))

test('a file that goes away during the listing is simply gone', () =>
  withFolder(async (folder) => {
    for (const name of ['one', 'two']) await putMany(join(folder, name), 900)
    const pages = localSource({ folder }).list(patternOf('*/{partition}.csv'), new AbortController().signal)
    const first = await pages.next()
    await rm(join(folder, 'two', '00899.csv'))
    const second = await pages.next()
    const paths = [...(first.value ?? []), ...(second.value ?? [])].map(({ path }) => path)
    expect(paths).toHaveLength(1799)
    expect(paths).not.toContain('two/00899.csv')
    expect((await pages.next()).done).toBe(true)
  }))

test('a listing whose folder is moved away in the middle fails, and does not look like deletions', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await putMany(folder, 1500)
    const pages = localSource({ folder }).list(CSV, new AbortController().signal)
    await pages.next()
    await rename(folder, join(parent, 'elsewhere'))
    await mkdir(folder)
    const rest = async () => {
      for await (const _page of pages);
    }
    await expect(rest()).rejects.toMatchObject({ code: 'SourceUnavailable', message: expect.stringContaining(folder) })
  }))

test('a source whose folder is itself a link is listed and opened', () =>
  withFolder(async (parent) => {
    await put(parent, 'real/a.csv')
    await symlink('real', join(parent, 'link'))
    const source = localSource({ folder: join(parent, 'link') })
    expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
    expect(await source.stat('a.csv')).toMatchObject({ path: 'a.csv' })
    const [chunk] = await (await source.open(asIs('a.csv'))).toArray()
    expect(String(chunk)).toBe('a,b\n1,2\n')
  }))
