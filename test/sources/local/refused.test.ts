import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { asIs, listAll, pathsOf, put, withFolder } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const CSV = patternOf('{partition}.csv')
const DEEP = patternOf('**/{partition}.csv')

test('a link to a file inside is that file', () =>
  withFolder(async (folder) => {
    await put(folder, 'kept/real.csv', 'x\n')
    await symlink('kept/real.csv', join(folder, 'link.csv'))
    const source = localSource({ folder })
    const link = await source.stat('link.csv')
    const real = await source.stat('kept/real.csv')
    expect(link).toEqual({ ...real, path: 'link.csv' })
    expect(await listAll(source, CSV)).toEqual([link])
    expect((await (await source.open(asIs('link.csv'))).toArray()).join('')).toBe('x\n')
  }))

test('links that lead out, to nothing or round are refused with the reason, and never opened', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(parent, 'outside.csv', 'secret\n')
    await put(parent, 'root-too/near.csv', 'secret\n')
    await mkdir(folder)
    const links = {
      out: '../outside.csv',
      near: '../root-too/near.csv',
      nothing: 'not-there',
      self: 'self.csv',
      null: '/dev/null',
    }
    for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, `${name}.csv`))
    await symlink('pong.csv', join(folder, 'ping.csv'))
    await symlink('ping.csv', join(folder, 'pong.csv'))
    const source = localSource({ folder })
    const listed = await listAll(source, CSV)
    expect(Object.fromEntries(listed.map(({ path, refused }) => [path, refused]))).toEqual({
      'out.csv': 'a link that leads out of the source',
      'near.csv': 'a link that leads out of the source',
      'null.csv': 'a link that leads out of the source',
      'nothing.csv': 'a link to nothing',
      'self.csv': 'a link that leads back to itself',
      'ping.csv': 'a link that leads back to itself',
      'pong.csv': 'a link that leads back to itself',
    })
    for (const one of listed) {
      expect(await source.stat(one.path)).toEqual(one)
      await expect(source.open(asIs(one.path))).rejects.toMatchObject({
        code: 'FileUnreadable',
        message: expect.stringContaining(one.path),
      })
    }
  }))

test('folders behind links are entered when they lie inside, once a way, and never round', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(parent, 'outside/o.csv')
    await put(folder, 'a/x.csv')
    await put(folder, 'b/y.csv')
    await symlink('..', join(folder, 'a', 'up'))
    await symlink('../b', join(folder, 'a', 'to-b'))
    await symlink('../a', join(folder, 'b', 'to-a'))
    await symlink('../outside', join(folder, 'out'))
    const source = localSource({ folder })
    expect(await pathsOf(source, DEEP)).toEqual(['a/x.csv', 'a/to-b/y.csv', 'b/y.csv', 'b/to-a/x.csv'])
    expect(await source.stat('out/o.csv')).toMatchObject({ refused: 'a link that leads out of the source' })
    await expect(source.open(asIs('out/o.csv'))).rejects.toMatchObject({ code: 'FileUnreadable' })
  }))

test('a folder that the pattern names, but that is a link out, is told and not passed over', () =>
  withFolder(async (parent) => {
    const folder = join(parent, 'root')
    await put(parent, 'outside/o.csv')
    await mkdir(folder)
    await symlink('../outside', join(folder, 'in'))
    await expect(pathsOf(localSource({ folder }), patternOf('in/{partition}.csv'))).rejects.toMatchObject({
      code: 'SourceUnavailable',
      message: expect.stringContaining('a link that leads out'),
    })
  }))

test('pipes, sockets and devices are refused and nothing waits for them', () =>
  withFolder(async (folder) => {
    execFileSync('mkfifo', [join(folder, 'pipe.csv')])
    if (process.getuid?.() === 0) execFileSync('mknod', [join(folder, 'device.csv'), 'c', '1', '3'])
    await symlink('pipe.csv', join(folder, 'to-pipe.csv'))
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket.csv'), resolve))
    try {
      const source = localSource({ folder })
      const listed = await listAll(source, CSV)
      const device = process.getuid?.() === 0 ? { 'device.csv': 'a device' } : {}
      expect(Object.fromEntries(listed.map(({ path, refused }) => [path, refused]))).toEqual({
        ...device,
        'pipe.csv': 'a named pipe',
        'socket.csv': 'a socket',
        'to-pipe.csv': 'a named pipe',
      })
      for (const { path } of listed) await expect(source.open(asIs(path))).rejects.toMatchObject({ code: 'FileUnreadable' })
    } finally {
      server.close()
    }
  }))

