import { timeInWords } from '../time-in-words.ts'

/** Stores refuse what is signed 15 minutes off, tokens 5; answers and this machine are never so slow. */
const SKEW_MS = 4 * 60_000

/** What to mend when a store refuses a signature and its own clock, as its answer's `Date` has it, says why; else undefined. */
export function clockMend(date: unknown, now = Date.now()): string | undefined {
  const aheadMs = now - Date.parse(String(date))
  if (!(Math.abs(aheadMs) > SKEW_MS)) return undefined
  return `Set this machine's clock right: it is ${timeInWords(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the server's.`
}
