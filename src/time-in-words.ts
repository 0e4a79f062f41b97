const MINUTE = 60
const HOUR_IN_MINUTES = 60
const DAY_IN_HOURS = 24

/** `45 s` (up to two minutes), `12 min`, `3 h 5 min`, `2 d 1 h`: the two largest units, to the nearest. */
export function timeInWords(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 2 * MINUTE) return `${seconds} s`
  const minutes = Math.round(seconds / MINUTE)
  if (minutes < DAY_IN_HOURS * HOUR_IN_MINUTES) return inTwo(minutes, HOUR_IN_MINUTES, ['h', 'min'])
  return inTwo(Math.round(minutes / HOUR_IN_MINUTES), DAY_IN_HOURS, ['d', 'h'])
}

function inTwo(count: number, each: number, [large, small]: readonly [string, string]): string {
  const parts = [
    [Math.floor(count / each), large],
    [count % each, small],
  ] as const
  return parts.flatMap(([part, unit]) => (part === 0 ? [] : [`${part} ${unit}`])).join(' ')
}
