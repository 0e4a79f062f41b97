import { PassThrough, type Readable, Transform } from 'node:stream'
import { TidemarkError } from '../../errors.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Version } from '../source.ts'
import { wholeStream } from '../whole-stream.ts'
import { fileFailure, isUnknownCommand, replyOf } from './failures.ts'
import type { Folder } from './folder.ts'

export async function openFile(folder: Folder, version: Version): Promise<Readable> {
  const { path, size } = version
  if (!isRelativePath(path)) throw new TidemarkError('FileUnreadable', `${path} leads out of ${folder.place}; it is never read`)
  return wholeStream({ what: `${path} at ${folder.place}`, size, open: async (from) => streamFrom(folder, version, from) })
}

/** The look before: a conditional read there is none. */
async function streamFrom(folder: Folder, { path, fingerprint }: Version, from: number): Promise<Readable> {
  const before = await folder.stat(path)
  const odd =
    before === undefined ? undefined : (before.refused ?? (before.fingerprint === fingerprint ? undefined : 'another version'))
  if (odd !== undefined) {
    const message = `Expected ${path} at ${folder.place} as it was listed, got ${odd}. It is looked at again.`
    throw new TidemarkError('FileUnreadable', message)
  }
  const bytes = new PassThrough()
  const download = folder.use(async ({ client }) => {
    // A reader that leaves early; one that has all of it leaves the login as it is.
    const stopped = () => bytes.readableEnded || client.close()
    bytes.once('close', stopped)
    try {
      await client.downloadTo(bytes, folder.at(path), from).catch((error: unknown) => {
        if (from === 0 || !isUnknownCommand(error)) throw error
        return client.downloadTo(withoutFirst(from, bytes), folder.at(path)) // the server knows no REST
      })
    } finally {
      bytes.off('close', stopped)
    }
  })
  download.catch((error: unknown) => {
    // What the server itself says is final, but for a transfer that it has broken off; anything else is a cut.
    const reply = replyOf(error)
    bytes.destroy(reply === undefined || (reply >= 420 && reply < 430) ? asError(error) : fileFailure(error, path, folder.place))
  })
  return bytes
}

function withoutFirst(count: number, into: PassThrough): Transform {
  let left = count
  const rest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const skipped = Math.min(left, chunk.length)
      left -= skipped
      done(null, chunk.subarray(skipped))
    },
  })
  rest.pipe(into)
  return rest
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
