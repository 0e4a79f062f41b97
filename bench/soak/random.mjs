/** The same seed gives the same numbers, whatever else happens meanwhile. */
export function seeded(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from, to) => from + Math.floor(next() * (to - from + 1))
  const pick = (list) => list[between(0, list.length - 1)]
  const weighted = (entries) => {
    let at = next() * entries.reduce((sum, { weight }) => sum + weight, 0)
    for (const entry of entries) {
      at -= entry.weight
      if (at < 0) return entry
    }
    return entries.at(-1)
  }
  return { between, pick, weighted, chance: (share) => next() < share }
}
