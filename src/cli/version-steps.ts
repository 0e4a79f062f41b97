import { counted } from '../counted.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import type { Capabilities } from '../sources/capabilities.ts'
import type { Rejected } from '../staging/staged.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import type { Step } from './explanation.ts'

const REJECTED_SHOWN = 5

/** What a version came to that was followed by another. */
export function olderSteps(version: LedgerEntry): Step[] {
  return [outcomeStep(version), ...decisionSteps(version)]
}

export function newestSteps(open: OpenPipeline, version: LedgerEntry, rejected: readonly Rejected[]): Step[] {
  const { pipeline } = open
  if (version.status === 'ignored') return ignoredSteps(open, version)
  const { first_seen_at, settled_at, workflow_id, run_id, code_version } = version
  return [
    { step: 'seen', text: `version ${version.sequence} for the first time`, at: first_seen_at },
    { step: 'settled', text: `whole: ${wholeText(pipeline.source)}`, at: settled_at },
    identityStep(open, version),
    ...checkSteps(version),
    outcomeStep(version),
    ...rejected.slice(0, REJECTED_SHOWN).map(rejectedStep),
    { step: 'run', text: `${workflow_id} (run ${run_id}), Tidemark ${code_version}`, at: version.loaded_at },
    ...decisionSteps(version),
    ...afterLoadSteps(pipeline.afterLoad, version),
    ...goneSteps(version),
  ]
}

/** It was seen once, and not read. */
function ignoredSteps(open: OpenPipeline, version: LedgerEntry): Step[] {
  return [identityStep(open, version), outcomeStep(version), ...decisionSteps(version), ...goneSteps(version)]
}

function wholeText({ settleMs, done, manifest }: OpenPipeline['pipeline']['source']): string {
  if (done !== undefined) return 'its marker was there'
  return manifest === undefined ? `unchanged for ${settleMs / 1000} s` : 'its manifest named it'
}

function outcomeStep(version: LedgerEntry): Step {
  const { sequence, status, rows, rejected_rows, error, first_seen_at, loaded_at, settled_at, after_load } = version
  const rejected = rejected_rows ? ` without ${counted(rejected_rows, 'bad row')}` : ''
  // Of a loaded one it says why it could not be moved or deleted.
  const why = error === null || after_load === 'owed' ? '' : `: ${error}`
  const unread = status === 'held' || status === 'ignored'
  const text = unread ? `${status}${why}` : `${status}, ${counted(rows ?? 0, 'row')}${rejected}${why}`
  return { step: `version ${sequence}`, text, at: loaded_at ?? settled_at ?? first_seen_at }
}

function identityStep({ pipeline, source }: OpenPipeline, { fingerprint, content_hash }: LedgerEntry): Step {
  const made = pipeline.source.identity === 'stat' ? madeOf(source.can) : 'size and bytes'
  const hash = content_hash === null ? '' : `; SHA-256 ${content_hash}`
  return { step: 'identity', text: `by ${made}: ${fingerprint}${hash}`, at: null }
}

/** What two versions of a path are told apart by. */
export function madeOf({ fingerprint, remote }: Pick<Capabilities, 'fingerprint' | 'remote'>): string {
  switch (fingerprint) {
    case 'stat':
      return remote ? 'size and time' : 'size, times and inode'
    case 'etag':
      return 'size and ETag'
    case 'version':
      return 'size and generation'
  }
}

function checkSteps({ checks, settled_at }: LedgerEntry): Step[] {
  return checks.map(({ check, passed, failed, blocking, sample }) => {
    const [row] = sample
    const such = row === undefined ? '' : `, such as ${JSON.stringify(row)}`
    const found = passed ? 'passed' : `${counted(failed, 'row')} failed${blocking ? '' : ' (does not block)'}${such}`
    return { step: 'check', text: `${check}: ${found}`, at: settled_at }
  })
}

function rejectedStep({ line, column, error, text }: Rejected): Step {
  const place = `line ${line ?? '?'}${column === null ? '' : `, column ${column}`}`
  return { step: 'rejected', text: `${place}: ${error}: ${text}`, at: null }
}

/** Who decided what and why, and whether that has been done. */
function decisionSteps({ decision, reason, decided_by, decided_at, carried_out_at }: LedgerEntry): Step[] {
  if (decision === null) return []
  const why = reason === null ? '' : `: ${reason}`
  const steps: Step[] = [{ step: 'decision', text: `${decision}, by ${decided_by ?? 'somebody'}${why}`, at: decided_at }]
  if (carried_out_at !== null) steps.push({ step: 'decision', text: `${decision}: carried out`, at: carried_out_at })
  return steps
}

function afterLoadSteps(
  afterLoad: OpenPipeline['pipeline']['afterLoad'],
  { status, after_load, moved_to, error }: LedgerEntry,
): Step[] {
  // Rows that were taken out again leave the file where it is.
  if (after_load === null || (after_load === 'owed' && status !== 'loaded')) return []
  if (after_load === 'owed') {
    const text =
      afterLoad.kind === 'keep' ? 'keep: it was to be moved or deleted, and stays' : `${afterLoad.kind}: owed, not done yet`
    return [{ step: 'after load', text: error === null ? text : `${text}: ${error}`, at: null }]
  }
  return [{ step: 'after load', text: moved_to === null ? 'deleted, by us' : `moved to ${moved_to}, by us`, at: null }]
}

function goneSteps({ gone_at }: LedgerEntry): Step[] {
  return gone_at === null ? [] : [{ step: 'gone', text: 'not in the source any more', at: gone_at }]
}
