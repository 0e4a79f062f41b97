import { createHash, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pMap from 'p-map'
import { parseConfig } from '../../src/config/parse.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { openSource } from '../../src/sources/open-source.ts'
import type { Listed, LoadedVersion, Source } from '../../src/sources/source.ts'
import { pipelineInput } from '../harness/workspace.ts'
import { listAll, pathsOf } from './folder.ts'
import { patternOf } from './pattern.ts'

type SourceInput = PipelineInput['source']

/** A real server of one kind, and what a test does to it behind the source's back. */
export interface Ground extends AsyncDisposable {
  /** A place of its own on the server, as a config names it. */
  place(): Promise<Place>
  /** The same place with credentials that the server does not know, and what an error about them must say. */
  readonly strangers?: readonly { readonly of: (place: Place) => SourceInput; readonly told: RegExp }[]
  /** Where its server listens, that for data as well. */
  readonly ports: readonly number[]
  /** What nothing that is said may hold. */
  readonly secrets: readonly string[]
  readonly down?: () => Promise<void>
  readonly up?: () => Promise<void>
  /** From now on the server does not know who asks; and knows them again. */
  readonly lockOut?: () => Promise<void>
  readonly letIn?: () => Promise<void>
}

export interface Place {
  readonly source: SourceInput
  /** The same by way of another address of this machine. */
  through(host: string): SourceInput
  put(path: string, content: string | Uint8Array): Promise<void>
  get(path: string): Promise<string | undefined>
  remove(path: string): Promise<void>
  tags?(path: string): Promise<Readonly<Record<string, string>>>
}

const CSV = patternOf('{partition}.csv')
const DEEP = patternOf('**/{partition}.csv')

export const ODD_NAMES = [
  ' leading and trailing ',
  'Zürich 🌊',
  `it's "quoted"`,
  '100%20',
  'a+b&c=d',
  'a[1]*?{b}',
  '-rf',
  '#1',
  "x'; DROP TABLE t; --",
  'ａ',
  '~',
]

/** What every kind of source must do, over a real server of it. */
export function sourceContract(kind: string, start: () => Promise<Ground>, { odd = ODD_NAMES } = {}): void {
  describe(kind, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await start()
    })
    afterAll(async () => {
      await ground[Symbol.asyncDispose]()
    })

    async function placeWith(files: Readonly<Record<string, string>>) {
      const place = await ground.place()
      for (const [path, text] of Object.entries(files)) await place.put(path, text)
      return { place, source: sourceOf(place.source) }
    }

    test('a listing has each path that matches once, in pages', async () => {
      const { place, source } = await placeWith({ 'other.txt': 'x', 'sub/deep/a.csv': 'x', 'sub/b.csv': 'x' })
      const names = Array.from({ length: 1_050 }, (_, index) => `${String(index).padStart(4, '0')}.csv`)
      await pMap(names, (name) => place.put(name, 'x'), { concurrency: 16 })
      expect((await pathsOf(source, CSV)).sort()).toEqual(names)
      expect((await pathsOf(source, DEEP)).sort()).toEqual([...names, 'sub/b.csv', 'sub/deep/a.csv'])
      expect(await pathsOf(source, patternOf('*/{partition}.csv'))).toEqual(['sub/b.csv'])
      let pages = 0
      for await (const page of source.list(CSV, new AbortController().signal)) {
        expect(page.length).toBeLessThanOrEqual(1_000)
        pages += 1
      }
      expect(pages).toBeGreaterThan(1)
    })

    test('a pattern narrowed to one partition finds it, or finds nothing', async () => {
      const { source } = await placeWith({ 'shop/2018-01-22.csv': 'x', 'shop/2018-01-22.csv.csv': 'y', 'shop/p-1-a.csv': 'x' })
      const pattern = patternOf('shop/{partition}.csv')
      expect(await pathsOf(source, pattern.narrow('2018-01-22'))).toEqual(['shop/2018-01-22.csv'])
      expect(await pathsOf(source, patternOf('shop/p-{partition}-*.csv').narrow('1'))).toEqual(['shop/p-1-a.csv'])
      for (const key of ['2018-01-23', '..', 'x'.repeat(200)]) expect(await pathsOf(source, pattern.narrow(key))).toEqual([])
      expect(await pathsOf(source, patternOf('{partition}/*.csv').narrow('..'))).toEqual([])
    })

    test('a look at a path says the same as the listing; where no file is, it finds none', async () => {
      const { source } = await placeWith({ 'a.csv': 'a,b\n1,2\n', 'sub/b.csv': 'x' })
      for (const listed of await listAll(source, DEEP)) expect(await source.stat(listed.path)).toEqual(listed)
      expect(await source.stat('a.csv')).toMatchObject({ path: 'a.csv', size: 8 })
      for (const path of ['b.csv', 'sub', 'sub/', 'sub/none/c.csv', 'a', '../a.csv', 'sub/../a.csv', '/a.csv', ''])
        expect(await source.stat(path)).toBeUndefined()
    })

    test('all bytes of a file are read, also of an empty one', async () => {
      const bytes = randomBytes(3_000_001)
      const { place, source } = await placeWith({ 'empty.csv': '' })
      await place.put('big.csv', bytes)
      expect(await hashOf(source, await there(source, 'big.csv'))).toBe(createHash('sha256').update(bytes).digest('hex'))
      expect((await bytesOf(source, await there(source, 'empty.csv'))).length).toBe(0)
    })

    test('a reader that stops early, or never begins, harms nobody', async () => {
      const { place, source } = await placeWith({ 'small.csv': 'still here' })
      await place.put('big.csv', randomBytes(3_000_000))
      const big = await there(source, 'big.csv')
      for await (const _ of await source.open(big)) break
      const unread = await source.open(big)
      unread.destroy()
      expect((await bytesOf(source, await there(source, 'small.csv'))).toString()).toBe('still here')
    })

    test('names are names, whatever they are made of', async () => {
      const { place, source } = await placeWith({})
      for (const name of odd) await place.put(`${name}.csv`, `of ${name}`)
      const listed = await listAll(source, CSV)
      expect(listed.map(({ path }) => path).sort()).toEqual(odd.map((name) => `${name}.csv`).sort())
      for (const one of listed) {
        expect(one.refused).toBeUndefined()
        expect(await source.stat(one.path)).toEqual(one)
        expect((await bytesOf(source, one)).toString()).toBe(`of ${one.path.slice(0, -'.csv'.length)}`)
      }
    })

    test('a file that is replaced is another version; what cannot read the old one says so', async () => {
      const { place, source } = await placeWith({ 'a.csv': 'first' })
      const first = await there(source, 'a.csv')
      await place.put('a.csv', 'and the second')
      const second = await there(source, 'a.csv')
      expect(second.fingerprint).not.toBe(first.fingerprint)
      if (source.can.conditionalRead)
        await expect(bytesOf(source, { ...first, size: second.size })).rejects.toMatchObject({ code: 'FileUnreadable' })
      expect((await bytesOf(source, second)).toString()).toBe('and the second')
    })

    test('a file that has gone since it was listed cannot be read', async () => {
      const { source } = await placeWith({})
      const gone = { path: 'gone.csv', fingerprint: '4-abcd', size: 4 }
      await expect(bytesOf(source, gone)).rejects.toMatchObject({ code: 'FileUnreadable' })
    })

    test('where names are in order, a listing begins after any of them', async () => {
      const { source } = await placeWith({
        'Z.csv': 'x',
        'a/1.csv': 'x',
        'a/2.csv': 'x',
        'a.csv': 'x',
        'ａ.csv': 'x',
        '🌊.csv': 'x',
      })
      if (!source.can.resumes) return
      const all = await pathsOf(source, DEEP)
      expect(all).toHaveLength(6)
      for (const [index, path] of all.entries()) {
        const rest: string[] = []
        for await (const page of source.list(DEEP, new AbortController().signal, path)) rest.push(...page.map((one) => one.path))
        expect(rest).toEqual(all.slice(index + 1))
      }
    })

    test('sources that list one place at the same time have it listed once for all who wait', async () => {
      const { place, source } = await placeWith({ 'a.csv': 'x', 'b.csv': 'x' })
      if (!source.can.remote) return
      await pathsOf(source, CSV)
      // Where there are folders, each source looks for itself whether its own is still there.
      const own = source.can.fingerprint === 'stat' ? 1 : 0
      const listing = source.calls.lastHour() - own
      const sources = Array.from({ length: 8 }, () => sourceOf(place.source))
      const listed = await Promise.all(sources.map((one) => pathsOf(one, CSV)))
      for (const paths of listed) expect(paths.sort()).toEqual(['a.csv', 'b.csv'])
      const calls = sources.reduce((sum, one) => sum + one.calls.lastHour(), 0)
      expect(calls).toBeLessThanOrEqual(2 * listing + sources.length * own)
    })

    test('a loaded file is deleted, and nothing else; again does no harm', async () => {
      const { place, source } = await placeWith({ 'a.csv': 'x', 'b.csv': 'y' })
      const loaded = await loadedAt(source, 'a.csv', 1)
      expect(await source.take(loaded, undefined)).toMatchObject({ state: 'taken' })
      expect(await source.take(loaded, undefined)).toMatchObject({ state: 'taken' })
      expect(await pathsOf(source, CSV)).toEqual(['b.csv'])
      expect(await place.get('b.csv')).toBe('y')
    })

    test('a loaded file is moved with its bytes, never over another file; again says the same', async () => {
      const { place, source } = await placeWith({ 'sub/a.csv': 'first' })
      const first = await loadedAt(source, 'sub/a.csv', 1)
      expect(await source.take(first, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/sub/a.csv' })
      expect(await source.take(first, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/sub/a.csv' })
      await place.put('sub/a.csv', 'the second')
      const second = await loadedAt(source, 'sub/a.csv', 2)
      expect(await source.take(second, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/sub/a.2.csv' })
      expect(await place.get('_loaded/sub/a.csv')).toBe('first')
      expect(await place.get('_loaded/sub/a.2.csv')).toBe('the second')
      expect(await place.get('sub/a.csv')).toBeUndefined()
      expect((await pathsOf(source, patternOf('_loaded/**/{partition}.csv'))).sort()).toEqual([
        '_loaded/sub/a.2.csv',
        '_loaded/sub/a.csv',
      ])
    })

    test.each([undefined, '_loaded'])('a newer version is not taken, to %j', async (to) => {
      const { place, source } = await placeWith({ 'a.csv': 'first' })
      const first = await loadedAt(source, 'a.csv', 1)
      await place.put('a.csv', 'a newer one')
      expect(await source.take(first, to)).toEqual({ state: 'changed' })
      expect(await place.get('a.csv')).toBe('a newer one')
      expect(await place.get('_loaded/a.csv')).toBeUndefined()
    })

    test('where there are tags, a loaded file gets them beside its own, and a newer one does not', async () => {
      const { place, source } = await placeWith({ 'a.csv': 'first' })
      if (source.tag === undefined || place.tags === undefined) {
        expect(source.can.tags).toBe(false)
        return
      }
      const first = await loadedAt(source, 'a.csv', 1)
      expect(await source.tag(first, { loaded: 'yes' })).toEqual({ state: 'taken' })
      expect(await source.tag(first, { loaded: 'again', by: 'us' })).toEqual({ state: 'taken' })
      expect(await place.tags('a.csv')).toEqual({ loaded: 'again', by: 'us' })
      expect(await there(source, 'a.csv')).toMatchObject({ fingerprint: first.fingerprint })
      await place.put('a.csv', 'a newer one')
      expect(await source.tag(first, { loaded: 'yes' })).toEqual({ state: 'changed' })
      expect(await place.tags('a.csv')).toEqual({})
      await place.remove('a.csv')
      expect(await source.tag(first, { loaded: 'yes' })).toEqual({ state: 'absent' })
    })

    test('what somebody else has taken away is absent, not moved', async () => {
      const { source } = await placeWith({ '_loaded/a.csv': 'of somebody else' })
      expect(await source.take({ path: 'a.csv', fingerprint: '5-abc', sequence: 1 }, '_loaded')).toEqual({ state: 'absent' })
    })

    test('a version that is told by its bytes is taken by its bytes', async () => {
      const { place } = await placeWith({ 'a.csv': 'first' })
      const source = sourceOf({ ...place.source, identity: 'content' })
      const loaded = await loadedAt(source, 'a.csv', 1)
      expect(loaded.fingerprint).toBe(`5-${createHash('sha256').update('first').digest('hex')}`)
      await place.put('a.csv', 'other')
      expect(await source.take(loaded, '_loaded')).toEqual({ state: 'changed' })
      await place.put('a.csv', 'first')
      expect(await source.take(loaded, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/a.csv' })
      expect(await source.take(loaded, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/a.csv' })
    })

    test('a listing that is broken off is an error, never a short answer', async () => {
      const { source } = await placeWith({ 'a.csv': 'x' })
      const stopped = AbortSignal.abort(new Error('stopped'))
      const listing = async () => {
        for await (const _ of source.list(CSV, stopped));
      }
      await expect(listing()).rejects.toThrow()
    })

    test('credentials that the server does not know are told with what to mend, and without a secret', async () => {
      const { place } = await placeWith({ 'a.csv': 'x' })
      for (const { of, told } of ground.strangers ?? []) {
        const source = sourceOf(of(place))
        for (const ask of [() => listAll(source, CSV), () => source.stat('a.csv'), () => source.stat('none.csv')]) {
          const error = await ask().then(
            () => undefined,
            (error: unknown) => error,
          )
          expect(error).toMatchObject({ code: 'SourceUnavailable', message: expect.stringMatching(told) })
          const said = inspect(error, { depth: 10 })
          for (const secret of ground.secrets) expect(said).not.toContain(secret)
        }
      }
    })

    test('a server that is gone is an error for every question, and is asked again when it is back', async () => {
      const { source } = await placeWith({ 'a.csv': 'x' })
      if (ground.down === undefined || ground.up === undefined) return
      const listed = await there(source, 'a.csv')
      await ground.down()
      try {
        const gone = { code: 'SourceUnavailable' }
        // At once: a client may try each for some seconds.
        await Promise.all([
          expect(listAll(source, CSV)).rejects.toMatchObject(gone),
          expect(source.stat('a.csv')).rejects.toMatchObject(gone),
          expect(source.stat('none.csv')).rejects.toMatchObject(gone),
          expect(source.take({ ...listed, sequence: 1 }, undefined)).rejects.toMatchObject(gone),
          expect(bytesOf(source, listed)).rejects.toMatchObject({
            code: expect.stringMatching(/^(SourceUnavailable|FileUnreadable)$/),
          }),
        ])
      } finally {
        await ground.up()
      }
      expect(await source.stat('a.csv')).toEqual(listed)
      expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
    })
  })
}

/** As a config makes it. */
export function sourceOf(input: SourceInput): Source {
  const config = { warehouse: { kind: 'duckdb', file: 'none.duckdb' }, pipelines: { prices: pipelineInput({ source: input }) } }
  const pipeline = parseConfig(config, '/nowhere/tidemark.config.ts').pipelines.get('prices')
  if (pipeline === undefined) throw new Error('expected the pipeline')
  return openSource(pipeline.source)
}

async function there(source: Source, path: string): Promise<Listed> {
  const listed = await source.stat(path)
  if (listed === undefined) throw new Error(`expected ${path} to be there`)
  return listed
}

async function loadedAt(source: Source, path: string, sequence: number): Promise<LoadedVersion> {
  return { path, fingerprint: (await there(source, path)).fingerprint, sequence }
}

async function bytesOf(source: Source, version: Parameters<Source['open']>[0]): Promise<Buffer> {
  return Buffer.concat(await (await source.open(version)).toArray())
}

async function hashOf(source: Source, version: Parameters<Source['open']>[0]): Promise<string> {
  return createHash('sha256')
    .update(await bytesOf(source, version))
    .digest('hex')
}
