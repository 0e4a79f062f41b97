import { expect, test } from '@jest/globals'
import { DEFAULT_FORMATS } from '../../src/partitions/key-format.ts'
import type { Partitions, TimePartitions } from '../../src/partitions/partitions.ts'
import { parsePattern } from '../../src/partitions/pattern.ts'

const dynamic: Partitions = { kind: 'dynamic' }

function timed(kind: TimePartitions['kind'], settings: Partial<TimePartitions> = {}): TimePartitions {
  return { kind, start: '2018-01-22', timezone: 'UTC', offsetMs: 0, format: DEFAULT_FORMATS[kind], ...settings }
}

function keys(files: string, paths: readonly string[], partitions: Partitions = dynamic): (string | undefined)[] {
  const pattern = parsePattern(files, partitions)
  return paths.map((path) => pattern.keyOf(path))
}

test.each(['{partition}.csv{,.gz}', '{partition}.csv*'])('%s has one key for a file and its packed form', (files) => {
  expect(keys(files, ['2018-03-01.csv', '2018-03-01.csv.gz', '2018-03-01.txt', '.csv', 'a/2018-03-01.csv'])).toEqual([
    '2018-03-01',
    '2018-03-01',
    undefined,
    undefined,
    undefined,
  ])
})

test.each([' a b', 'it\'s "q"', '50%', '-rf', 'a\nb', '\n', 'a[1]*', '{x}', '$&', 'é😀', 'a.csv', '~', 'x\\y', '日本', 'a..b'])(
  'a key may be %j',
  (key) => {
    const pattern = parsePattern('in/{partition}.csv', dynamic)
    expect(pattern.keyOf(`in/${key}.csv`)).toBe(key)
    const narrowed = pattern.narrow(key)
    expect(narrowed.keyOf(`in/${key}.csv`)).toBe(key)
    expect(narrowed.segments.map(({ literal }) => literal)).toEqual(['in', `${key}.csv`])
    expect(narrowed.keyOf('in/a1x.csv')).toBeUndefined()
  },
)

test('characters that mean something elsewhere stand for themselves', () => {
  for (const text of [
    '(1)',
    '+',
    '!x',
    '@(a)',
    'a|b',
    '^',
    '$',
    '"q"',
    "'",
    '~',
    'a,b',
    '#',
    '&',
    ']',
    'x-y',
    '%s',
    ' ',
    '\n',
    '😀',
  ]) {
    const pattern = parsePattern(`${text}{partition}${text}`, dynamic)
    expect(pattern.keyOf(`${text}k${text}`)).toBe('k')
    expect(pattern.keyOf('aka')).toBeUndefined()
    expect(pattern.narrow('k').segments[0]?.literal).toBe(`${text}k${text}`)
  }
})

test('wildcards match within a name', () => {
  expect(keys('?/{partition}', ['😀/k', 'ab/k', '/k', './k'])).toEqual(['k', undefined, undefined, undefined])
  expect(keys('[a-c]-{partition}', ['b-k', 'd-k', 'B-k', '[a-c]-k'])).toEqual(['k', undefined, undefined, undefined])
  expect(keys('[!a-c]-{partition}', ['b-k', 'd-k'])).toEqual([undefined, 'k'])
  expect(keys('[]x-]{partition}', [']k', '-k', 'xk', 'yk'])).toEqual(['k', 'k', 'k', undefined])
  expect(keys('x[*]{partition}[{]', ['x*k{', 'xyk{'])).toEqual(['k', undefined])
  expect(keys('{eu,us{,-east}}-*/{partition}.csv', ['us-east-1/k.csv', 'eu-/k.csv', 'as-1/k.csv'])).toEqual(['k', 'k', undefined])
  expect(keys('{partition}-*.csv', ['a-b-c.csv', 'a.csv', '-b.csv'])).toEqual(['a', undefined, undefined])
  expect(keys('*-{partition}.csv', ['a-b-c.csv'])).toEqual(['b-c'])
  expect(keys('{partition}.CSV', ['a.csv', 'a.CSV'])).toEqual([undefined, 'a'])
})

