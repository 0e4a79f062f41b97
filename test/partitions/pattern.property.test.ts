import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_FORMATS } from '../../src/partitions/key-format.ts'
import { judgeKey } from '../../src/partitions/keys.ts'
import { type Pattern, parsePattern, type Segment } from '../../src/partitions/pattern.ts'

/** A part of a glob, and every length of a text's beginning that it matches, in the order in which it tries them. */
interface Part {
  readonly glob: string
  lengths(text: string): number[]
}

function exactly(glob: string, texts: readonly string[]): Part {
  return { glob, lengths: (text) => texts.filter((one) => text.startsWith(one)).map((one) => one.length) }
}

function oneOf(glob: string, accepts: (char: string) => boolean): Part {
  const first = (text: string) => [...text].slice(0, 1)
  return { glob, lengths: (text) => first(text).flatMap((char) => (accepts(char) ? [char.length] : [])) }
}

function upwards(glob: string, from: number): Part {
  return {
    glob,
    lengths(text) {
      const ends = [0]
      for (const char of text) ends.push((ends.at(-1) ?? 0) + char.length)
      return ends.slice(from)
    },
  }
}

const HOLE = upwards('{partition}', 1)
const star = upwards('*', 0)
const part = fc.constantFrom(
  ...['a', 'b', '-', '.', '(', '+', '$', '\n', '😀', '.csv'].map((text) => exactly(text, [text])),
  oneOf('?', () => true),
  oneOf('[ab]', (char) => char === 'a' || char === 'b'),
  oneOf('[!a-c]', (char) => char < 'a' || char > 'c'),
  oneOf('[*]', (char) => char === '*'),
  exactly('{a,b-,}', ['a', 'b-', '']),
  exactly('{.a,b}', ['.a', 'b']),
)
const plain = fc.array(fc.oneof({ weight: 5, arbitrary: part }, { weight: 1, arbitrary: fc.constant(star) }), {
  minLength: 1,
  maxLength: 4,
})
const holed = fc
  .tuple(fc.array(part, { maxLength: 2 }), fc.array(part, { maxLength: 2 }))
  .map(([before, after]) => [...before, HOLE, ...after])
const folder = fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: fc.constant('**' as const) })

type Step = readonly Part[] | '**'

const globs = fc
  .tuple(fc.array(folder, { maxLength: 2 }), holed, fc.array(folder, { maxLength: 2 }))
  .map(([before, hole, after]): readonly Step[] => [...before, hole, ...after])
  .map((steps) => (steps.at(-1) === '**' ? [...steps, [star]] : steps))
  .filter((steps) => steps.every((step) => !/^(\.{1,2}|.*\*\*.*)$/s.test(globOf(step)) || step === '**'))

const CHARS = ['a', 'b', 'c', '-', '.', '(', '+', '$', '*', '\n', '😀']
const name = fc.array(fc.constantFrom(...CHARS), { minLength: 1, maxLength: 5 }).map((chars) => chars.join(''))

/** Names that fit more often than chance: each made from the glob's own text. */
function pathsFor(steps: readonly Step[]): fc.Arbitrary<string> {
  const names = steps.map((step) =>
    step === '**'
      ? fc.array(name, { maxLength: 2 })
      : fc
          .tuple(...step.map((one) => fc.oneof({ weight: 9, arbitrary: fitting(one) }, { weight: 1, arbitrary: name })))
          .map((texts) => [texts.join('') || 'a']),
  )
  return fc.oneof(
    fc.tuple(...names).map((lists) => lists.flat().join('/')),
    fc.array(name, { minLength: 1, maxLength: 4 }).map((all) => all.join('/')),
  )
}

function fitting(one: Part): fc.Arbitrary<string> {
  const fits = [...CHARS, '', 'b-', '.a', '.csv'].filter((text) => one.lengths(text).includes(text.length))
  return one === HOLE ? name : fc.constantFrom(...fits)
}

function globOf(step: Step): string {
  return step === '**' ? step : step.map(({ glob }) => glob).join('')
}

/** The partition in a name, as the first way of matching it has it; empty without a hole. */
function inName(parts: readonly Part[], text: string, key = ''): string | undefined {
  const [first, ...rest] = parts
  if (!first) return text === '' ? key : undefined
  for (const length of first.lengths(text)) {
    const found = inName(rest, text.slice(length), first === HOLE ? text.slice(0, length) : key)
    if (found !== undefined) return found
  }
  return undefined
}

function inPath(steps: readonly Step[], names: readonly string[]): string | undefined {
  const [step, ...later] = steps
  const [first, ...rest] = names
  if (step === undefined) return first === undefined ? '' : undefined
  const dotted = first?.startsWith('.') ?? false
  if (step === '**') return inPath(later, names) ?? (first === undefined || dotted ? undefined : inPath(steps, rest))
  if (first === undefined || first === '.' || first === '..' || (dotted && !globOf(step).startsWith('.'))) return undefined
  const key = inName(step, first)
  const remainder = inPath(later, rest)
  return key === undefined || remainder === undefined ? undefined : key + remainder
}

