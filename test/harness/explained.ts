import { explain } from '../../src/cli/explanation.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Running } from './running.ts'

/** What `tidemark explain` says of a file: a line for each step of its way. */
export async function explained({ worker, workspace, pipeline }: Running, path: string): Promise<string> {
  const explanation = await explain(new OpenPipelines(workspace.config).get(pipeline), worker.warehouse, path)
  return (explanation?.steps ?? []).map(({ step, text }) => `${step}: ${text}`).join('\n')
}
