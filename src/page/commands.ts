import { basename } from 'node:path'
import type { Config } from '../config/pipeline.ts'
import { isUsualName } from '../config/usual-names.ts'
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
  const explain = `npx tidemark explain ${word}`
  if (status === 'removed' || status === 'ignored') return [explain, `npx tidemark retry ${word}`]
  if (status !== 'held') return [explain]
  const isReleasable = error?.startsWith(SAME_BYTES) || checks.some(({ passed, blocking }) => blocking && !passed)
  return [explain, isReleasable ? `npx tidemark release ${word} --reason 'why'` : `npx tidemark retry ${word}`]
}

/** Brings partitions up to date now. */
export function rangeCommand(pipeline: string, from: string, to: string): string {
  if (from === to) return `npx tidemark import ${shellWord(pipeline)} ${shellWord(from)}`
  return `npx tidemark backfill ${shellWord(pipeline)} --from ${shellWord(from)} --to ${shellWord(to)}`
}

/** For `JSON.stringify`: what is to be typed in the config's folder names a config that has another name than the usual ones. */
export function naming({ file }: Pick<Config, 'file'>): (field: string, value: unknown) => unknown {
  if (isUsualName(basename(file))) return (_, value) => value
  const flag = ` --config ${shellWord(basename(file))}`
  const named = (command: unknown) => (String(command).startsWith('npx tidemark ') ? `${command}${flag}` : command)
  return (field, value) => ((field === 'commands' || field === 'mend') && Array.isArray(value) ? value.map(named) : value)
}