test('a pipe that takes the place of a listed file does not hang its opening', () =>
  withFolder(async (folder) => {
    await put(folder, 'a.csv')
    const source = localSource({ folder })
    expect(await pathsOf(source, CSV)).toEqual(['a.csv'])
    await unlink(join(folder, 'a.csv'))
    execFileSync('mkfifo', [join(folder, 'a.csv')])
    await expect(source.open(asIs('a.csv'))).rejects.toThrow('a named pipe')
  }))

test('a name that is not UTF-8 is listed with its bytes escaped, and refused', () =>
  withFolder(async (folder) => {
    const raw = (latin1: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(latin1, 'latin1')])
    await writeFile(raw('caf\xe9\\.csv'), 'x')
    await mkdir(raw('\xff'))
    await writeFile(raw('\xff/in\xc3\xa9.csv'), 'x')
    await put(folder, 'good.csv')
    const source = localSource({ folder })
    const listed = await listAll(source, DEEP)
    const refused = 'a name that is not UTF-8'
    expect(listed.map((one) => [one.path, one.refused])).toEqual([
      ['caf\\xe9\\x5c.csv', refused],
      ['good.csv', undefined],
      ['\\xff/iné.csv', refused],
    ])
    for (const one of listed) expect(await source.stat(one.path)).toEqual(one)
    expect(await listAll(source, CSV.narrow('caf\\xe9\\x5c'))).toEqual([listed[0]])
    await expect(source.open(asIs('caf\\xe9\\x5c.csv'))).rejects.toMatchObject({ code: 'FileUnreadable' })
    await rm(raw('\xff'), { recursive: true })
  }))

test('a path that climbs out is nothing, and is not opened', () =>
  withFolder(async (parent) => {
    await put(parent, 'outside.csv')
    await put(parent, 'root/a.csv')
    const folder = join(parent, 'root')
    const source = localSource({ folder })
    const ways = [
      '../outside.csv',
      'x/../../outside.csv',
      join(parent, 'outside.csv'),
      'a.csv\0',
      './a.csv',
      '',
      '.',
      'a.csv/',
      '/a.csv',
    ]
    for (const way of ways) {
      expect(await source.stat(way)).toBeUndefined()
      await expect(source.open(asIs(way))).rejects.toMatchObject({ code: 'FileUnreadable' })
    }
    expect(await source.stat('a.csv/b')).toBeUndefined()
    expect(await source.stat('x'.repeat(300))).toBeUndefined()
  }))

test('a stream gives all bytes, and lets its file go when it is left early', () =>
  withFolder(async (folder) => {
    const text = 'x'.repeat(1_000_000)
    await put(folder, 'big.csv', text)
    const source = localSource({ folder })
    expect((await (await source.open(asIs('big.csv'))).toArray()).join('')).toBe(text)
    const left = await source.open(asIs('big.csv'))
    left.read(10)
    const unread = await source.open(asIs('big.csv'))
    for (const stream of [left, unread]) {
      stream.destroy()
      await new Promise((resolve) => stream.once('close', resolve))
    }
    if (process.platform === 'linux') expect(await openFilesNamed('big.csv')).toEqual([])
  }))

async function openFilesNamed(name: string): Promise<string[]> {
  const list = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return list.split('\n').filter((line) => line.endsWith(name))
}

test('a file that cannot be read is told by its name', () =>
  withFolder(async (folder) => {
    await put(folder, 'gone.csv')
    const source = localSource({ folder })
    await rm(join(folder, 'gone.csv'))
    await expect(source.open(asIs('gone.csv'))).rejects.toMatchObject({
      code: 'FileUnreadable',
      message: expect.stringMatching(/gone\.csv.*ENOENT: no such file or directory/),
    })
    await expect(readFile(join(folder, 'gone.csv'))).rejects.toThrow()
  }))