/** Whether one who walks the folders by the segments alone comes to this path. */
function reaches(segments: readonly Segment[], names: readonly string[]): boolean {
  const [segment, ...later] = segments
  const [first, ...rest] = names
  if (!segment) return first === undefined
  if (segment.deep) return reaches(later, names) || (first !== undefined && segment.matches(first) && reaches(segments, rest))
  if (first === undefined) return false
  const here = segment.literal === undefined ? segment.matches(first) : segment.literal === first
  return here && reaches(later, rest)
}

const cases = globs.chain((steps) =>
  fc.record({ steps: fc.constant(steps), path: pathsFor(steps), other: pathsFor(steps), any: name }),
)

test('a path has the key that the glob says, and folders are walked to the same files', () => {
  let matched = 0
  fc.assert(
    fc.property(cases, ({ steps, path, other, any }) => {
      const pattern = parsePattern(steps.map(globOf).join('/'), { kind: 'dynamic' })
      const key = pattern.keyOf(path)
      expect(key).toBe(inPath(steps, path.split('/')))
      expect(reaches(pattern.segments, path.split('/'))).toBe(key !== undefined)
      if (key !== undefined) matched += 1
      const ambiguous = steps.filter((step) => step === '**').length > 1
      for (const wanted of [key, pattern.keyOf(other), any]) {
        if (wanted !== undefined) agrees(pattern, wanted, path, ambiguous)
      }
    }),
    { numRuns: 1500 },
  )
  expect(matched).toBeGreaterThan(200)
})

function agrees(pattern: Pattern, wanted: string, path: string, ambiguous = false): void {
  const narrowed = pattern.narrow(wanted)
  const right = pattern.keyOf(path) === wanted
  expect(narrowed.keyOf(path)).toBe(right ? wanted : undefined)
  const reached = reaches(narrowed.segments, path.split('/'))
  // With `**` on both sides a folder may be walked for a key that the path then has elsewhere.
  if (right || !ambiguous) expect(reached).toBe(right)
}

const digits = (length: number) => fc.integer({ min: 0, max: 10 ** length - 1 }).map((value) => `${value}`.padStart(length, '0'))
const dateText = fc.record({
  yyyy: fc.oneof(fc.constantFrom('2018', '1918', '2020'), digits(4)),
  MM: fc.oneof(fc.constantFrom('01', '02', '12'), digits(2)),
  dd: fc.oneof(fc.constantFrom('01', '29', '31'), digits(2)),
  HH: fc.oneof(fc.constantFrom('00', '23', '24'), digits(2)),
})
const datePatterns = fc.constantFrom(
  { kind: 'daily', format: DEFAULT_FORMATS.daily, files: '{yyyy}/{MM}/{dd}*' },
  { kind: 'daily', format: 'dd-MM-yyyy', files: '{MM}-{dd}-{yyyy}' },
  { kind: 'daily', format: 'yyMMdd', files: '{yyyy}/{MM}{dd}/{HH}.csv' },
  { kind: 'daily', format: 'yyyy-ooo', files: '**/{dd}.{MM}.{yyyy}' },
  { kind: 'hourly', format: DEFAULT_FORMATS.hourly, files: '{yyyy}/{MM}/{dd}/{HH}' },
  { kind: 'weekly', format: DEFAULT_FORMATS.weekly, files: '{yyyy}{MM}{dd}' },
  { kind: 'weekly', format: "kkkk-'W'WW", files: '{yyyy}/{MM}/{dd}' },
  { kind: 'monthly', format: DEFAULT_FORMATS.monthly, files: '{yyyy}/{MM}' },
  { kind: 'monthly', format: 'MM-yyyy', files: '{yyyy}-{MM}-{dd}' },
)

test('dates in paths, right and wrong ones, are found again by the keys that they make', () => {
  fc.assert(
    fc.property(datePatterns, dateText, dateText, ({ kind, format, files }, texts, others) => {
      const partitions = { kind, format, start: '', timezone: 'UTC', offsetMs: 0 } as const
      const pattern = parsePattern(files, partitions)
      const [path, other] = [texts, others].map((some) => fill(files, some))
      const key = pattern.keyOf(path ?? '')
      expect(key).toBeDefined()
      for (const wanted of [key, pattern.keyOf(other ?? '')]) agrees(pattern, wanted ?? '', path ?? '', true)
      const valid = judgeKey(partitions, key ?? '').verdict === 'valid'
      const date = new Date(0)
      date.setUTCFullYear(Number(texts.yyyy), Number(texts.MM) - 1, files.includes('dd') ? Number(texts.dd) : 1)
      const real =
        date.getUTCMonth() === Number(texts.MM) - 1 && (!files.includes('dd') || date.getUTCDate() === Number(texts.dd))
      if (valid) expect(real && (!files.includes('HH') || Number(texts.HH) < 24)).toBe(true)
    }),
    { numRuns: 800 },
  )
})

function fill(files: string, texts: Readonly<Record<string, string>>): string {
  return files
    .replace(/\{(\w+)\}/g, (hole, part: string) => texts[part] ?? hole)
    .replace('**/', 'x/y/')
    .replace('*', '-1.csv')
}
