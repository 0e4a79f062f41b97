import { counted } from '../counted.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { Listed } from '../sources/source.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import type { Backoff, Warehouse } from '../warehouse/warehouse.ts'

export interface Explanation {
  readonly pipeline: string
  readonly path: string
  /** Rows of this path are in the table, and they are those of the file that is there now. */
  readonly inTable: boolean
  readonly steps: readonly { readonly step: string; readonly text: string }[]
}

const REJECTED_SHOWN = 5

/** A file's way, step by step; undefined when neither source nor ledger know it. */
export async function explain(open: OpenPipeline, warehouse: Warehouse, path: string): Promise<Explanation | undefined> {
  const { pipeline, pattern, source } = open
  const listed = await source.stat(path)
  const versions = await warehouse.files(pipeline.name, { path, versions: true })
  const newest = versions.at(-1)
  if (listed === undefined && newest === undefined) return undefined

  const key = pattern.keyOf(path)
  const steps = [
    { step: 'pattern', text: key === undefined ? `${pattern.files} does not match: it is left out` : `${pattern.files} matches` },
  ]
  if (key !== undefined) steps.push({ step: 'partition', text: partitionText(open, key) })
  steps.push({ step: 'source', text: sourceText(listed) })
  for (const version of versions) steps.push(...(await versionSteps(warehouse, version)))
  const backoff =
    key === undefined ? undefined : (await warehouse.backoffs(pipeline.name)).find((postponed) => postponed.key === key)
  steps.push({ step: 'now', text: nowText(open, key, listed, newest, backoff) })
  const inTable = newest?.status === 'loaded' && (listed === undefined || listed.fingerprint === newest.fingerprint)
  return { pipeline: pipeline.name, path, inTable, steps }
}

function partitionText({ pipeline }: OpenPipeline, key: string): string {
  const judged = judgeKey(pipeline.partitions, key)
  return judged.verdict === 'valid' ? key : judged.reason
}

function sourceText(listed: Listed | undefined): string {
  if (listed === undefined) return 'not there'
  return listed.refused ?? `${listed.size} bytes, modified ${listed.modifiedAt.toISOString()}, fingerprint ${listed.fingerprint}`
}

async function versionSteps(warehouse: Warehouse, version: LedgerEntry) {
  const { sequence, status, rows, rejected_rows, loaded_at, settled_at, error, workflow_id, run_id, checks } = version
  const outcome =
    status === 'held'
      ? `held at ${settled_at}: ${error}`
      : `${status}, ${counted(rows ?? 0, 'row')}${rejected_rows ? ` without ${counted(rejected_rows, 'bad row')}` : ''}, at ${loaded_at}`
  const steps = [{ step: `version ${sequence}`, text: `${outcome}; by ${workflow_id} (run ${run_id})` }]
  for (const { check, passed, failed, blocking, sample } of checks) {
    const [row] = sample
    const such = row === undefined ? '' : `, such as ${JSON.stringify(row)}`
    const found = passed ? 'passed' : `${counted(failed, 'row')} failed${blocking ? '' : ' (does not block)'}${such}`
    steps.push({ step: 'check', text: `${check}: ${found}` })
  }
  const rejected = await warehouse.rejected(version.pipeline, version.path, sequence)
  for (const row of rejected.slice(0, REJECTED_SHOWN)) {
    steps.push({
      step: 'rejected',
      text: `line ${row.line ?? '?'}${row.column === null ? '' : `, column ${row.column}`}: ${row.error}: ${row.text}`,
    })
  }
  return steps
}

function nowText(
  { pipeline, pattern }: OpenPipeline,
  key: string | undefined,
  listed: Listed | undefined,
  newest: LedgerEntry | undefined,
  backoff: Backoff | undefined,
): string {
  if (key === undefined) return `nothing: only files that match ${pattern.files} are loaded`
  const judged = judgeKey(pipeline.partitions, key)
  if (judged.verdict === 'outside') return `nothing: ${judged.reason}`
  if (listed === undefined)
    return newest?.status === 'loaded'
      ? 'nothing: it is gone from the source, its rows stay'
      : 'nothing: it is gone from the source'
  if (newest?.fingerprint === listed.fingerprint) {
    return newest.status === 'held'
      ? 'nothing: this version is held; a corrected file is loaded when it comes'
      : 'nothing: it is up to date'
  }
  const who =
    pipeline.sensor === undefined ? `the next tick of the schedule, or \`tidemark import ${pipeline.name} ${key}\`` : 'the sensor'
  const wait = `unchanged for ${pipeline.source.settleMs / 1000} s`
  const postponed =
    backoff === undefined
      ? ''
      : `; the last ${backoff.tries} tries failed (${backoff.error}), the next is due ${backoff.notBefore.toISOString()}`
  return `${newest === undefined ? 'new' : 'changed'}: ${who} loads it once it is ${wait}${postponed}`
}
