import { expect, test } from '@jest/globals'
import { clockMend } from '../../src/sources/wrong-clock.ts'

const NOON = Date.parse('2018-01-22T12:00:00Z')

test.each([
  ['Mon, 22 Jan 2018 09:00:00 GMT', "Set this machine's clock right: it is 3 h ahead of the server's."],
  ['Mon, 22 Jan 2018 12:05:00 GMT', "Set this machine's clock right: it is 5 min behind the server's."],
  ['Mon, 22 Jan 2018 12:01:00 GMT', undefined],
  ['no date', undefined],
  [undefined, undefined],
])('beside a server at %s', (date, mend) => {
  expect(clockMend(date, NOON)).toBe(mend)
})
