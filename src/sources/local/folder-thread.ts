import { closeSync, constants, type Dir, fstatSync, lstatSync, opendirSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { messageOf, systemCodeOf } from '../../errors.ts'
import { ABSENT, type Answer, type Call, FAILED, STATS_EACH, type Stats } from './folder-messages.ts'

/**
 * The thread behind `FolderReader`. Thousands of short calls to the file system cost the least one after the other; here they also hold
 * up nobody, however slow the disk is. It knows names and numbers, and nothing of what they mean.
 */

const PAGE = 1_000
/** As `openFile` does it, and for its reasons. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

type Asked = Call & { readonly id: number }

let listing: { readonly folder: string; readonly dir: Dir } | undefined

/** Calls for pages of a listing, which are many: others come in between. */
const pages: Asked[] = []

parentPort?.on('message', (asked: Asked) => {
  if (asked.kind !== 'list' && asked.kind !== 'next') reply(asked)
  else if (pages.push(asked) === 1) setImmediate(replyPage)
})

function replyPage(): void {
  const [asked] = pages
  if (asked !== undefined) reply(asked)
  pages.shift()
  if (pages.length > 0) setImmediate(replyPage)
}

function reply({ id, ...call }: Asked): void {
  try {
    const answer = answerTo(call)
    parentPort?.postMessage({ id, answer }, [answer.stats.buffer, ...(answer.kind === 'bytes' ? [answer.bytes.buffer] : [])])
  } catch (error) {
    parentPort?.postMessage({ id, fault: { message: messageOf(error), code: systemCodeOf(error) } })
  }
}

function answerTo(call: Call): Answer {
  switch (call.kind) {
    case 'list':
      endListing()
      listing = { folder: call.folder, dir: opendirSync(call.folder, { bufferSize: PAGE }) }
      return nextPage()
    case 'next':
      return nextPage()
    case 'end':
      endListing()
      return nextPage()
    case 'stat':
      return { kind: 'names', names: call.names, stats: statsOf(call.folder, call.names), done: true }
    case 'read':
      return readFiles(call.folder, call.names, call.most)
  }
}

function nextPage(): Answer {
  if (listing === undefined) return { kind: 'names', names: [], stats: new BigInt64Array(0), done: true }
  const { folder, dir } = listing
  const names: string[] = []
  let done = false
  while (names.length < PAGE && !done) {
    const entry = dir.readSync()
    if (entry === null) done = true
    else names.push(entry.name)
  }
  if (done) endListing()
  return { kind: 'names', names, stats: statsOf(folder, names), done }
}

function endListing(): void {
  listing?.dir.closeSync()
  listing = undefined
}

function statsOf(folder: string, names: readonly string[]): Stats {
  const stats = new BigInt64Array(names.length * STATS_EACH)
  for (const [index, name] of names.entries()) {
    const at = index * STATS_EACH
    const found = statAt(`${folder}/${name}`)
    if (typeof found === 'bigint') stats[at] = found
    else stats.set([found.mode, found.size, found.mtimeNs, found.ctimeNs, found.ino], at)
  }
  return stats
}

function statAt(path: string) {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? ABSENT // also where a folder on the way is none
  } catch {
    return FAILED
  }
}

/** What is not read whole, for whatever reason, has a size of -1. */
function readFiles(folder: string, names: readonly string[], most: number): Answer {
  const stats = new BigInt64Array(names.length)
  let bytes = Buffer.allocUnsafeSlow(Math.max(most, 64 * 1024))
  let end = 0
  for (const [index, name] of names.entries()) {
    if (bytes.length - end <= most) bytes = grown(bytes, end)
    const size = readFile(`${folder}/${name}`, bytes.subarray(end, end + most + 1), most)
    stats[index] = BigInt(size)
    end += Math.max(0, size)
  }
  return { kind: 'bytes', bytes: new Uint8Array(bytes.buffer, 0, end), stats }
}

function grown(bytes: Buffer<ArrayBuffer>, end: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(bytes.length * 2)
  bytes.copy(larger, 0, 0, end)
  return larger
}

function readFile(path: string, into: Buffer, most: number): number {
  let file: number | undefined
  try {
    file = openSync(path, FLAGS)
    const opened = fstatSync(file)
    if (!opened.isFile() || opened.size > most) return -1
    // A folder on the way may have been swapped for a link just before the file was opened.
    const there = lstatSync(path)
    if (there.ino !== opened.ino || there.dev !== opened.dev) return -1
    let size = 0
    for (;;) {
      const read = readSync(file, into, size, into.length - size, null)
      if (read === 0) return size
      size += read
      if (size > most) return -1
      if (size === opened.size) return size
    }
  } catch {
    return -1
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
