/** The first of them, as many as fit into so many bytes of JSON. */
export function withinBytes<T>(items: readonly T[], most: number): T[] {
  const fitting: T[] = []
  let left = most
  for (const item of items) {
    left -= Buffer.byteLength(JSON.stringify(item)) + 1 // a comma
    if (left < 0) break
    fitting.push(item)
  }
  return fitting
}
