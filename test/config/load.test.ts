import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'

/** Outside of the repository: no `node_modules` is above it. */
async function folderWith(files: Readonly<Record<string, string>>) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-config-')))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

const BODY = `
  warehouse: duckdb('warehouse.duckdb'),
  pipelines: {
    prices: {
      source: localFolder('in', { files: '{partition}.csv' }),
      partitions: dynamic(),
      table: 'prices',
      columns: { price: 'DOUBLE' },
      checks: [above('price', 0)],
      sensor: { every: '30s' },
    },
  },
`
const IMPORT = "import { above, defineConfig, duckdb, dynamic, localFolder } from 'tidemark'\n"

test.each([
  [
    'tidemark.config.ts',
    `${IMPORT}const limit: number = 0\nexport default defineConfig({${BODY.replace("'price', 0", "'price', limit")}})`,
  ],
  ['tidemark.config.js', `${IMPORT}export default defineConfig({${BODY}})`],
  ['tidemark.config.mjs', `${IMPORT}export default defineConfig({${BODY}})`],
  ['my prices.ts', `${IMPORT}export default defineConfig({${BODY}})`],
])('%s in a folder of its own: `tidemark` is the running package', async (name, text) => {
  await using place = await folderWith({ [name]: text })
  const config = await loadConfig(join(place.folder, name))
  expect(config.warehouse.file).toBe(join(place.folder, 'warehouse.duckdb'))
  expect(config.pipelines.get('prices')).toMatchObject({
    source: { folder: join(place.folder, 'in') },
    checks: [{ kind: 'above', column: 'price', limit: 0, blocking: true }],
  })
})

test('a config may import its own files', async () => {
  await using place = await folderWith({
    'settings/limit.ts': 'export const limit: number = 7\n',
    'tidemark.config.ts': `${IMPORT}import { limit } from './settings/limit.ts'\nexport default defineConfig({${BODY.replace("'price', 0", "'price', limit")}})`,
  })
  const config = await loadConfig(join(place.folder, 'tidemark.config.ts'))
  expect(config.pipelines.get('prices')?.checks).toMatchObject([{ limit: 7 }])
})
