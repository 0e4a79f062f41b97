import { Info, type Zone } from 'luxon'
import { TidemarkError } from '../errors.ts'

const DAY_MS = 86_400_000
/** About 50 years of a zone. */
const MOST_DAYS_KEPT = 20_000

/** The zone of that name; undefined when there is none, or when it depends on the machine, as `local` does. */
export function findZone(timezone: string): Zone | undefined {
  const zone = Info.normalizeZone(timezone)
  return zone.isValid && zone.type !== 'system' ? zone : undefined
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. To ask for each instant takes most of the time of a long walk. */
class ZoneOffsets {
  readonly #zone: Zone
  /** The offset of a day on which it does not change, by its number since 1970. */
  readonly #days = new Map<number, number | undefined>()
  /** Where one was asked for last it has not changed from here to there. */
  #from = 0
  #until = 0
  #offset = 0
  #midnight = Number.NaN
  #midnightOffset = 0

  constructor(zone: Zone) {
    this.#zone = zone
  }

  at(instant: number): number {
    return instant >= this.#from && instant < this.#until ? this.#offset : this.#lookUp(instant)
  }

  #lookUp(instant: number): number {
    const day = Math.floor(instant / DAY_MS)
    const offset = this.#steadyOn(day)
    if (offset === undefined) return this.#ask(instant)
    const from = day * DAY_MS
    const until = from + DAY_MS
    if (offset === this.#offset && from === this.#until) this.#until = until
    else if (offset === this.#offset && until === this.#from) this.#from = from
    else {
      this.#from = from
      this.#until = until
      this.#offset = offset
    }
    return offset
  }

  #steadyOn(day: number): number | undefined {
    if (!this.#days.has(day)) {
      if (this.#days.size >= MOST_DAYS_KEPT) this.#days.clear()
      const first = this.#askMidnight(day)
      this.#days.set(day, first === this.#askMidnight(day + 1) ? first : undefined)
    }
    return this.#days.get(day)
  }

  /** One day's end is mostly the next one's beginning that is asked for. */
  #askMidnight(day: number): number {
    if (day !== this.#midnight) {
      this.#midnightOffset = this.#ask(day * DAY_MS)
      this.#midnight = day
    }
    return this.#midnightOffset
  }

  #ask(instant: number): number {
    return Math.round(this.#zone.offset(instant) * 60_000)
  }
}

const zones = new Map<string, ZoneOffsets>()

/** @throws TidemarkError ConfigInvalid */
export function offsetsOf(timezone: string): Pick<ZoneOffsets, 'at'> {
  const known = zones.get(timezone)
  if (known !== undefined) return known
  const zone = findZone(timezone)
  if (zone === undefined) {
    throw new TidemarkError(
      'ConfigInvalid',
      `timezone "${timezone}" is not known; write an IANA name such as Europe/Berlin, or UTC`,
    )
  }
  const offsets = new ZoneOffsets(zone)
  zones.set(timezone, offsets)
  return offsets
}
