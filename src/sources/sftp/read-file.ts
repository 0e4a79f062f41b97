import { Readable } from 'node:stream'
import { TidemarkError } from '../../errors.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Version } from '../source.ts'
import { wholeStream } from '../whole-stream.ts'
import { fileFailure, isAnswer } from './failures.ts'
import type { Folder } from './folder.ts'
import type { Requests } from './session.ts'

/** All servers answer with as much. */
const CHUNK = 32 * 1024
/** Asked for ahead: one at a time, the way there and back would be all that the line does. */
const AHEAD = 32

export async function openFile(folder: Folder, version: Version): Promise<Readable> {
  const { path, size } = version
  if (!isRelativePath(path)) throw new TidemarkError('FileUnreadable', `${path} leads out of ${folder.place}; it is never read`)
  return wholeStream({
    what: `${path} at ${folder.place}`,
    size,
    open: async (from) => Readable.from(bytesFrom(folder, version, from)),
  })
}

async function* bytesFrom(folder: Folder, version: Version, from: number): AsyncGenerator<Buffer> {
  const { path, size } = version
  const { requests, release } = await folder.lease().catch((error: unknown) => {
    throw fileFailure(error, path, folder.place)
  })
  try {
    const handle = await openRegular(folder, requests, version)
    try {
      yield* readAhead(requests, handle, from, size)
    } finally {
      await requests.close(handle).catch(() => undefined) // with the session it is closed as well
    }
  } catch (error) {
    // A lost connection is a cut, and the file is gone on with; what the server itself says is not.
    throw isAnswer(error) ? fileFailure(error, path, folder.place) : error
  } finally {
    release()
  }
}

/** A link may have taken the file's place since it was listed, and another file while it was opened. */
async function openRegular(folder: Folder, requests: Requests, { path, fingerprint }: Version): Promise<Buffer> {
  const before = await folder.statWith(requests, path)
  const refused =
    before === undefined ? undefined : (before.refused ?? (before.fingerprint === fingerprint ? undefined : 'another version'))
  if (refused !== undefined) throw changed(path, folder, refused)
  const handle = await requests.open(folder.at(path))
  const { size, mtime } = await requests.fstat(handle)
  if (`${size}-${mtime}` === fingerprint) return handle
  await requests.close(handle)
  throw changed(path, folder, 'another version')
}

function changed(path: string, { place }: Folder, what: string): TidemarkError {
  return new TidemarkError('FileUnreadable', `Expected ${path} at ${place} as it was listed, got ${what}. It is looked at again.`)
}

async function* readAhead(requests: Requests, handle: Buffer, from: number, size: number): AsyncGenerator<Buffer> {
  const asked: Promise<Buffer>[] = []
  let next = from
  for (;;) {
    for (; next < size && asked.length < AHEAD; next += CHUNK) {
      const chunk = readChunk(requests, handle, next, Math.min(CHUNK, size - next))
      chunk.catch(() => undefined) // it is told when its turn comes, if it comes
      asked.push(chunk)
    }
    const chunk = await asked.shift()
    if (chunk === undefined || chunk.length === 0) return
    yield chunk
    if (chunk.length < CHUNK) return
  }
}

/** A server may answer with less than was asked for; none means the file's end. */
async function readChunk(requests: Requests, handle: Buffer, position: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length)
  let bytes = 0
  while (bytes < length) {
    const came = await requests.read(handle, chunk, bytes, length - bytes, position + bytes)
    if (came === 0) break
    bytes += came
  }
  return chunk.subarray(0, bytes)
}
