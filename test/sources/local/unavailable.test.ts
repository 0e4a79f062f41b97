import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { asIs, pathsOf, put, withFolder } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const CSV = patternOf('{partition}.csv')

test('a folder that is missing, no folder, or a link loop is an error that names it, never an empty listing', () =>
  withFolder(async (parent) => {
    await writeFile(join(parent, 'file'), '')
    await symlink('loop', join(parent, 'loop'))
    const cases = { missing: 'ENOENT: no such file', file: 'to be a folder', 'file/below': 'ENOTDIR', loop: 'ELOOP' }
    for (const [name, reason] of Object.entries(cases)) {
      const folder = join(parent, name)
      const source = localSource({ folder })
      const told = { code: 'SourceUnavailable', message: expect.stringContaining(reason) }
      await expect(pathsOf(source, CSV)).rejects.toMatchObject(told)
      await expect(pathsOf(source, CSV)).rejects.toThrow(folder)
      await expect(source.stat('a.csv')).rejects.toMatchObject(told)
      await expect(source.open(asIs('a.csv'))).rejects.toMatchObject(told)
      await expect(source.watch({ hint: () => undefined, failed: () => undefined })).rejects.toMatchObject(told)
    }
  }))

test('a folder that vanishes and comes back is an error, then a listing', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(folder, 'a.csv')
    const source = localSource({ folder })
    expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
    await rm(folder, { recursive: true })
    await expect(pathsOf(source, CSV)).rejects.toMatchObject({ code: 'SourceUnavailable' })
    await writeFile(folder, 'now a file')
    await expect(pathsOf(source, CSV)).rejects.toMatchObject({ code: 'SourceUnavailable' })
    await rm(folder)
    await mkdir(folder)
    expect(await pathsOf(source, CSV)).toEqual([])
  }))

test('what this user may not read is an error that names it, as far as it must be read', () =>
  withFolder(async (folder) => {
    for (const path of ['open/a.csv', 'closed/b.csv', 'unlisted/c.csv']) await put(folder, path)
    await chmod(folder, 0o755)
    await chmod(join(folder, 'closed'), 0o000)
    await chmod(join(folder, 'unlisted'), 0o111)
    await chmod(join(folder, 'open/a.csv'), 0o000)
    const denied = (code: string, what: string) => ({ code, message: expect.stringMatching(`${what}.*EACCES.*uid \\d+`) })
    const answers = await asNobody(folder, {
      all: { list: '**/{partition}.csv' },
      open: { list: 'open/{partition}.csv' },
      closed: { list: 'closed/{partition}.csv' },
      narrowed: { list: 'unlisted/{partition}.csv', key: 'c' },
      unlisted: { list: 'unlisted/{partition}.csv' },
      stat: { stat: 'closed/b.csv' },
      file: { open: 'open/a.csv' },
    })
    for (const name of ['closed', 'unlisted']) await chmod(join(folder, name), 0o755)
    expect(answers).toEqual({
      all: denied('SourceUnavailable', 'closed'),
      open: ['open/a.csv'],
      closed: denied('SourceUnavailable', 'closed'),
      narrowed: ['unlisted/c.csv'],
      unlisted: denied('SourceUnavailable', 'unlisted'),
      stat: denied('SourceUnavailable', 'closed'),
      file: denied('FileUnreadable', 'open/a.csv'),
    })
  }))

/** In a process of its own, because the rights of root know no bounds. */
async function asNobody(folder: string, tries: Record<string, unknown>): Promise<unknown> {
  const child = fileURLToPath(new URL('as-nobody.ts', import.meta.url))
  const args = ['--import', 'jiti/register', child, folder, JSON.stringify(tries)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dirname(child) })
  return JSON.parse(stdout)
}
