import { DateTime } from 'luxon'
import { messageOf } from '../errors.ts'
import { writeWall } from './key-format.ts'
import type { Partitions, TimePartitions } from './partitions.ts'
import { floorWall, type WallTime } from './wall-clock.ts'
import { wallStartOf } from './windows.ts'

/** Between them these show what a format can lose: afternoons, month ends, leap days, days in another ISO year. */
export const SAMPLE_TIMES: readonly WallTime[] = [
  '2000-02-29T00:30Z',
  '2008-12-29T13:30Z',
  '2017-10-31T23:30Z',
  '2018-01-22T12:30Z',
  '2018-11-12T11:30Z',
  '2021-01-02T01:30Z',
  '2035-06-15T18:30Z',
].map((time) => Date.parse(time))

/** Why keys of this format do not name one window each, as `yyyy` for daily ones; undefined when they do. */
export function formatFault(partitions: Partitions): string | undefined {
  if (partitions.kind === 'dynamic') return undefined
  const format = JSON.stringify(partitions.format)
  try {
    if (writesZone(partitions.format)) return `the format ${format} writes a time zone; leave it out, keys are in \`timezone\``
    const lost = SAMPLE_TIMES.map((time) => floorWall(partitions, time)).find((start) => !tells(partitions, start))
    if (lost === undefined) return undefined
    const [year, month, day, hour] = ['yyyy', 'MM', 'dd', 'HH'].map((token) => writeWall(token, lost))
    return (
      `the format ${format} does not tell ${partitions.kind} partitions apart: that of ${year}-${month}-${day} ${hour}:00 is written ` +
      `${JSON.stringify(writeWall(partitions.format, lost))}, which does not read back as the same`
    )
  } catch (error) {
    return `the format ${format} cannot be read: ${messageOf(error)}`
  }
}

function writesZone(format: string): boolean {
  const here = DateTime.fromMillis(0, { zone: 'utc', locale: 'en-US' })
  return here.toFormat(format) !== here.setZone('UTC+5:30', { keepLocalTime: true }).toFormat(format)
}

function tells(partitions: TimePartitions, start: WallTime): boolean {
  return wallStartOf(partitions, writeWall(partitions.format, start)) === start
}
