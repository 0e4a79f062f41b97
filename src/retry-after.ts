const LONGEST_MS = 86_400_000

/** How long a server asks to be left alone, by its header `Retry-After`: in seconds, or until a date; undefined where it says nothing of use. */
export function retryAfterMs(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined
}
