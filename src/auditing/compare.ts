import type { Pipeline } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import type { Listed } from '../sources/source.ts'
import type { Inventoried } from '../warehouse/inventory.ts'
import type { Audit, Finding, Remark } from './finding.ts'
import { sameBytes } from './same-bytes.ts'
import { sourceFindings } from './source-findings.ts'
import { tableFindings } from './table-findings.ts'

export interface Compared {
  readonly pipeline: Pipeline
  /** Every file whose partition is one of the pipeline's, by its path. */
  readonly listed: ReadonlyMap<string, { readonly listed: Listed; readonly key: string }>
  /** Whether the listing would have it, if it were there. */
  readonly covers: (path: string) => boolean
  readonly inventory: readonly Inventoried[]
  /** SHA-256 of the bytes that are in the source now, or why they cannot be read; of loaded files. */
  readonly bytes: ReadonlyMap<string, { readonly hash: string } | { readonly error: string }>
}

/** What does not agree, in the order of the paths. */
export function compare(compared: Compared): Audit {
  const { pipeline, inventory, listed, covers } = compared
  const known = new Set(inventory.flatMap(({ path }) => path ?? []))
  const unknown = [...listed.keys()].filter((path) => !known.has(path)).map(unheardOf)
  const { duplicated, notes } = sameBytes(compared)
  const findings = [
    ...[...inventory, ...unknown].flatMap((line) => [...tableFindings(compared, line), ...sourceFindings(compared, line)]),
    ...duplicated,
  ]
  const loaded = inventory.filter(({ loaded: { versions } }) => versions > 0)
  return {
    pipeline: pipeline.name,
    files: loaded.length,
    rows: inventory.reduce((sum, { rows }) => sum + rows, 0),
    gone: loaded.filter(({ path, loaded }) => path !== null && covers(path) && !listed.has(path) && !loaded.taken).length,
    ignored: inventory.filter(({ newest }) => newest?.status === 'ignored' && !newest.gone).length,
    findings: findings.sort(byPath),
    held: inventory.flatMap((line) => heldRemark(line)),
    notes,
  }
}

function unheardOf(path: string): Inventoried {
  return { path, newest: undefined, loaded: { versions: 0, rows: 0, contentHash: undefined }, rows: 0, strayRows: 0 }
}

function heldRemark({ path, newest, loaded }: Inventoried): Remark[] {
  if (path === null || newest?.status !== 'held') return []
  const older = loaded.versions === 0 ? '' : `; the ${counted(loaded.rows, 'row')} of the version before stay`
  return [{ path, what: `version ${newest.sequence}: ${newest.error}${older}` }]
}

function byPath(one: Finding, other: Finding): number {
  const [a, b] = [one.path ?? '', other.path ?? '']
  return a < b ? -1 : a > b ? 1 : 0
}
