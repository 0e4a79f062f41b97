import type { Pipeline } from '../config/pipeline.ts'
import { Deadlines } from '../freshness/deadlines.ts'
import type { PartitionFreshness } from '../freshness/state.ts'
import { partitionId } from '../names.ts'
import { windowOf } from '../partitions/windows.ts'
import type { Backoff } from '../warehouse/claim.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import { fileCommands, rangeCommand } from './commands.ts'
import type { Reading } from './ledger-readings.ts'
import type { Attention } from './page-data.ts'
import type { WebUi } from './web-ui.ts'

/** What the ledger says that a person may have to do something about: held files, then partitions that are missing or late, then those that fail. */
export function ledgerAttention(pipeline: Pipeline, { freshness, held, backoffs }: Reading, ui: WebUi): Attention[] {
  const overdue = ['missing', 'late'].flatMap((state) =>
    rangesOf(freshness.partitions, state).map((range) => overdueItem(pipeline, range, ui)),
  )
  const next = freshness.next
  const coming: Attention[] =
    next === null || next.key !== null || next.state === 'waiting'
      ? []
      : [
          {
            ...nothingElse(pipeline.name),
            what: 'the next partition',
            state: next.state,
            since: next.dueAt,
            reason: 'no new partition has come; it is loaded when it does',
          },
        ]
  return [
    ...held.files.map((file) => heldItem(file, ui)),
    ...overdue,
    ...coming,
    ...backoffs.map((backoff) => retryingItem(pipeline.name, backoff, ui)),
  ]
}

const nothingElse = (pipeline: string) => ({ pipeline, key: null, path: null, commands: [], webUi: null })

function heldItem(file: LedgerEntry, ui: WebUi): Attention {
  return {
    pipeline: file.pipeline,
    what: file.path,
    state: 'held',
    since: file.settled_at,
    reason: file.error ?? 'held',
    commands: fileCommands(file),
    key: file.partition_key,
    path: file.path,
    webUi: file.workflow_id === null ? null : ui.run(file.workflow_id, file.run_id),
  }
}

function retryingItem(pipeline: string, { key, tries, error, notBefore }: Backoff, ui: WebUi): Attention {
  return {
    ...nothingElse(pipeline),
    what: key,
    state: 'retrying',
    since: null,
    reason: `${error}; tried ${tries} times, again at ${notBefore.toISOString()}`,
    commands: [rangeCommand(pipeline, key, key)],
    key,
    webUi: ui.run(partitionId(pipeline, key)),
  }
}

type Range = readonly [PartitionFreshness, ...PartitionFreshness[]]

const REASONS_SHOWN = 3

/** Partitions that follow each other are one thing to a person, such as a source that was down for a week; those with too little are another. */
function rangesOf(partitions: readonly PartitionFreshness[], state: string): Range[] {
  const ranges: [PartitionFreshness, ...PartitionFreshness[]][] = []
  let last: [PartitionFreshness, ...PartitionFreshness[]] | undefined
  for (const partition of partitions) {
    if (partition.state !== state) {
      // A day off between two missing ones does not part them.
      if (partition.state !== 'not expected') last = undefined
    } else if (last === undefined || (last[0].reason === null) !== (partition.reason === null)) {
      last = [partition]
      ranges.push(last)
    } else last.push(partition)
  }
  return ranges
}

function overdueItem(pipeline: Pipeline, range: Range, ui: WebUi): Attention {
  const [first] = range
  const last = range.at(-1) ?? first
  const { name, source } = pipeline
  const few = range.length === 1
  return {
    pipeline: name,
    what: few ? first.key : `${first.key} to ${last.key} (${range.length})`,
    state: first.state,
    since: first.dueAt ?? dueAt(pipeline, first.key),
    reason: reasonsOf(range) || `no file as ${source.files}; loaded when it comes`,
    commands: [rangeCommand(name, first.key, last.key)],
    key: first.key,
    path: null,
    webUi: few ? ui.run(partitionId(name, first.key)) : null,
  }
}

function reasonsOf(range: Range): string {
  const reasons = [...new Set(range.flatMap(({ reason }) => reason ?? []))]
  return `${reasons.slice(0, REASONS_SHOWN).join(', ')}${reasons.length > REASONS_SHOWN ? ', …' : ''}`
}

function dueAt({ partitions, expect }: Pipeline, key: string): string | null {
  const end = windowOf(partitions, key)?.end
  const due = end && expect && new Deadlines(expect, new Date()).dueOf(end.getTime())
  return due === undefined ? null : new Date(due).toISOString()
}
