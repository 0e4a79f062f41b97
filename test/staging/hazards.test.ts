import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { constants, createGzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { TidemarkError } from '../../src/errors.ts'
import type { Version } from '../../src/sources/source.ts'
import { Sandbox, SandboxDied } from '../../src/staging/sandbox.ts'
import { stageFiles } from '../../src/staging/stage-files.ts'
import { Bench, listed, pipelineOf, rowsOf } from './staging-folder.ts'

const CONTENT = 'a,b\nx,1\ny,2\n'
const ROWS = [
  ['x', '1'],
  ['y', '2'],
]

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

test.each(['file.csv.gz', 'FILE.CSV.GZ'])('unpacks %s', async (name) => {
  expect(await rowsOf(await bench.stageOne(gzipSync(CONTENT), {}, name))).toEqual(ROWS)
})

test('unpacks a gzip file of several members', async () => {
  const packed = Buffer.concat([gzipSync('a,b\nx,'), gzipSync('1\ny,2\n')])
  expect(await rowsOf(await bench.stageOne(packed, {}, 'file.csv.gz'))).toEqual(ROWS)
})

function withWrongSum(packed: Buffer): Buffer {
  const wrong = Buffer.from(packed)
  const at = wrong.length - 8
  wrong.writeUInt32LE((wrong.readUInt32LE(at) + 1) % 2 ** 32, at)
  return wrong
}

test.each([
  { name: 'is cut', packed: gzipSync(CONTENT).subarray(0, -9), reason: 'its gzip data is cut short' },
  { name: 'is cut before its sum', packed: gzipSync(CONTENT).subarray(0, -8), reason: 'its gzip data is cut short' },
  { name: 'has a wrong sum', packed: withWrongSum(gzipSync(CONTENT)), reason: 'its gzip data is damaged: incorrect data check' },
  {
    name: 'is followed by other bytes',
    packed: Buffer.concat([gzipSync(CONTENT), Buffer.from('junk')]),
    reason: 'its gzip data is damaged: incorrect header check',
  },
  {
    name: 'is followed by zeros',
    packed: Buffer.concat([gzipSync(CONTENT), Buffer.alloc(9)]),
    reason: '9 bytes follow the end of its gzip data',
  },
  { name: 'is no gzip', packed: Buffer.from(CONTENT), reason: 'its gzip data is damaged: incorrect header check' },
  { name: 'is empty', packed: Buffer.alloc(0), reason: 'is empty: 0 bytes' },
  { name: 'is empty when unpacked', packed: gzipSync(''), reason: 'is empty: 0 bytes when unpacked' },
  {
    name: 'holds a Latin-1 byte',
    packed: gzipSync(Buffer.from('a,b\n\xe9,1\n', 'latin1')),
    reason: 'is not UTF-8: line 2, byte 4 of the text; save it as UTF-8',
  },
])('holds a gzip file that $name', async ({ packed, reason }) => {
  expect(await bench.stageOne(packed, {}, 'file.csv.gz')).toMatchObject({ verdict: 'held', reason })
})

test('holds a gzip file that is cut at the end of a line', async () => {
  const gzip = createGzip()
  gzip.write(CONTENT)
  await new Promise<void>((done) => gzip.flush(constants.Z_FULL_FLUSH, done))
  const packed: Buffer = gzip.read()
  expect(await bench.stageOne(packed, {}, 'file.csv.gz')).toMatchObject({ verdict: 'held', reason: 'its gzip data is cut short' })
})

/** Equal blocks of zeros are packed once and repeated: 1 GiB costs no time. */
function bomb(line: string, blocks: number): Buffer {
  const block = gzipSync(line.repeat(Math.ceil(2 ** 24 / line.length)))
  return Buffer.concat([gzipSync('a,b\n'), ...Array<Buffer>(blocks).fill(block)])
}

test('holds a bomb of one line of 1 GiB, without unpacking all of it', async () => {
  const packed = bomb('0', 64)
  expect(packed.length).toBeLessThan(1.5 * 2 ** 20)
  const staged = await bench.stageOne(packed, {}, 'file.csv.gz')
  expect(staged).toMatchObject({ reason: 'line 2 is longer than 2097152 bytes; is a quote in it never closed?' })
})

test('holds a bomb of blank lines', async () => {
  const staged = await bench.stageOne(bomb('\n', 2), {}, 'file.csv.gz')
  expect(staged).toMatchObject({
    verdict: 'held',
    reason: expect.stringMatching(/^unpacks to more than 1000 times its \d+ bytes$/),
  })
})

test.each(['a[1]*.csv', "x'); DROP TABLE rows; --.csv", '$(touch x).csv', '-.csv', '%2e.csv', 'Größe 😀.csv', '"q".csv'])(
  'takes %s as a name',
  async (name) => {
    await bench.put('a1.csv', 'a,b\nwrong,0\n')
    expect(await rowsOf(await bench.stageOne(CONTENT, {}, name))).toEqual(ROWS)
  },
)

test('takes a staging folder of any name', async () => {
  await bench.put('file.csv', CONTENT)
  const decoy = await bench.emptyFolder("we1rd xdir'y")
  await writeFile(join(decoy, '0.csv'), 'a,b\nwrong,0\n')
  const request = { pipeline: pipelineOf(), source: bench.source, files: [{ listed: listed('file.csv'), key: 'k' }] }
  const [staged] = await stageFiles({
    ...request,
    folder: await bench.emptyFolder("we[1]rd *dir'y"),
    signal: new AbortController().signal,
  })
  expect(staged && (await rowsOf(staged))).toEqual(ROWS)
})

test.each([
  ['in one line', '', /^line 2 is longer than 2097152 bytes/],
  ['behind a quote that is never closed', '"', /^line 2 is longer than 2097152 bytes; is a quote in it never closed\?/],
  ['of NUL bytes', '\0', /^line 2 holds a NUL byte/],
])(
  'holds 100 MB %s, even where bad rows may be rejected, stages next to nothing of it, and goes on',
  async (_, begin, reason) => {
    const folder = await bench.emptyFolder()
    const block = Buffer.alloc(2 ** 18, 'x')
    let most = 0
    const source = {
      open: async ({ path }: Version) =>
        Readable.from(
          (async function* () {
            yield Buffer.from(path === 'huge.csv' ? `a,b\n${begin}` : CONTENT)
            for (let blocks = path === 'huge.csv' ? 400 : 0; blocks > 0; blocks--) {
              yield block
              if (blocks % 100 === 0) most = Math.max(most, (await stat(join(folder, '0.csv'))).size)
            }
          })(),
        ),
    }
    const staged = await stageFiles({
      pipeline: pipelineOf({ onBadRows: { rows: undefined, share: 1 } }),
      source,
      files: ['huge.csv', 'next.csv'].map((path) => ({ listed: listed(path), key: 'k' })),
      folder,
      signal: new AbortController().signal,
    })
    expect(staged).toMatchObject([
      { verdict: 'held', reason: expect.stringMatching(reason) },
      { verdict: 'good', rows: 2 },
    ])
    expect(most).toBeLessThan(4 * 2 ** 20)
  },
)

test('judges each file by itself and leaves the rows alone in the folder', async () => {
  const contents = [CONTENT, 'a\n', 'a,b\nz,x\n', Buffer.from([0xff]), CONTENT]
  for (const [index, content] of contents.entries()) await bench.put(`${index}`, content)
  const folder = await bench.emptyFolder()
  const staged = await stageFiles({
    pipeline: pipelineOf(),
    source: bench.source,
    files: ['0', '1', '2', '3', 'gone', '4'].map((path) => ({ listed: listed(path), key: 'k' })),
    folder,
    signal: new AbortController().signal,
  })
  expect(staged.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['0', 'good'],
    ['1', 'held'],
    ['2', 'held'],
    ['3', 'held'],
    ['gone', 'unreadable'],
    ['4', 'good'],
  ])
  expect((await readdir(folder)).sort()).toEqual(['together-0-0.parquet'])
})

