import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { isRelativePath } from '../relative-path.ts'
import { fileRefused, fileUnreadable } from './failures.ts'
import { LEADS_OUT, oddKindOf } from './look.ts'
import { contains, openRoot, type Root } from './root.ts'

const CHUNK = 256 * 1024
/** Without `O_NONBLOCK` a pipe that took the file's place would block a thread until somebody writes to it. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export async function openFile(folder: string, path: string): Promise<Readable> {
  if (!isRelativePath(path)) throw fileRefused(path, folder, 'a path that leads out of the source')
  const root = await openRoot(folder)
  const real = await realIn(root, path)
  const handle = await attempt(root, path, () => open(real, FLAGS))
  try {
    const opened = await attempt(root, path, () => handle.stat({ bigint: true }))
    const odd = oddKindOf(opened)
    if (odd !== undefined) throw fileRefused(path, folder, odd)
    await assertInPlace(root, path, opened)
    return streamOf(handle, root, path)
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** A folder on the way may have been swapped for a link just before the file was opened. */
async function assertInPlace(root: Root, path: string, opened: BigIntStats): Promise<void> {
  const real = await realIn(root, path)
  const there = await attempt(root, path, () => lstat(real, { bigint: true }))
  if (there.dev === opened.dev && there.ino === opened.ino) return
  throw fileRefused(path, root.folder, 'another file in its place while it was opened')
}

async function realIn(root: Root, path: string): Promise<Buffer> {
  const whole = Buffer.concat([root.real, Buffer.from(`/${path}`)])
  const real = await attempt(root, path, () => realpath(whole, { encoding: 'buffer' }))
  if (!contains(root, real)) throw fileRefused(path, root.folder, LEADS_OUT)
  return real
}

async function attempt<T>(root: Root, path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw fileUnreadable(path, root.folder, error)
  }
}

/** Unlike the handle's own stream it names the file when a read fails. */
function streamOf(handle: FileHandle, root: Root, path: string): Readable {
  return new Readable({
    highWaterMark: CHUNK,
    read(size) {
      handle.read(Buffer.allocUnsafe(size), 0, size).then(
        ({ bytesRead, buffer }) => this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead)),
        (error: unknown) => this.destroy(fileUnreadable(path, root.folder, error)),
      )
    },
    destroy(error, done) {
      handle.close().then(() => done(error), done)
    },
  })
}
