import type { WallTime } from './wall-clock.ts'

/** Where each token lies in `2018-01-22T06:00`. */
const PLACES: Readonly<Record<string, readonly [from: number, to: number]>> = {
  yyyy: [0, 4],
  MM: [5, 7],
  dd: [8, 10],
  HH: [11, 13],
  mm: [14, 16],
}
/** A run of one letter is a token; other characters stand for themselves, but for quotes. */
const TOKENS = /([A-Za-z])\1*|[^A-Za-z']/gu
const FIRST = Date.parse('0000-01-01T00:00Z')
const LAST = Date.parse('9999-12-31T23:59Z')

export type Writer = (wall: WallTime) => string | undefined

/**
 * Writes times in a format of numbers alone, as the default ones are: ten times as fast as Luxon, and a pipeline has a hundred thousand
 * keys. Undefined where that cannot be done so.
 */
export function plainWriter(format: string): Writer | undefined {
  const tokens = format.match(TOKENS) ?? []
  if (tokens.join('') !== format) return undefined
  const pieces = tokens.map((token) => PLACES[token] ?? token)
  if (pieces.some((piece) => typeof piece === 'string' && /[A-Za-z]/.test(piece))) return undefined
  return (wall) => {
    if (!(wall >= FIRST && wall <= LAST)) return undefined
    const iso = new Date(wall).toISOString()
    let text = ''
    for (const piece of pieces) text += typeof piece === 'string' ? piece : iso.slice(piece[0], piece[1])
    return text
  }
}
