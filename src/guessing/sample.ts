import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { messageOf, TidemarkError } from '../errors.ts'
import type { Listed, Source } from '../sources/source.ts'

/** A file that was looked at, unpacked. */
export interface Sample {
  readonly path: string
  /** A copy of it, under a name of our own. */
  readonly file: string
  /** Its first lines, whole. */
  readonly head: Buffer
  /** How large the copy is; only the beginning of a large file is copied. */
  readonly bytes: number
  readonly isCut: boolean
}

const HEAD_BYTES = 64 * 1024
const LF = 0x0a
const UTF16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]

/** Copies so many bytes of a file, or says why it cannot be loaded. */
export async function takeSample(
  source: Pick<Source, 'open'>,
  listed: Listed,
  file: string,
  most: number,
): Promise<Sample | string> {
  if (listed.refused !== undefined) return listed.refused
  if (listed.size === 0) return 'is empty'
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    const stream = await source.open(listed)
    const unpacked = listed.path.toLowerCase().endsWith('.gz') ? stream.pipe(createGunzip()) : stream
    stream.on('error', (error) => unpacked.destroy(error))
    try {
      for await (const chunk of unpacked) {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > most) break
      }
    } finally {
      stream.destroy()
      unpacked.destroy()
    }
  } catch (error) {
    return error instanceof TidemarkError ? error.message : `cannot be read: ${messageOf(error)}`
  }
  const isCut = bytes > most
  if (bytes === 0) return 'is empty'
  const taken = Buffer.concat(chunks)
  const all = isCut ? wholeLines(taken.subarray(0, most)) : taken
  const head = all.length > HEAD_BYTES ? wholeLines(all.subarray(0, HEAD_BYTES)) : all
  if (UTF16.some((mark) => head.subarray(0, 2).equals(mark))) return 'is UTF-16; save it as UTF-8'
  if (!isUtf8(head)) return 'is not UTF-8; save it as UTF-8'
  if (head.includes(0)) return 'holds a NUL byte; a text file has none'
  const copy = await open(file, 'wx')
  try {
    await copy.writeFile(all)
  } finally {
    await copy.close()
  }
  return { path: listed.path, file, head, bytes: all.length, isCut }
}

function wholeLines(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LF) + 1
  return end === 0 ? bytes : bytes.subarray(0, end)
}
