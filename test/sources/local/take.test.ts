import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'

/** A folder with `day.csv`, and the version of it that was loaded. */
async function withFile() {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-take-'))
  const source = localSource({ folder })
  await writeFile(join(folder, 'day.csv'), 'loaded')
  const listed = await source.stat('day.csv')
  if (listed === undefined) throw new Error('expected the file')
  const version = { path: 'day.csv', fingerprint: listed.fingerprint, sequence: 3 }
  const inPassing = `.tidemark-3-${createHash('sha256').update('day.csv').digest('hex').slice(0, 16)}`
  const cleanUp = () => rm(folder, { recursive: true, force: true })
  return { folder, source, version, inPassing, [Symbol.asyncDispose]: cleanUp }
}

test('a try that was killed after it had taken the file is finished by the next one, and again changes nothing', async () => {
  await using there = await withFile()
  const { folder, source, version, inPassing } = there
  await mkdir(join(folder, '_loaded'))
  await rename(join(folder, 'day.csv'), join(folder, '_loaded', inPassing))
  for (let tries = 0; tries < 2; tries++)
    expect(await source.take(version, '_loaded')).toEqual({ state: 'taken', movedTo: '_loaded/day.csv' })
  expect(await readdir(join(folder, '_loaded'))).toEqual(['day.csv'])
})

test('what came in the place of the loaded version is put back, and where a still newer one is, it stays beside that', async () => {
  await using there = await withFile()
  const { folder, source, version, inPassing } = there
  await rename(join(folder, 'day.csv'), join(folder, 'loaded'))
  await writeFile(join(folder, inPassing), 'newer')
  expect(await source.take(version, undefined)).toEqual({ state: 'changed' })
  expect(await readFile(join(folder, 'day.csv'), 'utf8')).toBe('newer')
  await writeFile(join(folder, inPassing), 'in between')
  expect(await source.take(version, undefined)).toEqual({ state: 'changed' })
  expect(await readFile(join(folder, 'day.csv'), 'utf8')).toBe('newer')
  const [aside = ''] = (await readdir(folder)).filter((name) => name.startsWith('.day.csv.not-loaded-3-'))
  expect(await readFile(join(folder, aside), 'utf8')).toBe('in between')
})

test('a version that is told by its bytes is taken also when it was touched, and another is not', async () => {
  await using there = await withFile()
  const { folder, source } = there
  const fingerprint = `6-${createHash('sha256').update('loaded').digest('hex')}`
  await writeFile(join(folder, 'day.csv'), 'LOADED')
  expect(await source.take({ path: 'day.csv', fingerprint, sequence: 1 }, '_loaded')).toEqual({ state: 'changed' })
  await writeFile(join(folder, 'day.csv'), 'loaded')
  expect(await source.take({ path: 'day.csv', fingerprint, sequence: 1 }, '_loaded')).toMatchObject({ state: 'taken' })
})

test('a link to the file is not taken for it, nor moved to and fro', async () => {
  await using there = await withFile()
  const { folder, source, version } = there
  await rename(join(folder, 'day.csv'), join(folder, 'elsewhere.csv'))
  await symlink('elsewhere.csv', join(folder, 'day.csv'))
  const now = await source.stat('day.csv')
  const { ctimeNs } = await lstat(join(folder, 'day.csv'), { bigint: true })
  expect(await source.take({ ...version, fingerprint: now?.fingerprint ?? '' }, '_loaded')).toEqual({ state: 'changed' })
  expect((await lstat(join(folder, 'day.csv'), { bigint: true })).ctimeNs).toBe(ctimeNs)
})

test('a file that somebody else took away is absent, and one whose source is gone is an error', async () => {
  await using there = await withFile()
  const { folder, source, version } = there
  await rm(join(folder, 'day.csv'))
  expect(await source.take(version, '_loaded')).toEqual({ state: 'absent' })
  await rm(folder, { recursive: true })
  await expect(source.take(version, '_loaded')).rejects.toMatchObject({ code: 'SourceUnavailable' })
})
