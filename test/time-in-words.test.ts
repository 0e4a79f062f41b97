import { expect, test } from '@jest/globals'
import { timeInWords } from '../src/time-in-words.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each([
  [0, '0 s'],
  [400, '0 s'],
  [24.6 * SECOND, '25 s'],
  [119 * SECOND, '119 s'],
  [119.6 * SECOND, '2 min'],
  [10 * MINUTE, '10 min'],
  [59.9 * MINUTE, '1 h'],
  [2 * HOUR, '2 h'],
  [3 * HOUR + 5 * MINUTE, '3 h 5 min'],
  [DAY - SECOND, '1 d'],
  [DAY + HOUR + 45 * MINUTE, '1 d 2 h'],
  [400 * DAY, '400 d'],
])('%d ms are %s', (ms, words) => {
  expect(timeInWords(ms)).toBe(words)
})