test('hidden files match only a segment that begins with a dot', () => {
  expect(keys('{partition}.csv', ['.a.csv', 'a.csv'])).toEqual([undefined, 'a'])
  expect(keys('*/{partition}', ['.x/a', 'x/.a', './a', '../a'])).toEqual([undefined, undefined, undefined, undefined])
  expect(keys('**/{partition}', ['.x/a', 'y/.x/a', 'y/x/a'])).toEqual([undefined, undefined, 'a'])
  expect(keys('[.]{partition}', ['.a'])).toEqual([undefined])
  expect(keys('.in/.{partition}', ['.in/.a', '.in/a', '.in/..', '.in/..a'])).toEqual(['a', undefined, undefined, '.a'])
})

test('** stands for any number of folders', () => {
  expect(keys('**/{partition}.csv', ['a.csv', 'x/a.csv', 'x/y/z/a.csv', '/a.csv', 'x//a.csv'])).toEqual([
    'a',
    'a',
    'a',
    undefined,
    undefined,
  ])
  expect(keys('{partition}/**', ['a', 'a/b', 'a/b/c'])).toEqual([undefined, 'a', 'a'])
  expect(keys('in/**/**/{partition}/*.csv', ['in/a/x.csv', 'in/y/a/x.csv', 'a/x.csv'])).toEqual(['a', 'a', undefined])
  const pattern = parsePattern('**/{partition}/**/*.csv', dynamic)
  expect(pattern.keyOf('a/b/c.csv')).toBe('a')
  expect(pattern.narrow('b').keyOf('a/b/c.csv')).toBeUndefined()
  expect(parsePattern('in/**/{partition}', dynamic).segments.map(({ deep }) => deep)).toEqual([false, true, false])
})

test('a date in the path makes the key, in the format of the partitions', () => {
  const compact = timed('daily', { format: 'yyyyMMdd' })
  expect(keys('{yyyy}/{MM}/{dd}/*.csv', ['2018/01/22/a.csv', '2018/1/22/a.csv', '2018/01/a.csv'], compact)).toEqual([
    '20180122',
    undefined,
    undefined,
  ])
  expect(keys('{dd}{MM}{yyyy}.csv', ['22012018.csv'], timed('daily'))).toEqual(['2018-01-22'])
  expect(keys('{yyyy}/{MM}/{dd}/{HH}.csv', ['2018/01/22/13.csv'], timed('hourly'))).toEqual(['2018-01-22-13'])
  expect(keys('{yyyy}/{MM}/{dd}/{HH}.csv', ['2018/01/22/13.csv'], timed('daily'))).toEqual(['2018-01-22'])
  expect(keys('{yyyy}-{MM}.csv', ['2018-01.csv'], timed('monthly'))).toEqual(['2018-01'])
  expect(keys('{yyyy}-{MM}-{dd}.csv', ['2018-01-24.csv'], timed('weekly', { format: "kkkk-'W'WW" }))).toEqual(['2018-W04'])
  expect(keys('{yyyy}-{MM}-{dd}*.csv', ['2018-01-22-a.csv'], timed('daily', { offsetMs: 6 * 3_600_000 }))).toEqual(['2018-01-22'])
})

test('what is no date is the key of nothing else', () => {
  expect(keys('{yyyy}/{MM}/{dd}.csv', ['2018/02/30.csv', '2018/13/01.csv'], timed('daily'))).toEqual(['2018-02-30', '2018-13-01'])
  expect(keys('{yyyy}{MM}{dd}{HH}.csv', ['2018012224.csv'], timed('hourly'))).toEqual(['2018-01-22-24'])
  const german = timed('daily', { format: 'dd-MM-yyyy' })
  expect(keys('{MM}-{dd}-{yyyy}.csv', ['01-22-2018.csv', '13-05-2018.csv'], german)).toEqual([
    '22-01-2018',
    '13-05-2018 (no date)',
  ])
  expect(parsePattern('{MM}-{dd}-{yyyy}.csv', german).narrow('13-05-2018 (no date)').segments[0]?.literal).toBe('13-05-2018.csv')
  expect(keys('{yyyy}{MM}{dd}.csv', ['19180122.csv', '20180122.csv'], timed('daily', { format: 'yyMMdd' }))).toEqual([
    '1918-01-22',
    '180122',
  ])
})

