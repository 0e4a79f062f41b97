import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PipelineInput } from '../../src/config/schema.ts'
import { pipelineInput, type Workspace } from '../harness/workspace.ts'

/** Writes the config of a workspace as a file, for other processes. */
export async function writeConfig(workspace: Workspace, options: Partial<PipelineInput> = {}): Promise<string> {
  const { file } = workspace.config.warehouse
  const config = {
    warehouse: { kind: 'duckdb', file },
    temporal: { taskQueue: workspace.pipeline },
    pipelines: { [workspace.pipeline]: pipelineInput(options) },
  }
  const path = join(workspace.folder, 'tidemark.config.ts')
  await writeFile(path, `export default ${JSON.stringify(config, null, 2)}\n`)
  return path
}
