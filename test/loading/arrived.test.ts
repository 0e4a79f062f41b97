import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arrivalFault, type Gathered } from '../../src/loading/arrived.ts'

const none = { files: undefined, marker: undefined, deadlineMs: undefined }
const gathered = (some: Partial<Gathered> = {}): Gathered => ({
  files: 1,
  markerPath: undefined,
  markerThere: false,
  unfinished: false,
  seenMs: undefined,
  ...some,
})
const HOUR = 3_600_000

test('why a partition waits, in words', () => {
  const three = { ...none, files: 3, deadlineMs: 2 * HOUR }
  expect(arrivalFault(three, gathered({ files: 2, seenMs: HOUR }))).toBe('2 of 3 files are there; the deadline is in 1 h')
  expect(arrivalFault(three, gathered({ files: 1 }))).toBe(
    '1 of 3 files is there; the deadline is 2 h after its first file was seen',
  )
  expect(arrivalFault({ ...none, files: 3 }, gathered({ files: 2 }))).toBe('2 of 3 files are there')
  expect(arrivalFault({ ...none, marker: 'x' }, gathered({ markerPath: 'day/_SUCCESS' }))).toBe(
    'waits for the marker day/_SUCCESS of its partition',
  )
  expect(arrivalFault({ ...none, deadlineMs: 90_000 }, gathered({ seenMs: 500 }))).toBe('the deadline is in 90 s')
  expect(arrivalFault({ ...none, deadlineMs: 26 * HOUR }, gathered({ seenMs: HOUR / 4 }))).toBe('the deadline is in 1 d 2 h')
  expect(arrivalFault({ ...none, files: 1 }, gathered({ unfinished: true }))).toBe(
    'another file of its partition is not whole yet',
  )
})

const anyGathered = fc.record({
  files: fc.nat(5),
  markerPath: fc.option(fc.constant('m'), { nil: undefined }),
  markerThere: fc.boolean(),
  unfinished: fc.boolean(),
  seenMs: fc.option(fc.nat(2 * HOUR), { nil: undefined }),
})

test('once its deadline is gone by a partition waits for nothing; until then for all that is asked for', () => {
  const arrival = fc.record({
    files: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    marker: fc.constant(undefined),
    deadlineMs: fc.option(fc.integer({ min: 1, max: HOUR }), { nil: undefined }),
  })
  fc.assert(
    fc.property(arrival, anyGathered, (asked, there) => {
      const over = asked.deadlineMs !== undefined && (there.seenMs ?? 0) >= asked.deadlineMs
      const enough = asked.files === undefined || there.files >= asked.files
      const marked = there.markerPath === undefined || there.markerThere
      const onlyDeadline = asked.files === undefined && there.markerPath === undefined && asked.deadlineMs !== undefined
      const arrived = over || (enough && marked && !there.unfinished && !onlyDeadline)
      const fault = arrivalFault(asked, there)
      expect(fault === undefined).toBe(arrived)
      expect(fault).not.toBe('')
    }),
  )
})
