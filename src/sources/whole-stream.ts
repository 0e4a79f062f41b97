import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TidemarkError } from '../errors.ts'

/** Cuts in a row that brought no byte, before the file counts as unreadable; its load tries again later. */
const TRIES = 4
const FIRST_PAUSE_MS = 250
/** A line on which nothing comes for so long is cut, whatever the client thinks. */
const SILENT_MS = 60_000

export interface WholeStream {
  /** For people: the file and where it is. */
  readonly what: string
  readonly size: number
  /** The bytes from an offset on. `FileUnreadable` is final, and who asks to be left alone is; anything else is a cut. */
  open(from: number): Promise<Readable>
  /** What the server says that the MD5 of all bytes is, in base64, once it has been asked for them; undefined where it says nothing. */
  readonly md5?: () => string | undefined
  readonly silentMs?: number
}

/** A download that goes on after a cut where it was, and ends with all the bytes that were listed or with an error. */
export function wholeStream(request: WholeStream): Readable {
  return Readable.from(chunksOf(request), { objectMode: false })
}

async function* chunksOf({ what, size, open, md5, silentMs = SILENT_MS }: WholeStream): AsyncGenerator<Buffer> {
  const hash = createHash('md5')
  let bytes = 0
  let cut: unknown
  for (let tries = 0; tries < TRIES; ) {
    const before = bytes
    let stream: Readable | undefined
    try {
      stream = await within(silentMs, open(bytes))
      const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
      for (let next = await within(silentMs, chunks.next()); !next.done; next = await within(silentMs, chunks.next())) {
        bytes += next.value.length
        if (bytes > size) throw longer(what, size)
        if (md5 !== undefined) hash.update(next.value)
        yield next.value
      }
      const expected = md5?.()
      if (bytes === size && expected !== undefined && hash.digest('base64') !== expected) throw damaged(what)
      if (bytes === size) return
      cut = new Error(`its end after ${bytes} of ${size} bytes`)
    } catch (error) {
      if (error instanceof TidemarkError && (error.code === 'FileUnreadable' || error.retryAfterMs !== undefined)) throw error
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

/** Only while somebody waits: a reader that takes its time is no silence. */
async function within<T>(silentMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no byte for ${silentMs / 1000} seconds`)), silentMs)
  })
  try {
    return await Promise.race([work, silence])
  } finally {
    clearTimeout(timer)
  }
}

function longer(what: string, size: number): TidemarkError {
  return new TidemarkError(
    'FileUnreadable',
    `Expected ${what} to have the ${size} bytes that were listed, got more. It is looked at again.`,
  )
}

function damaged(what: string): TidemarkError {
  return new TidemarkError(
    'FileUnreadable',
    `Expected the bytes of ${what} to have the MD5 that the server tells, got another. They were damaged on the way; it is tried again.`,
  )
}
