import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { packageRoot } from '../../src/package-root.ts'

const OPTIONS = { module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: true, noEmit: true, types: [] }

const CONFIG = `import { type ConfigInput, defineConfig, duckdb, dynamic, localFolder, type PipelineInput } from 'tidemark'
import type { PartitionState, Tidemark } from 'tidemark/client'

const prices: PipelineInput = {
  source: localFolder('source', { files: '{partition}.csv', settle: '1.5 seconds' }),
  partitions: dynamic(),
  table: 'prices',
  columns: { price: 'DOUBLE' },
  sensor: { every: '30s' },
}
const config: ConfigInput = defineConfig({ warehouse: duckdb('warehouse.duckdb'), pipelines: { prices } })
export default config

export const load = (tidemark: Tidemark): Promise<PartitionState> => tidemark.importPartition('prices', 'today')

// @ts-expect-error no unit
defineConfig({ ...config, pipelines: { prices: { ...prices, sensor: { every: 30 } } } })
// @ts-expect-error no length of time
defineConfig({ ...config, pipelines: { prices: { ...prices, sensor: { every: '10 parsecs' } } } })
// @ts-expect-error an unknown field
defineConfig({ ...config, pipelines: { prices: { ...prices, tabel: 'prices' } } })
`

test('the editor knows the config, and what is wrong in it, also in a project that only uses the package', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-typed-'))
  try {
    await mkdir(join(folder, 'node_modules'))
    await symlink(packageRoot(), join(folder, 'node_modules', 'tidemark'), 'dir')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'tidemark.config.ts'), CONFIG)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['tidemark.config.ts'] }))
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
    const checked = promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(({ stdout }) => ({ stdout }))
    expect((await checked).stdout).toBe('')
  } finally {
    await rm(folder, { recursive: true })
  }
})
