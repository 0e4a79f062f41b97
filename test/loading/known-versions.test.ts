import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { KnownVersions } from '../../src/loading/known-versions.ts'

const path = fc.oneof(fc.constantFrom('a.csv', 'b.csv', 'ab', 'ba', ''), fc.string())
const fingerprint = fc.oneof(fc.constantFrom('', '1', '2', '12', '21'), fc.string())
const change = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), path, sequence: fc.nat(3), fingerprint, isExpected: fc.boolean() }),
  fc.record({ kind: fc.constant('set' as const), path, fingerprint: fingerprint.filter((text) => text !== '') }),
  fc.record({ kind: fc.constant('find' as const), path, fingerprint }),
  fc.record({ kind: fc.constant('forget' as const), path }),
  fc.record({ kind: fc.constant('beginSweep' as const) }),
)

interface Entry {
  sequence: number
  fingerprint: string
  isExpected: boolean
  isFound: boolean
}

test('it knows what a map of all entries knows', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const known = new KnownVersions()
      const map = new Map<string, Entry>()
      for (const change of changes) {
        if (change.kind === 'beginSweep') {
          known.beginSweep()
          for (const entry of map.values()) entry.isFound = false
          continue
        }
        const before = map.get(change.path)
        switch (change.kind) {
          case 'add': {
            const { path, sequence, fingerprint } = change
            known.add(path, sequence, fingerprint, change.isExpected)
            const isExpected = change.isExpected && fingerprint !== ''
            if (before === undefined || sequence >= before.sequence)
              map.set(path, { sequence, fingerprint, isExpected, isFound: before?.isFound ?? false })
            break
          }
          case 'set':
            known.set(change.path, change.fingerprint)
            map.set(change.path, {
              sequence: before?.sequence ?? 0,
              fingerprint: change.fingerprint,
              isExpected: true,
              isFound: true,
            })
            break
          case 'find':
            expect(known.find(change.path, change.fingerprint)).toBe(
              before !== undefined && before.fingerprint !== '' && before.fingerprint === change.fingerprint,
            )
            if (before !== undefined) before.isFound = true
            break
          case 'forget':
            known.forget(change.path)
            if (before !== undefined) Object.assign(before, { fingerprint: '', isExpected: false })
        }
      }
      expect(known.size).toBe(map.size)
      expect(known.countMissing()).toBe([...map.values()].filter(({ isExpected, isFound }) => isExpected && !isFound).length)
      for (const [path, { fingerprint, isFound }] of map) {
        expect(known.has(path, fingerprint)).toBe(fingerprint !== '')
        expect(known.isFound(path)).toBe(isFound)
      }
    }),
  )
})

test('it holds many paths, and tells sweeps apart for ever', () => {
  const known = new KnownVersions()
  const paths = Array.from({ length: 5_000 }, (_, index) => `folder/file-${index}.csv`)
  for (const path of paths) known.add(path, 1, `${path} 1`, true)
  for (let sweep = 0; sweep < 600; sweep++) {
    known.beginSweep()
    expect(known.countMissing()).toBe(paths.length)
    if (sweep % 100 === 0) for (const path of paths) expect(known.find(path, `${path} 1`)).toBe(true)
  }
  for (const path of paths) {
    expect(known.has(path, `${path} 2`)).toBe(false)
    expect(known.has(`${path}x`, `${path} 1`)).toBe(false)
  }
})