test('a narrowed date pattern leads straight to the files', () => {
  const literals = (files: string, key: string, partitions: Partitions) =>
    parsePattern(files, partitions)
      .narrow(key)
      .segments.map(({ literal }) => literal)
  expect(literals('{yyyy}/{MM}/{dd}/data.csv', '2018-01-22', timed('daily'))).toEqual(['2018', '01', '22', 'data.csv'])
  expect(literals('{yyyy}/{MM}/{dd}/data.csv', '2018-02-30', timed('daily'))).toEqual(['2018', '02', '30', 'data.csv'])
  expect(literals('{yyyy}/{MM}/{dd}/{HH}.csv', '2018-01-22', timed('daily'))).toEqual(['2018', '01', '22', undefined])
  expect(parsePattern('{yyyy}/{MM}-{dd}*.csv', timed('daily')).narrow('2018-01-22').files).toBe('2018/01-22*.csv')
})

test('a key that cannot be in a path matches nothing', () => {
  for (const key of ['a/b', '.a', '..', '', '.']) {
    const narrowed = parsePattern('{partition}', dynamic).narrow(key)
    expect(narrowed.segments.map(({ literal }) => literal)).toEqual([undefined])
    expect([key, 'a', 'b'].map((path) => narrowed.keyOf(path))).toEqual([undefined, undefined, undefined])
  }
})

test.each([
  ['', dynamic, /empty/],
  ['/data/{partition}', dynamic, /absolute/],
  ['C:/data/{partition}', dynamic, /absolute/],
  ['../{partition}', dynamic, /leave out \.\./],
  ['./{partition}', dynamic, /a \. between slashes/],
  ['a//{partition}', dynamic, /nothing between two slashes/],
  ['{partition}/', dynamic, /nothing between two slashes/],
  ['a\\{partition}', dynamic, /backslash; write \//],
  ['*.csv', dynamic, /no partition.*write \{partition\}/],
  ['{partition}/{partition}.csv', dynamic, /\{partition\} is there twice/],
  ['{yyyy}/{yyyy}-{MM}-{dd}', timed('daily'), /\{yyyy\} is there twice/],
  ['{partition}/{yyyy}', timed('daily'), /leave out \{yyyy\}/],
  ['{yyyy}/{MM}/{dd}', dynamic, /dynamic partitions have no date/],
  ['{yyyy}/{MM}', timed('daily'), /daily partitions also need \{dd\}/],
  ['{yyyy}/{MM}/{dd}', timed('hourly'), /hourly partitions also need \{HH\}/],
  ['{MM}', timed('monthly'), /also need \{yyyy\}/],
  [
    '{yyyy}-{MM}-{dd}',
    timed('daily', { offsetMs: 6 * 3_600_000, format: 'yyyyMMddHH' }),
    /do not make keys of the format yyyyMMddHH/,
  ],
  ['{date}.csv', dynamic, /\{date\} is not known; expected one of \{partition\}/],
  ['{YYYY}{MM}.csv', timed('monthly'), /\{YYYY\} is not known/],
  ['{{partition},x}.csv', dynamic, /cannot stand within a choice/],
  ['{a,b/{partition}}', dynamic, /\{ is not closed/],
  ['{partition}[ab', dynamic, /\[ is not closed/],
  ['{partition}}', dynamic, /\} closes nothing/],
  ['[]{partition}', dynamic, /\[\] is empty/],
  ['[z-a]{partition}', dynamic, /z-a runs backwards/],
  ['[[:digit:]]{partition}', dynamic, /named classes/],
  ['a**/{partition}', dynamic, /\*\* must stand alone/],
  ['{partition}*.csv', dynamic, /where \{partition\} ends/],
  ['*{partition}.csv', dynamic, /where \{partition\} ends/],
  ['{partition}.csv', timed('daily', { format: 'yyyy/MM/dd' }), /such as 2018\/01\/22; write the folders/],
] as const)('%s is refused', (files, partitions, message) => {
  expect(() => parsePattern(files, partitions)).toThrow(
    expect.objectContaining({ code: 'ConfigInvalid', message: expect.stringMatching(message) }),
  )
})
