import { Cron } from 'croner'
import { z } from 'zod'
import { duration } from './duration.ts'
import { expect } from './expect.ts'
import { check, csv, pipelineName, table } from './field-schemas.ts'
import { initial } from './initial.ts'
import { secret } from './secret.ts'
import { sourceSchema } from './sources/source.ts'
import { strict } from './strictness.ts'

/** Listing a whole source more often would be all that the worker does. */
const SHORTEST_EVERY_MS = 1_000

const timezone = z.string().refine(isTimezone, {
  error: (issue) => `expected a time zone by its IANA name, such as 'UTC' or 'Europe/Berlin', got ${JSON.stringify(issue.input)}`,
})

const timePartitions = strict({
  kind: z.enum(['hourly', 'daily', 'weekly', 'monthly']),
  start: z.string({ error: 'expected the key of the first partition' }),
  end: z.string().optional(),
  timezone: timezone.default('UTC'),
  offset: duration.prefault('0s'),
  format: z.string().optional(),
  initial,
})

const dynamicPartitions = strict({ kind: z.literal('dynamic'), initial })

const schedule = strict({
  cron: z.string().refine(isCron, {
    error: (issue) => `expected a cron expression of five fields, such as '0 6 * * *', got ${JSON.stringify(issue.input)}`,
  }),
  timezone: timezone.optional(),
  overlap: z.enum(['ALLOW_ALL', 'SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'CANCEL_OTHER', 'TERMINATE_OTHER']).default('ALLOW_ALL'),
  pauseOnFailure: z.boolean().default(false),
  catchupWindow: duration.prefault('365d'),
  lateAfter: duration.prefault('1h'),
  missingAfter: duration.prefault('24h'),
})

const sensor = strict({
  every: duration
    .refine((ms) => ms >= SHORTEST_EVERY_MS, {
      error: (issue) => `expected '1s' or longer, because a watcher sees new files sooner, got ${issue.input} ms`,
    })
    .optional(),
  sweepEvery: duration.optional(),
})

const arrival = strict(
  {
    files: z.number().int().min(1, 'expected at least 1 file').optional(),
    marker: z.string().optional(),
    deadline: duration.optional(),
  },
  "expected files, marker or deadline, such as { files: 3, deadline: '2h' }",
)

const rejectSome = strict({
  reject: strict({
    rows: z.number().int().min(0, 'expected a number of rows').optional(),
    share: z.number().min(0, 'expected a share from 0 to 1').max(1, 'expected a share from 0 to 1').optional(),
  }),
})

export const pipeline = strict({
  source: sourceSchema,
  partitions: z.discriminatedUnion('kind', [timePartitions, dynamicPartitions], {
    error: 'expected partitions: hourly(…), daily(…), weekly(…), monthly(…) or dynamic()',
  }),
  table,
  columns: z.record(z.string(), z.string()),
  csv: csv.prefault({}),
  checks: z.array(check).default([]),
  schedule: schedule.optional(),
  sensor: sensor.optional(),
  expect: expect.optional(),
  arrival: arrival.optional(),
  onBadRows: z
    .union([z.literal('hold'), rejectSome], {
      error: "expected 'hold', or { reject: { rows: 10 } }, or { reject: { share: 0.01 } }",
    })
    .default('hold'),
  onSchemaChange: z.enum(['freeze', 'addColumns', 'rescue']).default('freeze'),
  onDeleted: z.enum(['keep', 'remove', 'alert']).default('keep'),
  onDuplicate: z.enum(['load', 'skip', 'hold']).default('load'),
  afterLoad: z
    .union(
      [
        z.enum(['keep', 'move', 'delete']),
        strict({ move: z.string().min(1, 'expected a folder') }),
        strict({ tag: z.record(z.string().min(1), z.string()) }),
      ],
      { error: "expected 'keep', 'move', { move: 'folder' }, 'delete' or { tag: { name: 'value' } }" },
    )
    .default('keep'),
})

const alerts = strict({
  webhook: secret.optional(),
  command: z
    .array(z.string().min(1), { error: "expected a list: the program and its arguments, such as ['bin/alert']" })
    .min(1)
    .optional(),
})

export const configSchema = strict({
  warehouse: strict({
    kind: z.literal('duckdb', { error: "expected a warehouse: duckdb('.tidemark/warehouse.duckdb')" }),
    file: z.string().min(1),
  }),
  temporal: strict({
    namespace: z.string().min(1).default('default'),
    taskQueue: z.string().min(1).default('tidemark'),
  }).prefault({}),
  alerts: alerts.prefault({}),
  pipelines: z
    .record(pipelineName, pipeline)
    .refine((pipelines) => Object.keys(pipelines).length > 0, { error: 'expected at least one pipeline, got none' }),
})

/** What a config file exports. */
export type ConfigInput = z.input<typeof configSchema>
export type PipelineInput = z.input<typeof pipeline>
export type CheckedConfig = z.output<typeof configSchema>
export type CheckedPipeline = z.output<typeof pipeline>

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The server knows no `L`, `W`, `#` or `?`. */
const CRON_WORDS = /^(?:[\d*/,\s-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+$/i

function isCron(expression: string): boolean {
  if (!CRON_WORDS.test(expression)) return false
  try {
    new Cron(expression, { mode: '5-part', paused: true })
    return true
  } catch {
    return false
  }
}
