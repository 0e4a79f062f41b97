import { DateTime } from 'luxon'
import { SAMPLE_TIMES } from './format-fault.ts'
import type { Filled } from './glob.ts'
import { readWall, writeWall } from './key-format.ts'
import type { TimePartitions } from './partitions.ts'
import { floorWall } from './wall-clock.ts'

/** The parts of a date in a path; each is also the Luxon token that writes it. */
export type DatePart = 'yyyy' | 'MM' | 'dd' | 'HH'

const NEEDED: Readonly<Record<TimePartitions['kind'], readonly DatePart[]>> = {
  hourly: ['yyyy', 'MM', 'dd', 'HH'],
  daily: ['yyyy', 'MM', 'dd'],
  weekly: ['yyyy', 'MM', 'dd'],
  monthly: ['yyyy', 'MM'],
}

/** Keeps a key that is no date from reading as another date, as 13-05-2018 (month 13) does in the format dd-MM-yyyy. */
const NO_DATE = ' (no date)'

const LONGEST_WINDOW_MS = 31 * 24 * 3_600_000

/** The key that the parts make, in the partitions' format; where they are no date, the parts themselves, joined by `-`. */
export function keyOfParts({ format }: TimePartitions, parts: readonly DatePart[], texts: Filled): string {
  const key = composed(format, parts, texts)
  if (key !== undefined) return key
  const raw = parts.map((part) => texts[part]).join('-')
  return readWall(format, raw) === undefined ? raw : raw + NO_DATE
}

/** What a key says of the parts, so that a listing need look only there; some may stay open. */
export function partsOfKey({ format }: TimePartitions, parts: readonly DatePart[], key: string): Filled {
  const wall = readWall(format, key)
  if (wall === undefined) return rawPartsOf(parts, key)
  const { tokens } = DateTime.fromFormatExplain(key, format)
  const spelled = parts.filter((part) => tokens.some((token) => !token.literal && token.val === part))
  return Object.fromEntries(spelled.map((part) => [part, writeWall(part, wall)]))
}

/** Why these parts do not make the keys of the partitions. */
export function datePartsFault(partitions: TimePartitions, parts: readonly DatePart[]): string | undefined {
  const { kind, format } = partitions
  const missing = NEEDED[kind].filter((part) => !parts.includes(part))
  if (missing.length > 0) return `${kind} partitions also need ${missing.map((part) => `{${part}}`).join(' and ')}`
  const tells = SAMPLE_TIMES.map((time) => floorWall(partitions, time)).every((start) => {
    const texts = Object.fromEntries(parts.map((part) => [part, writeWall(part, start)]))
    return composed(format, parts, texts) === writeWall(format, start)
  })
  if (tells) return undefined
  return `${parts.map((part) => `{${part}}`).join(' ')} do not make keys of the format ${format}; write in the format only what they tell`
}

function composed(format: string, parts: readonly DatePart[], texts: Filled): string | undefined {
  const { yyyy, MM = '1', dd = '1', HH = '0' } = texts
  const wall = DateTime.utc(Number(yyyy), Number(MM), Number(dd), Number(HH)).toMillis()
  // Luxon takes 24 o'clock for the next day's midnight.
  if (Number.isNaN(wall) || parts.some((part) => writeWall(part, wall) !== texts[part])) return undefined
  const key = writeWall(format, wall)
  const read = readWall(format, key)
  // A two-digit year reads as one near this century: 1918 must not become 2018.
  return read !== undefined && Math.abs(wall - read) <= LONGEST_WINDOW_MS ? key : undefined
}

function rawPartsOf(parts: readonly DatePart[], key: string): Filled {
  const raw = key.endsWith(NO_DATE) ? key.slice(0, -NO_DATE.length) : key
  const sources = parts.map((part) => `(?<${part}>\\d{${part.length}})`)
  return new RegExp(`^${sources.join('-')}$`).exec(raw)?.groups ?? {}
}
