import { DEFAULT_FORMATS } from '../partitions/key-format.ts'
import type { Partitions } from '../partitions/partitions.ts'
import type { CheckedPipeline } from './schema.ts'

export type PartitionsInput = CheckedPipeline['partitions']

export function toPartitions(input: PartitionsInput): Partitions {
  if (input.kind === 'dynamic') return { kind: 'dynamic' }
  return {
    kind: input.kind,
    start: input.start,
    end: input.end,
    timezone: input.timezone,
    offsetMs: input.offset,
    format: input.format ?? DEFAULT_FORMATS[input.kind],
  }
}