test('does not open what the listing refuses', async () => {
  const staged = await stageFiles({
    pipeline: pipelineOf(),
    source: { open: () => Promise.reject(new Error('opened')) },
    files: [{ key: 'k', listed: { ...listed('pipe.csv'), refused: 'is a pipe' } }],
    folder: await bench.emptyFolder(),
    signal: new AbortController().signal,
  })
  expect(staged).toEqual([{ verdict: 'held', path: 'pipe.csv', reason: 'is a pipe', checks: [], rejected: [] }])
})

test('knows the bytes that were loaded before', async () => {
  const first = await bench.stageOne(CONTENT)
  if (first.verdict !== 'good') throw new Error(first.verdict)
  const again = await stageFiles({
    pipeline: pipelineOf(),
    source: bench.source,
    files: [{ key: 'k', listed: listed('file.csv'), loadedHash: first.contentHash }],
    folder: await bench.emptyFolder(),
    signal: new AbortController().signal,
  })
  expect(again).toEqual([{ verdict: 'same', path: 'file.csv', contentHash: first.contentHash }])
})

test('does not blame a file for what its source does', async () => {
  const source = {
    open: async ({ path }: Version) => {
      if (path === 'away') throw new TidemarkError('SourceUnavailable', 'the server is away')
      return Readable.from(
        (async function* () {
          yield Buffer.from('a,b\nx,1\n')
          throw Object.assign(new Error('read failed'), { code: 'EIO' })
        })(),
      )
    },
  }
  const staged = await stageFiles({
    pipeline: pipelineOf(),
    source,
    files: ['away', 'broken', 'broken.gz'].map((path) => ({ listed: listed(path), key: 'k' })),
    folder: await bench.emptyFolder(),
    signal: new AbortController().signal,
  })
  expect(staged).toMatchObject([
    { verdict: 'unreadable', error: { code: 'SourceUnavailable' } },
    { verdict: 'unreadable', error: { code: 'FileUnreadable', message: 'cannot read broken: EIO; it is tried again' } },
    { verdict: 'unreadable', error: { code: 'FileUnreadable' } },
  ])
})

