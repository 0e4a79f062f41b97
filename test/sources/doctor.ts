import { expect } from '@jest/globals'
import type { PipelineInput } from '../../src/config/schema.ts'
import { Project } from '../cli/project.ts'
import { testServer } from '../harness/server-address.ts'

/** What `doctor` says of some sources, by their names: a line of it each. */
export async function examined(
  sources: Readonly<Record<string, PipelineInput['source']>>,
  variables: NodeJS.ProcessEnv = {},
  afterLoad: PipelineInput['afterLoad'] = 'keep',
): Promise<Record<string, string>> {
  const pipelines = Object.entries(sources).map(([name, source]) => [
    name,
    { source, partitions: { kind: 'dynamic' }, table: name, columns: { price: 'DOUBLE' }, sensor: {}, afterLoad },
  ])
  const config = { warehouse: { kind: 'duckdb', file: 'warehouse.duckdb' }, pipelines: Object.fromEntries(pipelines) }
  await using project = await Project.create(`export default ${JSON.stringify(config)}\n`, { address: testServer(), variables })
  const { stdout, stderr } = await project.run('doctor')
  expect(stderr).toBe('')
  const said = stdout.split('\n').flatMap((line) => {
    const [, state, name, text] = /^(ok |bad) source of (\w+): (.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, `${state?.trim()}: ${text}`]]
  })
  return Object.fromEntries(said)
}
