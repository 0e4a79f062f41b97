import { DateTime, type TokenParser } from 'luxon'
import type { TimePartitions } from './partitions.ts'
import { plainReader, plainWriter, type Reader, type Writer } from './plain-format.ts'
import type { WallTime } from './wall-clock.ts'

/** How keys are written where the config says nothing, in Luxon tokens; a week by its Monday. */
export const DEFAULT_FORMATS: Readonly<Record<TimePartitions['kind'], string>> = {
  hourly: 'yyyy-MM-dd-HH',
  daily: 'yyyy-MM-dd',
  weekly: 'yyyy-MM-dd',
  monthly: 'yyyy-MM',
}

/** Keys are on wall-clock time, which is kept as if it were UTC, and must not depend on the machine's language. */
const READING = { zone: 'utc', locale: 'en-US' } as const

const parsers = new Map<string, TokenParser>()

const writers = new Map<string, Writer>()
const readers = new Map<string, Reader | undefined>()

export function writeWall(format: string, wall: WallTime): string {
  let write = writers.get(format)
  if (write === undefined) {
    write = plainWriter(format) ?? (() => undefined)
    writers.set(format, write)
  }
  return write(wall) ?? DateTime.fromMillis(wall, READING).toFormat(format)
}

/** The time that a text says; undefined when the text is not exactly what this format writes for that time. */
export function readWall(format: string, text: string): WallTime | undefined {
  if (!readers.has(format)) readers.set(format, plainReader(format))
  const plain = readers.get(format)
  if (plain !== undefined) return plain(text)
  const date = DateTime.fromFormatParser(text, parserOf(format), READING)
  return date.isValid && date.toFormat(format) === text ? date.toMillis() : undefined
}

function parserOf(format: string): TokenParser {
  const known = parsers.get(format)
  if (known) return known
  const parser = DateTime.buildFormatParser(format, { locale: READING.locale })
  parsers.set(format, parser)
  return parser
}
