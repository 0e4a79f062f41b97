const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** How long that is, in its two largest units at most: `3 days`, `1 hour 5 minutes`. */
export function lengthOf(ms: number): string {
  const first = UNITS.findIndex(([, length]) => ms >= length)
  if (first === -1) return '0 seconds'
  let left = ms
  const parts: string[] = []
  for (const [unit, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / length)
    left -= count * length
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    if (parts.length === 1 && (unit === 'day' || count >= 3)) break
  }
  return parts.join(' ')
}
