/** What Node.js 20 has no `Map.groupBy` for. */
export function groups(rows, keyOf) {
  const found = new Map()
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row])
  return found
}
