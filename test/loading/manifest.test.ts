import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseManifest } from '../../src/loading/manifest.ts'
import { manifestFault, markerFault, rowsFault } from '../../src/loading/whole.ts'

const name = fc.stringMatching(/^[a-z0-9][a-z0-9 ._-]{0,8}$/)
const files = fc.uniqueArray(fc.record({ name, rows: fc.nat(1_000) }), { selector: ({ name }) => name })

test('a manifest names paths beside it; cut anywhere, as while it is written, it is none', () => {
  fc.assert(
    fc.property(files, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (list, part) => {
      const text = JSON.stringify({ files: list })
      expect(parseManifest(text, 'in/day.json')).toEqual(new Map(list.map(({ name, rows }) => [`in/${name}`, rows])))
      expect(typeof parseManifest(text.slice(0, Math.floor(part * text.length)), 'in/day.json')).toBe('string')
    }),
  )
})

test.each([
  ['{"files": [{"name": "a.csv", "rows": "8"}]}', 'expected { "files": [{ "name": "a.csv", "rows": 8 }] }'],
  ['{"files": [{"name": "../../a.csv"}]}', '"../../a.csv" leads out of the source'],
  ['{"files": [{"name": "/a.csv"}]}', '"/a.csv" leads out of the source'],
  ['{"files": [{"name": "a.csv"}, {"name": "./a.csv", "rows": 1}]}', '"./a.csv" is named twice'],
  ['SECRET,1\n', 'it is no JSON, or is not written to its end'],
])('the manifest %s cannot be read, with a reason that repeats no data', (text, reason) => {
  expect(parseManifest(text, 'in/day.json')).toBe(reason)
})

const at = (changedMs: number) => ({ path: 'a.csv', modifiedAt: new Date(0), changedMs })

test('a marker and a manifest count for what was there when they were written, whatever its mtime', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (file, marker) => {
      const manifest = { path: 'm.json', listed: { ...at(marker), fingerprint: '', size: 0 }, rows: new Map([['a.csv', 1]]) }
      expect(markerFault(at(file), 'a.csv.done', at(marker)) === undefined).toBe(marker >= file)
      expect(manifestFault(at(file), manifest) === undefined).toBe(marker >= file)
      expect(manifestFault({ ...at(file), path: 'b.csv' }, manifest)).toBe(
        'not named in the manifest m.json: add it there to have it loaded',
      )
    }),
  )
  expect(markerFault({ modifiedAt: new Date(2) }, 'a.csv.done', { modifiedAt: new Date(1) })).toBe(
    'its marker a.csv.done is older than the file: write it again',
  )
})

test('rows that a manifest does not tell are not compared', () => {
  expect(rowsFault(undefined, 7)).toBeUndefined()
  expect(rowsFault(8, 8)).toBeUndefined()
  expect(rowsFault(8, 7)).toBe('the manifest says 8 rows, it has 7')
})
