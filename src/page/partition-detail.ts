import type { Pipeline } from '../config/pipeline.ts'
import { partitionId } from '../names.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import { fileCommands, rangeCommand } from './commands.ts'
import type { LedgerReadings } from './ledger-readings.ts'
import type { FileDetail, FileLine, FileVersion, PartitionDetail } from './page-data.ts'
import type { PageSource } from './page-source.ts'
import { pageOf } from './pages.ts'
import { lineOf } from './partition-list.ts'

import type { WebUi } from './web-ui.ts'

const FILES_ON_A_PAGE = 50
const VERSIONS_SHOWN = 50
const REJECTED_SHOWN = 5
const LONGEST_TEXT = 200

interface Asked {
  readonly source: PageSource
  readonly readings: LedgerReadings
  readonly ui: WebUi
  readonly pipeline: Pipeline
}

/** A partition's files, and what it was before. */
export async function partitionDetail(
  { source, readings, ui, pipeline }: Asked,
  key: string,
  asked: number,
): Promise<PartitionDetail> {
  const { freshness, backoffs } = await readings.of(pipeline)
  const { name } = pipeline
  const found = await source.read(async (warehouse) => {
    const read = (offset: number) => warehouse.filesPage(name, { key, limit: FILES_ON_A_PAGE, offset })
    const first = await read((Math.max(1, asked) - 1) * FILES_ON_A_PAGE)
    const { page, pages, offset } = pageOf(first.total, asked, FILES_ON_A_PAGE)
    const { total, files } = page === asked ? first : await read(offset)
    const { versions } = await warehouse.lineage(name, key)
    return { total, files, page, pages, versions }
  })
  const line = freshness.partitions.find((partition) => partition.key === key)
  const backoff = backoffs.find((postponed) => postponed.key === key)
  return {
    pipeline: name,
    key,
    line: line === undefined ? null : lineOf(line),
    retrying: backoff === undefined ? null : { ...backoff, notBefore: backoff.notBefore.toISOString() },
    files: found.files.map((file) => fileLine(file, ui)),
    total: found.total,
    page: found.page,
    pages: found.pages,
    versions: found.versions.slice(-VERSIONS_SHOWN).map(({ workflow_id, run_id, code_version, changed_at, ...version }) => ({
      ...version,
      at: changed_at,
      codeVersion: code_version,
      runId: run_id,
      webUi: workflow_id === null ? null : ui.run(workflow_id, run_id),
    })),
    commands: [rangeCommand(name, key, key)],
    webUi: ui.run(partitionId(name, key)),
  }
}

/** All versions of one path, the newest first. */
export async function fileDetail({ source, ui, pipeline }: Asked, path: string): Promise<FileDetail> {
  const { versions, rejected } = await source.read(async (warehouse) => {
    const versions = await warehouse.files(pipeline.name, { path, versions: true })
    const newest = versions.at(-1)
    const rejected = newest === undefined ? [] : await warehouse.rejected(pipeline.name, path, newest.sequence)
    return { versions, rejected }
  })
  return {
    path,
    versions: versions
      .slice(-VERSIONS_SHOWN)
      .reverse()
      .map((version) => versionOf(version, ui)),
    rejected: rejected.slice(0, REJECTED_SHOWN).map((row) => ({ ...row, text: row.text.slice(0, LONGEST_TEXT) })),
  }
}

function fileLine(entry: LedgerEntry, ui: WebUi): FileLine {
  const { path, sequence, status, rows, rejected_rows, loaded_at, settled_at, first_seen_at, error, gone_at, checks } = entry
  return {
    path,
    version: sequence,
    status,
    rows,
    rejected: rejected_rows,
    at: loaded_at ?? settled_at ?? first_seen_at,
    error,
    gone: gone_at !== null,
    checks: checks.map(({ check, passed, blocking, failed }) => ({ check, passed, blocking, failed })),
    decision: decisionText(entry),
    codeVersion: entry.code_version,
    runId: entry.run_id,
    webUi: entry.workflow_id === null ? null : ui.run(entry.workflow_id, entry.run_id),
    commands: fileCommands(entry),
  }
}

function versionOf(entry: LedgerEntry, ui: WebUi): FileVersion {
  const { size, modified_at, first_seen_at, settled_at, fingerprint, content_hash } = entry
  return {
    ...fileLine(entry, ui),
    size,
    modifiedAt: modified_at,
    seenAt: first_seen_at,
    settledAt: settled_at,
    fingerprint,
    contentHash: content_hash,
  }
}

function decisionText({ decision, decided_by, reason, carried_out_at }: LedgerEntry): string | null {
  if (decision === null) return null
  const why = reason === null ? '' : `: ${reason}`
  return `${decision} by ${decided_by ?? 'somebody'}${carried_out_at === null ? ' (open)' : ''}${why}`
}
