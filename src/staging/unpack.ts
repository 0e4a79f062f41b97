import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { messageOf, systemCodeOf } from '../errors.ts'
import { HeldFile } from './held.ts'

/** Far above any file that is meant to be loaded at once, and well below a disk. */
const MAX_UNPACKED_BYTES = 64 * 2 ** 30
/** Deflate reaches 1,032 at most, on a run of one byte; real tables reach 5 to 50. */
const MAX_RATIO = 1_000
/** Below this a high ratio costs nothing, and short files of equal rows have one. */
const RATIO_MATTERS_FROM_BYTES = 10 * 2 ** 20

/**
 * Unpacks a gzip file that is whole. DuckDB reads one that is cut at a line's end, or whose checksum is wrong, without
 * a word; zlib does not, but it overlooks what follows the end.
 * @throws HeldFile when the file is cut, damaged, followed by something else, or a bomb
 */
export async function* unpack(file: string, packedBytes: number): AsyncGenerator<Buffer, void> {
  const packed = createReadStream(file)
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error))
  packed.pipe(gunzip)
  let bytes = 0
  try {
    for await (const chunk of gunzip) {
      bytes += chunk.length
      if (bytes > MAX_UNPACKED_BYTES) throw new HeldFile(`unpacks to more than ${MAX_UNPACKED_BYTES} bytes`)
      if (bytes > RATIO_MATTERS_FROM_BYTES && bytes > packedBytes * MAX_RATIO) {
        throw new HeldFile(`unpacks to more than ${MAX_RATIO} times its ${packedBytes} bytes`)
      }
      yield chunk
    }
    const rest = packedBytes - gunzip.bytesWritten
    if (rest > 0) throw new HeldFile(`${rest} bytes follow the end of its gzip data`)
  } catch (error) {
    throw gzipFault(error)
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

function gzipFault(error: unknown): unknown {
  const code = systemCodeOf(error)
  if (code === 'Z_BUF_ERROR') return new HeldFile('its gzip data is cut short')
  if (code?.startsWith('Z_')) return new HeldFile(`its gzip data is damaged: ${messageOf(error)}`)
  return error
}
