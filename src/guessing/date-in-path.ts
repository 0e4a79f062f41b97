import { DateTime } from 'luxon'

/** How exactly a path says when: an hour, a day or a month. */
export type Grain = 'hour' | 'day' | 'month'

/** In which order a date is written. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** A path around its date. */
export interface DatedPath {
  readonly before: string
  /** The date as a pattern writes it: `{yyyy}-{MM}-{dd}`, `{yyyy}/{MM}/{dd}`, `year={yyyy}/month={MM}`. */
  readonly template: string
  readonly after: string
  /** The partition's key: `2018-01-22-06`, `2018-01-22`, `2018-01`. Undefined for a date that no calendar has. */
  readonly key: string | undefined
}

const YEAR = '(?<yyyy>(?:19|20)\\d\\d)'
const MONTH = '(?<MM>0[1-9]|1[0-2])'
const DAY = '(?<dd>0[1-9]|[12]\\d|3[01])'
const HOUR = '(?<HH>[01]\\d|2[0-3])'
/** Between two parts: nothing, a sign, or the next folder, named as Hive does it or not. */
const BETWEEN = '(?:[-_.]?|/(?:[A-Za-z]+=)?)'
const BEFORE_HOUR = '(?:[-_.T]?|/(?:[A-Za-z]+=)?)'
const SIGN = '(?<sign>[-_.])'
const START = '(?<!\\d)'
const END = '(?!\\d)'
/** Minutes and seconds may follow without a sign. */
const END_OF_DAY = '(?=(?:\\d{4}|\\d{6})?(?!\\d))'

const YMD: Readonly<Record<Grain, RegExp>> = {
  hour: new RegExp(START + YEAR + BETWEEN + MONTH + BETWEEN + DAY + BEFORE_HOUR + HOUR + END, 'dg'),
  day: new RegExp(START + YEAR + BETWEEN + MONTH + BETWEEN + DAY + END_OF_DAY, 'dg'),
  month: new RegExp(START + YEAR + BETWEEN + MONTH + END, 'dg'),
}
const OTHERS: Readonly<Record<Exclude<DateOrder, 'ymd'>, RegExp>> = {
  dmy: new RegExp(`${START + DAY + SIGN + MONTH}\\k<sign>${YEAR}${END}`, 'dg'),
  // With points nobody writes the month first.
  mdy: new RegExp(`${START + MONTH + SIGN.replace('.', '') + DAY}\\k<sign>${YEAR}${END}`, 'dg'),
}
const PARTS = ['yyyy', 'MM', 'dd', 'HH'] as const

/** The date in a path: the first in its name, else the last in its folders. */
export function dateIn(path: string, grain: Grain, order: DateOrder): DatedPath | undefined {
  if (order !== 'ymd' && grain !== 'day') return undefined
  const found = [...path.matchAll(order === 'ymd' ? YMD[grain] : OTHERS[order])]
  const name = path.lastIndexOf('/') + 1
  const match = found.find(({ index }) => index >= name) ?? found.at(-1)
  if (match === undefined) return undefined
  const start = match.index
  const end = start + match[0].length
  const parts = PARTS.flatMap((part) => {
    const place = match.indices?.groups?.[part]
    return place === undefined ? [] : [{ part, from: place[0], to: place[1] }]
  }).sort((a, b) => a.from - b.from)
  let template = ''
  let at = start
  for (const { part, from, to } of parts) {
    template += `${path.slice(at, from)}{${part}}`
    at = to
  }
  template += path.slice(at, end)
  return { before: path.slice(0, start), template, after: path.slice(end), key: keyOf(match.groups ?? {}) }
}

function keyOf({ yyyy, MM, dd, HH }: Readonly<Record<string, string | undefined>>): string | undefined {
  const exists = DateTime.utc(Number(yyyy), Number(MM), Number(dd ?? 1)).isValid
  return exists ? [yyyy, MM, dd, HH].filter((part) => part !== undefined).join('-') : undefined
}
