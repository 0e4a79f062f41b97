import { stripVTControlCharacters } from 'node:util'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commandLine } from '../../src/cli/command-line.ts'
import { barLines } from '../../src/cli/display-bar.ts'
import { readingShown } from '../../src/cli/import-lines.ts'
import { OnceProgress } from '../../src/cli/once-progress.ts'
import type { Survey } from '../../src/cli/survey.ts'

function barOf(fraction: number): string[] {
  const progress = { of: 'prices', fraction, counts: '3 of 4', pace: '1.0/s, 1 s left', fields: {} }
  return barLines(progress).map(stripVTControlCharacters)
}

test('a bar is as full as the work is done, and a line below says of what', () => {
  expect(barOf(0.5)).toEqual([`${'█'.repeat(15)}${'░'.repeat(15)}  50 %  prices  1.0/s, 1 s left`, '  3 of 4'])
  expect(barOf(1)[0]).toContain(`${'█'.repeat(30)} 100 %`)
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (fraction) => {
      const [bar = ''] = barOf(fraction)
      expect(bar.match(/[█░]/g)).toHaveLength(30)
      expect(Number(/(\d+) %/.exec(bar)?.[1])).toBeLessThanOrEqual(100)
    }),
  )
})

test('names and reasons steer no terminal', () => {
  const progress = { of: 'p \u001b[2J', fraction: 0, counts: '1 held\n\u0007, day\u202ecod.exe', pace: '', fields: {} }
  const text = barLines(progress).map(stripVTControlCharacters).join('')
  expect(text).not.toMatch(/\p{Cc}/u)
  expect(text).toContain('\\u001b[2J')
  expect(text).toContain('day\\u202ecod.exe')
})

const SURVEY: Survey = {
  pipeline: 'prices',
  loaded: 0,
  rows: 0,
  held: 0,
  ignored: 0,
  unsettled: 0,
  unsettledPaths: [],
  waiting: [],
  retrying: [],
  owed: [],
  missing: [],
  sourceError: null,
}

test('`up --once` counts from its first look on; what is loaded between listing and counting is not counted twice', () => {
  let clock = 0
  const progress = new OnceProgress(() => clock)
  const look = (found: Partial<Survey>) => progress.look({ ...SURVEY, ...found })
  expect(look({ loaded: 50, rows: 500, held: 2, unsettled: 100 })).toMatchObject({
    fraction: 0,
    counts: '0 files loaded (0 rows), 2 held; 100 to go',
    pace: '',
  })
  clock = 4_000
  // It was listed when 90 were left, and counted when 20 more were loaded.
  const second = look({ loaded: 80, rows: 800, held: 2, unsettled: 90 })
  expect(second).toMatchObject({ counts: '30 files loaded (300 rows), 2 held; 70 to go', pace: '7.5/s, 9 s left' })
  expect(second?.fields).toEqual({
    pipeline: 'prices',
    loaded: 30,
    rows: 300,
    held: 2,
    failed: 0,
    left: 70,
    rate: 7.5,
    secondsLeft: 9,
  })
  expect(look({ loaded: 148, rows: 1_480, held: 4 })).toMatchObject({ fraction: 1, pace: '' })
})

test('where nothing is to be done there is nothing to show', () => {
  const progress = new OnceProgress(() => 0)
  expect(progress.look({ ...SURVEY, loaded: 7, held: 1 })).toBeUndefined()
  expect(progress.look({ ...SURVEY, loaded: 7, held: 1 })).toBeUndefined()
})

test('an import is as far as its bytes are', () => {
  const of = { pipeline: 'prices', partition: 'jan' }
  const reading = { files: 3, done: 1, held: 1, failed: 0, bytes: 400_000_000, bytesRead: 100_000_000, workedMs: 2_000 }
  expect(readingShown(of, reading)).toEqual({
    of: 'prices jan',
    fraction: 0.25,
    counts: '1 of 3 files read and checked, 1 held, 100.0 of 400.0 MB',
    pace: '50.0 MB/s, 6 s left',
    fields: {
      ...of,
      files: 3,
      done: 1,
      held: 1,
      failed: 0,
      bytes: 400_000_000,
      bytesRead: 100_000_000,
      left: 1,
      rate: 50_000_000,
      secondsLeft: 6,
    },
  })
  const read = { ...reading, bytesRead: 400_000_000 }
  expect(readingShown(of, read)).toMatchObject({
    fraction: 1,
    counts: '1 of 3 files read and checked, 1 held, checking',
    pace: '',
  })
  expect(readingShown(of, { ...read, done: 2 }).counts).toBe('2 of 3 files read and checked, 1 held, publishing')
})

test('a command to be copied is one that a shell understands as it was given', () => {
  expect(commandLine(['import', 'prices', "it's"], '../my config.ts')).toBe(
    "tidemark import prices 'it'\\''s' --config '../my config.ts'",
  )
})
