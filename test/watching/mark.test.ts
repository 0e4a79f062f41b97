import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { below, groundOf } from '../../src/watching/mark.ts'
import { Resumption } from '../../src/watching/resumption.ts'
import { Workspace } from '../harness/workspace.ts'

const HOUR = 3_600_000

test('a mark is below whatever is pending, and as high as may be where nothing is', () => {
  expect(below('m.csv', [])).toBe('m.csv')
  expect(below('m.csv', ['n.csv', 'z.csv'])).toBe('m.csv')
  expect(below('m.csv', ['z.csv', 'c/b.csv', 'd.csv'])).toBe('c/b.cs')
  expect(below('m.csv', ['m.csv'])).toBe('m.cs')
  expect(below('m', ['b'])).toBeUndefined()
  expect(below('ｚ.csv', ['🌊'])).toBe('ｚ.csv') // in the order of bytes, not of JavaScript
  expect(below('x'.repeat(2_000), [])).toBeUndefined()
})

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 })

test('no pending name is at or before a mark, in the order of bytes', () => {
  fc.assert(
    fc.property(name, fc.array(name), (after, pending) => {
      const mark = below(after, pending)
      if (mark === undefined) return
      expect(order(mark, after)).toBeLessThanOrEqual(0)
      for (const path of pending) expect(order(path, mark)).toBeGreaterThan(0)
    }),
  )
})

test('with another source, window, code or ledger a mark is not true any more; with another pace it is', async () => {
  await using workspace = await Workspace.create()
  const { settings } = workspace
  const ground = groundOf(settings, 'ledger')
  expect(groundOf({ ...settings, sensor: { everyMs: 5, sweepEveryMs: 5 } }, 'ledger')).toBe(ground)
  expect(groundOf(settings, 'another ledger')).not.toBe(ground)
  expect(groundOf({ ...settings, source: { ...settings.source, files: '*/{partition}.csv' } }, 'ledger')).not.toBe(ground)
  expect(groundOf({ ...settings, afterLoad: { kind: 'move', to: 'done' } }, 'ledger')).not.toBe(ground)
})

interface Model {
  /** Names in the source, and whether each is in the ledger. */
  readonly files: Map<string, boolean>
  /** Of the process that lives now. */
  resumption: Resumption
  pending: Set<string>
}

/** What a process does at a look, with the rules of the real one. */
function look({ files, resumption, pending }: Model, isCutAt: number | undefined): void {
  const { after } = resumption
  const listed = [...files.keys()].sort(order).filter((path) => after === undefined || order(path, after) > 0)
  resumption.begin({ whole: after === undefined })
  const found = new Set<string>()
  for (const [number, path] of listed.entries()) {
    if (number === isCutAt) return // a listing of all that is cut has told nothing to anybody
    const target = after === undefined ? found : pending
    if (!files.get(path)) target.add(path)
    resumption.listed([{ path }])
  }
  if (after !== undefined) return
  pending.clear()
  for (const path of found) pending.add(path)
  resumption.swept()
}

const event = fc.oneof(
  fc.record({ kind: fc.constant('come' as const), name: fc.integer({ min: 0, max: 9_999 }) }),
  fc.record({ kind: fc.constant('grow' as const), count: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('look' as const), isCutAt: fc.option(fc.nat(1_500), { nil: undefined }) }),
  fc.record({ kind: fc.constant('load' as const), every: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('restart' as const), markAgo: fc.nat(3) }),
)

test('whatever dies when, with whichever mark of the past: what a look has shown and nobody has loaded is shown again', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const model: Model = { files: new Map(), resumption: new Resumption(HOUR, { now: () => 1 }), pending: new Set() }
      const marks: (string | undefined)[] = [undefined]
      const shown = new Set<string>()
      let grown = 0
      for (const one of events) {
        if (one.kind === 'come') model.files.set(nameOf(one.name), false)
        if (one.kind === 'grow') for (let n = 0; n < one.count; n++) model.files.set(nameOf(10_000 + grown++), false)
        if (one.kind === 'load')
          for (const [at, path] of [...model.pending].entries())
            if (at % one.every === 0) {
              model.files.set(path, true)
              model.pending.delete(path)
            }
        if (one.kind === 'look') {
          look(model, one.isCutAt)
          for (const path of model.pending) shown.add(path)
        }
        const { mark } = model.resumption
        marks.push(mark && below(mark, model.pending))
        if (one.kind !== 'restart') continue
        const mark0 = marks.at(-1 - Math.min(one.markAgo, marks.length - 1))
        model.resumption = new Resumption(HOUR, { now: () => 1 })
        model.pending = new Set()
        if (mark0 !== undefined) model.resumption.goOn(mark0, 0)
        look(model, undefined)
        for (const path of shown) if (!model.files.get(path)) expect(model.pending).toContain(path)
      }
    }),
  )
})

const nameOf = (name: number) => String(name).padStart(6, '0')

function order(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
