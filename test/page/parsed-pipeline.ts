import { duckdb } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Pipeline } from '../../src/config/pipeline.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { pipelineInput } from '../harness/workspace.ts'

/** A pipeline with these partitions, which are expected where they have a time. */
export function parsedPipeline(partitions: PipelineInput['partitions'], expect: PipelineInput['expect'] = {}): Pipeline {
  const expected = partitions.kind === 'dynamic' ? {} : { expect }
  const input = { warehouse: duckdb('w.duckdb'), pipelines: { prices: pipelineInput({ partitions, ...expected }) } }
  const pipeline = parseConfig(input, '/nowhere/tidemark.config.ts').pipelines.get('prices')
  if (pipeline === undefined) throw new Error('expected a pipeline')
  return pipeline
}
