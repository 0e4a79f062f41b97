import { expect, test } from '@jest/globals'
import { notUpToDate } from '../../src/loading/candidate.ts'
import type { Known } from '../../src/warehouse/ledger.ts'

const loaded: Known = {
  sequence: 1,
  fingerprint: 'before',
  status: 'loaded',
  partitionKey: 'day',
  rows: 1,
  error: null,
  loadedHash: 'hash',
  loadedKey: 'day',
  loadedRows: 1,
  decision: undefined,
}

test.each([
  ['a new version of a loaded file may have its bytes', loaded, 'hash'],
  [
    'one that a retry is asked for is read in full, also when it was put back',
    { ...loaded, decision: 'retry' } as const,
    undefined,
  ],
  ['one that is of another partition now is, so that its rows carry that', { ...loaded, loadedKey: 'other' }, undefined],
])('%s', (_, known, loadedHash) => {
  const listed = { path: 'day.csv', fingerprint: 'now', size: 1, modifiedAt: new Date(0) }
  expect(notUpToDate([{ listed, key: 'day' }], new Map([['day.csv', known]]))).toEqual([{ listed, key: 'day', loadedHash }])
})
