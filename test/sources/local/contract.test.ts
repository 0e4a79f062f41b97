import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFolder } from '../../../src/config/define.ts'
import { sourceContract } from '../contract.ts'
import { put } from '../folder.ts'

sourceContract('a local folder', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-local-')))
  let places = 0
  return {
    ports: [],
    secrets: [],
    async place() {
      const folder = join(root, `place-${++places}`)
      await mkdir(folder)
      return {
        source: localFolder(folder, { files: '{partition}.csv' }),
        through: () => localFolder(folder, { files: '{partition}.csv' }),
        put: (path, content) => put(folder, path, content),
        get: (path) => readFile(join(folder, path), 'utf8').catch(() => undefined),
        remove: (path) => rm(join(folder, path)),
      }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
})
