import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TidemarkError } from '../errors.ts'

/** Cuts in a row that brought no byte, before the file counts as unreadable; its load tries again later. */
const TRIES = 4
const FIRST_PAUSE_MS = 250

export interface WholeStream {
  /** For people: the file and where it is. */
  readonly what: string
  readonly size: number
  /** The bytes from an offset on. `FileUnreadable` is final; anything else is a cut. */
  open(from: number): Promise<Readable>
}

/** A download that goes on after a cut where it was, and ends with all the bytes that were listed or with an error. */
export function wholeStream(request: WholeStream): Readable {
  return Readable.from(chunksOf(request), { objectMode: false })
}

async function* chunksOf({ what, size, open }: WholeStream): AsyncGenerator<Buffer> {
  let bytes = 0
  let cut: unknown
  for (let tries = 0; tries < TRIES; ) {
    const before = bytes
    let stream: Readable | undefined
    try {
      stream = await open(bytes)
      for await (const chunk of stream) {
        bytes += chunk.length
        if (bytes > size) throw longer(what, size)
        yield chunk
      }
      if (bytes === size) return
      cut = new Error(`its end after ${bytes} of ${size} bytes`)
    } catch (error) {
      if (error instanceof TidemarkError && error.code === 'FileUnreadable') throw error
      cut = error
    } finally {
      stream?.destroy()
    }
    tries = bytes > before ? 1 : tries + 1
    if (tries < TRIES) await delay(FIRST_PAUSE_MS * 2 ** tries)
  }
  if (cut instanceof TidemarkError) throw cut
  const message = `Expected to read ${what} to its end, got ${messageOf(cut)}, ${TRIES} times. See that the network and the server are sound; it is tried again.`
  throw new TidemarkError('FileUnreadable', message, { cause: cut })
}

function longer(what: string, size: number): TidemarkError {
  return new TidemarkError(
    'FileUnreadable',
    `Expected ${what} to have the ${size} bytes that were listed, got more. It is looked at again.`,
  )
}