test('does not blame a file for a staging folder that cannot be written', async () => {
  await bench.put('file.csv', CONTENT)
  const request = { pipeline: pipelineOf(), source: bench.source, files: [{ listed: listed('file.csv'), key: 'k' }] }
  const staged = stageFiles({ ...request, folder: join(bench.folder, 'not-there'), signal: new AbortController().signal })
  await expect(staged).rejects.toMatchObject({ code: 'StagingFailed', retryable: true })
})

test('ends at once when it is aborted while a source says nothing', async () => {
  const controller = new AbortController()
  const silent = new PassThrough()
  const request = { pipeline: pipelineOf(), files: [{ listed: listed('file.csv'), key: 'k' }], folder: await bench.emptyFolder() }
  const source = {
    open: async () => {
      setImmediate(() => controller.abort(new Error('enough')))
      return silent
    },
  }
  await expect(stageFiles({ ...request, source, signal: controller.signal })).rejects.toThrow('enough')
  expect(silent.destroyed).toBe(true)
})

test('goes on in a new database after one has died', async () => {
  const folder = await bench.emptyFolder()
  await writeFile(join(folder, 'latin1.csv'), Buffer.from('x,\xe9,1\n', 'latin1'))
  const sandbox = new Sandbox({ folder, isSmall: false, signal: new AbortController().signal })
  try {
    const deadly = `SELECT b FROM read_csv('${join(folder, 'latin1.csv')}', columns={'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'BIGINT'}, auto_detect=false)`
    await expect(sandbox.run((connection) => connection.run(deadly))).rejects.toThrow(SandboxDied)
    const alive = await sandbox.run((connection) => connection.runAndReadAll('SELECT 1'))
    expect(alive.getRowsJson()).toEqual([[1]])
    await expect(sandbox.run((connection) => connection.run("SELECT * FROM read_text('/etc/passwd')"))).rejects.toThrow(
      'Permission Error',
    )
  } finally {
    sandbox.close()
  }
})
