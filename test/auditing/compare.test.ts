import { expect, test } from '@jest/globals'
import { type Compared, compare } from '../../src/auditing/compare.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Pipeline } from '../../src/config/pipeline.ts'
import type { Inventoried, Newest } from '../../src/warehouse/inventory.ts'
import { pipelineInput } from '../harness/workspace.ts'

const config = { warehouse: { kind: 'duckdb', file: 'w.duckdb' }, pipelines: { prices: pipelineInput() } }
const [pipeline] = parseConfig(config, '/nowhere/tidemark.config.ts').pipelines.values()

/** A path that is loaded, with its rows in the table, unless told otherwise. */
function line(
  path: string,
  { newest = {}, ...rest }: { newest?: Partial<Newest> } & Partial<Omit<Inventoried, 'newest'>>,
): Inventoried {
  return {
    path,
    newest: {
      sequence: 1,
      fingerprint: 'f1',
      status: 'loaded',
      error: null,
      contentHash: 'h1',
      taken: false,
      gone: false,
      ...newest,
    },
    loaded: { versions: 1, rows: 2, contentHash: 'h1' },
    rows: 2,
    strayRows: 0,
    ...rest,
  }
}

const NOT_LOADED = { loaded: { versions: 0, rows: 0, contentHash: undefined }, rows: 0 }

/** Where every path but those of `gone` is in the source as it was loaded. */
function compared(inventory: readonly Inventoried[], gone: readonly string[] = [], rest: Partial<Compared> = {}) {
  const there = inventory.flatMap(({ path }) => (path === null || gone.includes(path) ? [] : [path]))
  const listed = there.map((path) => {
    const key = path.replace('.csv', '')
    return [path, { listed: { path, fingerprint: 'f1', size: 1, modifiedAt: new Date(0) }, key }] as const
  })
  const bytes = new Map(there.map((path) => [path, { hash: 'h1' }]))
  const { findings, held, notes } = compare({
    pipeline: pipelineOrFail(),
    listed: new Map(listed),
    covers: () => true,
    inventory,
    bytes,
    ...rest,
  })
  return {
    findings: findings.map(({ kind, path, mend }) => `${kind} ${path}: ${mend}`),
    held,
    notes: notes.map(({ path }) => path),
  }
}

function pipelineOrFail(): Pipeline {
  if (pipeline === undefined) throw new Error('expected a pipeline')
  return pipeline
}

test('one path that is loaded in two versions is there twice', () => {
  const { findings } = compared([line('a.csv', { loaded: { versions: 2, rows: 4, contentHash: 'h1' }, rows: 4 })])
  expect(findings).toEqual(['duplicated a.csv: `tidemark retry a.csv` loads the file again in their place'])
})

test('what cannot be loaded again names another mend, and odd names are quoted', () => {
  const { findings } = compared([line("it's.csv", { rows: 1 })], ["it's.csv"])
  const word = `'it'\\''s.csv'`
  expect(findings).toEqual([
    `missing it's.csv: put the file back and \`tidemark retry ${word}\`, or \`tidemark remove ${word}\` takes all its rows out`,
  ])
})

test('a file that we moved after its load is not gone: its bytes under another name are no rename', () => {
  const moved = line('a.csv', { newest: { taken: true }, loaded: { versions: 1, rows: 2, contentHash: 'h1', taken: true } })
  expect(compared([moved, line('b.csv', {})], ['a.csv'])).toEqual({ findings: [], held: [], notes: ['b.csv'] })
  const findings = ['duplicated a.csv: `tidemark remove a.csv` takes its old rows out']
  expect(compared([line('a.csv', {}), line('b.csv', {})], ['a.csv'])).toEqual({ findings, held: [], notes: [] })
  expect(compared([line('a.csv', {}), line('b.csv', {})], ['a.csv'], { covers: () => false }).findings).toEqual([])
})

test('a file that was gone, or moved by us, and is back as it was, is to be loaded again', () => {
  for (const newest of [{ gone: true }, { taken: true }])
    expect(compared([line('a.csv', { newest })]).findings).toEqual([
      expect.stringMatching(/^changed a\.csv: .*`tidemark import prices a`/),
    ])
})

test('a duplicate that was left out is told while the other is loaded, and missing after that', () => {
  const left = line('b.csv', { newest: { status: 'duplicate' }, ...NOT_LOADED })
  expect(compared([line('a.csv', {}), left])).toEqual({ findings: [], held: [], notes: ['b.csv'] })
  const removed = line('a.csv', { newest: { status: 'removed' }, ...NOT_LOADED })
  expect(compared([removed, left]).findings).toEqual(['missing b.csv: `tidemark retry b.csv` loads it'])
})

test('a held version over a loaded one is held, and no finding', () => {
  const { findings, held } = compared([line('a.csv', { newest: { sequence: 2, status: 'held', error: 'is empty: 0 bytes' } })])
  expect(findings).toEqual([])
  expect(held).toEqual([{ path: 'a.csv', what: 'version 2: is empty: 0 bytes; the 2 rows of the version before stay' }])
})

test('a file that cannot be read is told, and hides nothing', () => {
  const bytes = new Map([['a.csv', { error: 'Expected to read the file a.csv, got EACCES' }]])
  const { findings } = compared([line('a.csv', { rows: 3 })], [], { bytes })
  expect(findings.map((finding) => finding.split(' ')[0])).toEqual(['duplicated', 'unreadable'])
})
