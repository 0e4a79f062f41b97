import { constants } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../package-root.ts'
import { ABSENT, type Answer, type Call, type Reply, STATS_EACH, type Stats } from './folder-messages.ts'
import type { FileStats } from './look.ts'

/** A thread costs some megabytes: one that has nothing to do ends. */
const IDLE_MS = 10_000
/** Pages that are read before they are wanted, some 100 KB each, for who reads a listing is busy in between. Other calls go before them. */
const PAGES_AHEAD = 64

type Names = Extract<Answer, { kind: 'names' }>
type Bytes = Extract<Answer, { kind: 'bytes' }>

interface Asked {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** Undefined for what is not there, or cannot be looked at. */
export function statsIn(stats: Stats, index: number): (FileStats & { readonly isFile: boolean }) | undefined {
  const at = index * STATS_EACH
  const mode = stats[at] ?? ABSENT
  if (mode === ABSENT) return undefined
  const isFile = (mode & S_IFMT) === S_IFREG
  return {
    isFile,
    size: stats[at + 1] ?? 0n,
    mtimeNs: stats[at + 2] ?? 0n,
    ctimeNs: stats[at + 3] ?? 0n,
    ino: stats[at + 4] ?? 0n,
  }
}

const S_IFMT = BigInt(constants.S_IFMT)
const S_IFREG = BigInt(constants.S_IFREG)

/** Reads large folders and many small files in a thread of its own. Errors carry the system's code. */
export class FolderReader {
  #thread: Worker | undefined
  readonly #asked = new Map<number, Asked>()
  #lastId = 0
  #idle: NodeJS.Timeout | undefined
  /** One listing at a time: the thread knows only one. */
  #listings: Promise<unknown> = Promise.resolve()

  /** What is in a folder, in pages, in the system's order; the next ones are read while one is worked on. */
  async *list(folder: string): AsyncGenerator<Names> {
    const before = this.#listings
    let end = () => {}
    this.#listings = new Promise<void>((resolve) => {
      end = resolve
    })
    await before
    let isOpen = true
    try {
      const ahead = [this.#names({ kind: 'list', folder })]
      for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
        while (ahead.length < PAGES_AHEAD) {
          const later = this.#names({ kind: 'next' })
          later.catch(() => undefined) // heard when it is awaited, if it ever is
          ahead.push(later)
        }
        isOpen = false // should it fail
        const page = await next
        isOpen = !page.done
        yield page
        if (page.done) return
      }
    } finally {
      if (isOpen) this.#names({ kind: 'end' }).catch(() => undefined) // what fails has ended too
      end()
    }
  }

  stat(folder: string, names: readonly string[]): Promise<Names> {
    return this.#names({ kind: 'stat', folder, names })
  }

  /** Files of at most so many bytes. */
  async read(folder: string, names: readonly string[], most: number): Promise<Bytes> {
    const answer = await this.#ask({ kind: 'read', folder, names, most })
    if (answer.kind !== 'bytes') throw new Error('the thread answered something else')
    return answer
  }

  async #names(call: Call): Promise<Names> {
    const answer = await this.#ask(call)
    if (answer.kind !== 'names') throw new Error('the thread answered something else')
    return answer
  }

  #ask(call: Call): Promise<Answer> {
    const thread = this.#thread ?? this.#start()
    clearTimeout(this.#idle)
    const id = ++this.#lastId
    return new Promise<Answer>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject })
      thread.ref()
      thread.postMessage({ id, ...call })
    }).finally(() => {
      this.#asked.delete(id)
      if (this.#asked.size > 0) return
      thread.unref()
      clearTimeout(this.#idle)
      this.#idle = setTimeout(() => this.#end(thread), IDLE_MS).unref()
    })
  }

  #start(): Worker {
    const thread = new Worker(join(packageRoot(), 'dist', 'src', 'sources', 'local', 'folder-thread.js'), {
      execArgv: [],
    })
    this.#thread = thread
    thread.on('message', (reply: Reply) => {
      const asked = this.#asked.get(reply.id)
      if ('answer' in reply) asked?.resolve(reply.answer)
      else asked?.reject(Object.assign(new Error(reply.fault.message), { code: reply.fault.code }))
    })
    const lost = (error: Error) => {
      if (this.#thread !== thread) return // it has ended of itself, and what is asked was asked of the next one
      this.#thread = undefined
      for (const { reject } of this.#asked.values()) reject(error)
    }
    thread.on('error', lost)
    thread.on('exit', (code) => lost(new Error(`the thread that reads folders has ended with ${code}`)))
    return thread
  }

  #end(thread: Worker): void {
    if (this.#thread === thread) this.#thread = undefined
    thread.terminate().catch(() => undefined)
  }
}
