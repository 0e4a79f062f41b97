import { createHash, type Hash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { messageOf, systemCodeOf, TidemarkError } from '../errors.ts'
import type { Source, Version } from '../sources/source.ts'
import { HeldFile } from './held.ts'
import { RecordFile, type Records } from './record-file.ts'
import { StagingFile, staging } from './staging-file.ts'
import type { TableShape } from './table-shape.ts'
import { unpack } from './unpack.ts'

export interface Request {
  readonly source: Pick<Source, 'open'>
  readonly version: Version
  readonly loadedHash: string | undefined
  readonly shape: TableShape
  /** Where to write, without its ending: a name of our own, for DuckDB reads `*` and `[` in a name as a pattern. */
  readonly to: string
  readonly signal: AbortSignal
  readonly reading?: { read(bytes: number): void } | undefined
}

export type Received =
  | { readonly kind: 'records'; readonly records: Records; readonly contentHash: string }
  | { readonly kind: 'same'; readonly contentHash: string }
  | { readonly kind: 'held'; readonly held: HeldFile; readonly contentHash: string }

/**
 * Copies a file from its source, hashes it as it came, unpacks it and verifies it, all in bounded memory.
 * @throws TidemarkError SourceUnavailable, FileUnreadable, StagingFailed
 */
export async function receive(request: Request): Promise<Received> {
  const packed = request.version.path.toLowerCase().endsWith('.gz')
  const hash = createHash('sha256')
  const file = await StagingFile.create(`${request.to}.${packed ? 'gz' : 'csv'}`)
  try {
    const outcome = packed ? await receivePacked(request, file, hash) : await receivePlain(request, file, hash)
    const contentHash = hash.digest('hex')
    if (contentHash === request.loadedHash) return { kind: 'same', contentHash }
    const answer = outcome instanceof HeldFile ? outcome : await heldOr(outcome)
    if (answer instanceof HeldFile) return { kind: 'held', held: answer, contentHash }
    return { kind: 'records', records: answer, contentHash }
  } finally {
    await file.close()
    if (packed) await staging(() => rm(file.path))
  }
}

/** What is left to be done when the hash is known. */
type Rest = () => Promise<Records>

async function receivePlain(request: Request, file: StagingFile, hash: Hash): Promise<HeldFile | Rest> {
  const recordFile = new RecordFile(file, request.shape)
  let held: HeldFile | undefined
  let bytes = 0
  for await (const chunk of chunksOf(request)) {
    const writing = held === undefined ? heldOr(() => recordFile.write(chunk)) : undefined
    hash.update(chunk) // of the whole file, and while it is written
    bytes += chunk.length
    const answer = await writing
    if (answer instanceof HeldFile) held = answer
  }
  if (bytes === 0) return new HeldFile('is empty: 0 bytes')
  return held ?? (() => recordFile.end())
}

async function receivePacked(request: Request, file: StagingFile, hash: Hash): Promise<HeldFile | Rest> {
  for await (const chunk of chunksOf(request)) {
    hash.update(chunk)
    await file.write(chunk)
  }
  if (file.bytes === 0) return new HeldFile('is empty: 0 bytes')
  return () => unpackRecords(request, file)
}

async function unpackRecords({ shape, to, signal }: Request, packed: StagingFile): Promise<Records> {
  const file = await StagingFile.create(`${to}.csv`)
  try {
    const recordFile = new RecordFile(file, shape)
    let bytes = 0
    for await (const chunk of unpack(packed.path, packed.bytes)) {
      signal.throwIfAborted()
      bytes += chunk.length
      await recordFile.write(chunk)
    }
    if (bytes === 0) throw new HeldFile('is empty: 0 bytes when unpacked')
    return await recordFile.end()
  } finally {
    await file.close()
  }
}

async function* chunksOf({ source, version, signal, reading }: Request): AsyncGenerator<Buffer, void> {
  signal.throwIfAborted()
  let stream: Readable | undefined
  try {
    stream = addAbortSignal(signal, await source.open(version))
    for await (const chunk of stream) {
      signal.throwIfAborted()
      reading?.read(chunk.length)
      yield chunk
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof TidemarkError ? error : unreadable(version.path, error)
  } finally {
    stream?.destroy()
  }
}

function unreadable(path: string, error: unknown): TidemarkError {
  const message = `cannot read ${path}: ${systemCodeOf(error) ?? messageOf(error)}; it is tried again`
  return new TidemarkError('FileUnreadable', message, { cause: error })
}

async function heldOr<T>(work: () => Promise<T>): Promise<T | HeldFile> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HeldFile) return error
    throw error
  }
}
