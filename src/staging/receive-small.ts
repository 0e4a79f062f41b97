import { createHash } from 'node:crypto'
import pMap from 'p-map'
import type { Listed, Source, Version } from '../sources/source.ts'
import { type Headers, readSmallFile } from './small-file.ts'
import type { Small } from './stage-together.ts'
import type { TableShape } from './table-shape.ts'

/** Larger ones gain little from company, and many of them would fill the memory. */
const SMALL_BYTES = 64 * 1024
/** So much of them is in memory at once. */
const TOGETHER_BYTES = 16 * 1024 * 1024
/** Reads under way at once. */
const AT_ONCE = 16

export interface FileToRead {
  readonly listed: Listed
  readonly key: string
  readonly loadedHash?: string
}

/** As many at a time as may be in memory. */
export function* inGroups<T extends FileToRead>(files: readonly T[]): Generator<readonly T[]> {
  let group: T[] = []
  let bytes = 0
  for (const file of files) {
    const size = Math.min(file.listed.size, SMALL_BYTES)
    if (bytes + size > TOGETHER_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push(file)
    bytes += size
  }
  yield group
}

/** Reads the small and plain ones of these files into memory. What cannot be read, or is not in order, is left out. */
export async function receiveSmall(
  source: Pick<Source, 'open' | 'readAll'>,
  files: readonly FileToRead[],
  shape: TableShape,
  signal: AbortSignal,
): Promise<Small[]> {
  const small = files.filter(
    ({ listed: { path, size, refused } }) => refused === undefined && size <= SMALL_BYTES && !path.toLowerCase().endsWith('.gz'),
  )
  if (small.length < 2) return [] // alone it gains nothing
  const versions = small.map(({ listed }) => listed)
  const paths = versions.map(({ path }) => path)
  const bytes = await (source.readAll?.(paths, SMALL_BYTES) ?? readAll(source, versions, signal))
  const headers: Headers = new Map()
  return small.flatMap((file) => smallOf(file, bytes.get(file.listed.path), shape, headers) ?? [])
}

async function readAll(source: Pick<Source, 'open'>, versions: readonly Version[], signal: AbortSignal) {
  const read = new Map<string, Buffer>()
  await pMap(
    versions,
    async (version) => {
      const bytes = await bytesOf(source, version, signal)
      if (bytes !== undefined) read.set(version.path, bytes)
    },
    { concurrency: AT_ONCE },
  )
  return read
}

function smallOf(
  { listed: { path }, key, loadedHash }: FileToRead,
  bytes: Buffer | undefined,
  shape: TableShape,
  headers: Headers,
): Small | undefined {
  if (bytes === undefined) return undefined
  const contentHash = createHash('sha256').update(bytes).digest('hex')
  if (contentHash === loadedHash) return undefined
  const file = readSmallFile(bytes, shape, headers)
  return file && { ...file, path, key, contentHash }
}

async function bytesOf(source: Pick<Source, 'open'>, version: Version, signal: AbortSignal): Promise<Buffer | undefined> {
  signal.throwIfAborted()
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of await source.open(version)) {
      signal.throwIfAborted()
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > SMALL_BYTES) return undefined // it has grown; leaving the loop closes it
    }
    return Buffer.concat(chunks)
  } catch {
    signal.throwIfAborted()
    return undefined // who reads it by itself says why it cannot be read
  }
}
