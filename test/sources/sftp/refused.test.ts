import { execFile } from 'node:child_process'
import { chmod, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sourceOf } from '../contract.ts'
import { asIs, listAll, pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'
import { OpensshGround } from './grounds.ts'

const CSV = patternOf('{partition}.csv')
const DEEP = patternOf('**/{partition}.csv')

let ground: OpensshGround
beforeAll(async () => {
  ground = await OpensshGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

let folders = 0
async function emptyFolder(): Promise<{ readonly name: string; readonly at: string }> {
  const name = `odd-${++folders}`
  const at = join(ground.server.files, name)
  await ground.files.makeFolder(at)
  return { name, at }
}

test('a link and a pipe are listed as what they are, and never opened', async () => {
  const { name, at } = await emptyFolder()
  await ground.files.put('outside/secret.csv', 'secret')
  await symlink('../outside/secret.csv', join(at, 'out.csv'))
  await symlink('nowhere', join(at, 'broken.csv'))
  await promisify(execFile)('mkfifo', [join(at, 'pipe.csv')])
  await ground.files.put(`${name}/plain.csv`, 'x')
  const source = sourceOf(ground.input(name))
  const refused = Object.fromEntries((await listAll(source, CSV)).map(({ path, refused }) => [path, refused]))
  expect(refused).toEqual({ 'out.csv': 'a link', 'broken.csv': 'a link', 'pipe.csv': 'a named pipe', 'plain.csv': undefined })
  for (const listed of await listAll(source, CSV)) {
    expect(await source.stat(listed.path)).toEqual(listed)
    if (listed.refused === undefined) continue
    const read = async () => (await source.open(listed)).toArray()
    await expect(read()).rejects.toMatchObject({ code: 'FileUnreadable', message: expect.stringContaining(listed.refused) })
    expect(await source.take({ ...listed, sequence: 1 }, undefined)).toEqual({ state: 'changed' })
  }
})

test('what lies behind a link to a folder is not looked for, and refused when it is named', async () => {
  const { name, at } = await emptyFolder()
  await ground.files.put('outside/secret.csv', 'secret')
  await symlink('../outside', join(at, 'sub'))
  await symlink('.', join(at, 'loop'))
  await ground.files.put(`${name}/a.csv`, 'x')
  const source = sourceOf(ground.input(name))
  expect(await pathsOf(source, DEEP)).toEqual(['a.csv'])
  expect(await source.stat('sub/secret.csv')).toMatchObject({ refused: 'a path through a link' })
  const read = async () => (await source.open(asIs('sub/secret.csv'))).toArray()
  await expect(read()).rejects.toMatchObject({ code: 'FileUnreadable' })
  await expect(pathsOf(source, patternOf('sub/{partition}.csv'))).rejects.toMatchObject({
    code: 'SourceUnavailable',
    message: expect.stringMatching(/Expected sub at .* to be a folder, got a link/),
  })
})

test('a name that is not UTF-8 is told, and refused', async () => {
  const { name, at } = await emptyFolder()
  await writeFile(Buffer.concat([Buffer.from(`${at}/caf`), Buffer.from([0xe9]), Buffer.from('.csv')]), 'x')
  const source = sourceOf(ground.input(name))
  expect(await listAll(source, CSV)).toMatchObject([{ path: 'caf\ufffd.csv', refused: 'a name that is not UTF-8' }])
})

test('a folder that is not there, or may not be read, is an error and no empty listing', async () => {
  const { name, at } = await emptyFolder()
  const missing = sourceOf(ground.input('none'))
  for (const ask of [() => pathsOf(missing, CSV), () => missing.stat('a.csv'), () => pathsOf(missing, CSV.narrow('a'))])
    await expect(ask()).rejects.toMatchObject({
      code: 'SourceUnavailable',
      message: expect.stringMatching(/got No such file\. Create the folder on the server, or correct the url/),
    })
  await chmod(at, 0o000)
  await expect(pathsOf(sourceOf(ground.input(name)), CSV)).rejects.toMatchObject({
    message: expect.stringMatching(/got Permission denied\. Let the user of the login read and enter it/),
  })
  await chmod(at, 0o755)
})

test('a device is refused, and never opened', async () => {
  const { name, port } = { name: ground.server.user.name, port: ground.port }
  const config = ground.input('in', { files: 'nul{partition}' })
  const source = sourceOf({ ...config, url: `sftp://${name}@127.0.0.1:${port}/dev` } as typeof config)
  const [device] = await listAll(source, patternOf('nul{partition}'))
  expect(device).toMatchObject({ path: 'null', refused: 'a device' })
  const read = async () => (await source.open(asIs('null'))).toArray()
  await expect(read()).rejects.toMatchObject({ code: 'FileUnreadable', message: expect.stringContaining('a device') })
})

test('folders that nest too deep are told instead of walked through for ever', async () => {
  const { name } = await emptyFolder()
  const nested = (depth: number) => `${name}/${Array.from({ length: depth }, (_, level) => `${level}/`).join('')}a.csv`
  await ground.files.put(nested(32), 'x')
  expect(await pathsOf(sourceOf(ground.input(name)), DEEP)).toHaveLength(1)
  await ground.files.put(nested(33), 'x')
  await expect(pathsOf(sourceOf(ground.input(name)), DEEP)).rejects.toMatchObject({
    code: 'SourceUnavailable',
    message: expect.stringMatching(/nest at most 32 deep/),
  })
})
