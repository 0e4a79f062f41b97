import { unlessAborted } from '../unless-aborted.ts'

/** A listing that several read, each from its beginning and at its own pace; what all have read is let go. */
interface Link<Page> {
  readonly page: Page
  next(): Promise<Link<Page> | undefined>
}

interface Shared<Page> {
  readonly first: () => Promise<Link<Page> | undefined>
  /** Ends what is under way, and lets go what it holds. */
  readonly stop: () => void
  readers: number
}

interface Turn<Page> {
  running: Shared<Page>
  /** Whoever asks while one runs gets the next one, together: the one that runs may have passed by what is news to them. */
  waiting: { readonly shared: Shared<Page>; readonly begin: () => void } | undefined
}

type List<Page> = (signal: AbortSignal) => AsyncIterable<Page>

/** Listings of one place at the same time are one after the other, and what is asked for meanwhile is one. */
export class SharedListings<Page> {
  readonly #turns = new Map<string, Turn<Page>>()

  /** `key`: all that the answer depends on. */
  async *read(key: string, list: List<Page>, signal: AbortSignal): AsyncGenerator<Page> {
    signal.throwIfAborted()
    const shared = this.#join(key, list)
    shared.readers += 1
    try {
      for (
        let link = await unlessAborted(shared.first(), signal);
        link !== undefined;
        link = await unlessAborted(link.next(), signal)
      )
        yield link.page
    } finally {
      shared.readers -= 1
      if (shared.readers === 0) this.#end(key, shared)
    }
  }

  #join(key: string, list: List<Page>): Shared<Page> {
    const turn = this.#turns.get(key)
    if (turn === undefined) {
      const running = shareOf(list, Promise.resolve())
      this.#turns.set(key, { running, waiting: undefined })
      return running
    }
    turn.waiting ??= waitingOf(list)
    return turn.waiting.shared
  }

  /** Nobody reads it any more, to its end or not. */
  #end(key: string, shared: Shared<Page>): void {
    shared.stop()
    const turn = this.#turns.get(key)
    if (turn === undefined) return
    if (turn.waiting?.shared === shared) turn.waiting = undefined
    if (turn.running !== shared) return
    if (turn.waiting === undefined) this.#turns.delete(key)
    else {
      turn.waiting.begin()
      this.#turns.set(key, { running: turn.waiting.shared, waiting: undefined })
    }
  }
}

function waitingOf<Page>(list: List<Page>) {
  let begin = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    begin = resolve
  })
  return { shared: shareOf(list, gate), begin }
}

function shareOf<Page>(list: List<Page>, gate: Promise<void>): Shared<Page> {
  const stopped = new AbortController()
  let iterator: AsyncIterator<Page> | undefined
  const first = once(async (): Promise<Link<Page> | undefined> => {
    await gate
    iterator = list(stopped.signal)[Symbol.asyncIterator]()
    return follow()
  })
  const follow = async (): Promise<Link<Page> | undefined> => {
    const result = await iterator?.next()
    return result === undefined || result.done ? undefined : { page: result.value, next: once(follow) }
  }
  const stop = () => {
    stopped.abort()
    iterator?.return?.().catch(() => undefined) // its readers have heard what they waited for
  }
  return { first, stop, readers: 0 }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= work()
    return answer
  }
}
