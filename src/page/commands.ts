import { shellWord } from '../shell-word.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import { SAME_BYTES } from '../warehouse/same-bytes.ts'

/** What a person would type next about a file. */
export function fileCommands({
  path,
  status,
  error,
  checks,
}: Pick<LedgerEntry, 'path' | 'status' | 'error' | 'checks'>): string[] {
  const word = shellWord(path)
  const explain = `tidemark explain ${word}`
  if (status === 'removed' || status === 'ignored') return [explain, `tidemark retry ${word}`]
  if (status !== 'held') return [explain]
  const isReleasable = error?.startsWith(SAME_BYTES) || checks.some(({ passed, blocking }) => blocking && !passed)
  return [explain, isReleasable ? `tidemark release ${word} --reason 'why'` : `tidemark retry ${word}`]
}

/** Brings partitions up to date now. */
export function rangeCommand(pipeline: string, from: string, to: string): string {
  if (from === to) return `tidemark import ${shellWord(pipeline)} ${shellWord(from)}`
  return `tidemark backfill ${shellWord(pipeline)} --from ${shellWord(from)} --to ${shellWord(to)}`
}
