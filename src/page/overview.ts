import type { Config, Pipeline } from '../config/pipeline.ts'
import { placeOf } from '../config/sources/source.ts'
import { ledgerAttention } from './attention.ts'
import { cellOf } from './calendar.ts'
import type { LedgerReadings, Reading } from './ledger-readings.ts'
import type { Attention, Overview, PipelineLine, ServerNow } from './page-data.ts'
import { serverAttention } from './server-attention.ts'
import type { WebUi } from './web-ui.ts'

const MOST_ATTENTION = 60
const MOST_OF_A_PIPELINE = 20
const RECENT = 60

/** How all pipelines are, and what needs a person. */
export async function overviewOf(config: Config, readings: LedgerReadings, server: ServerNow, ui: WebUi): Promise<Overview> {
  const pipelines: PipelineLine[] = []
  const attention: Attention[] = serverAttention(server)
  let moreAttention = 0
  for (const pipeline of config.pipelines.values()) {
    const reading = await readings.of(pipeline)
    pipelines.push(lineOf(pipeline, reading))
    const all = ledgerAttention(pipeline, reading, ui)
    const shown = all.slice(0, MOST_OF_A_PIPELINE)
    attention.push(...shown)
    moreAttention += all.length - shown.length + reading.held.total - reading.held.files.length
  }
  moreAttention += Math.max(0, attention.length - MOST_ATTENTION)
  return { at: new Date().toISOString(), pipelines, attention: attention.slice(0, MOST_ATTENTION), moreAttention, server }
}

export function lineOf({ name, table, source }: Pipeline, { freshness }: Reading): PipelineLine {
  const { kind, counts, partitions, newest, next } = freshness
  return {
    name,
    kind,
    table: table.schema === 'main' ? table.name : `${table.schema}.${table.name}`,
    source: placeOf(source),
    counts,
    partitions: partitions.length,
    rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
    newest: newest && { key: newest.key, loadedAt: newest.loadedAt },
    next: next && { key: next.key, state: next.state, dueAt: next.dueAt },
    recent: partitions.slice(-RECENT).map((partition) => cellOf([partition])),
  }
}
