import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { SharedListings } from '../../src/sources/shared-listings.ts'

/** A listing whose pages come one by one, when the test says so; counts how often it was begun, and let go. */
class Pages {
  begun = 0
  ended = 0
  readonly #gate = new EventTarget()
  #open = 0
  readonly #pages: readonly string[]

  constructor(pages: readonly string[]) {
    this.#pages = pages
  }

  turn(pages = this.#pages.length): void {
    this.#open += pages
    this.#gate.dispatchEvent(new Event('open'))
  }

  list = async function* (this: Pages, signal: AbortSignal): AsyncGenerator<string> {
    this.begun += 1
    try {
      for (const page of this.#pages) {
        while (this.#open === 0) await once(this.#gate, 'open', { signal })
        this.#open -= 1
        yield `${page}${this.begun}`
      }
    } finally {
      this.ended += 1
    }
  }.bind(this)
}

const never = new AbortController().signal

async function all(pages: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = []
  for await (const page of pages) read.push(page)
  return read
}

test('who asks while a listing runs gets the next one, together with all the others', async () => {
  const shared = new SharedListings<string>()
  const pages = new Pages(['a', 'b'])
  const first = all(shared.read('place', pages.list, never))
  await Promise.resolve()
  const others = [1, 2, 3].map(() => all(shared.read('place', pages.list, never)))
  pages.turn()
  expect(await first).toEqual(['a1', 'b1'])
  pages.turn()
  expect(await Promise.all(others)).toEqual([1, 2, 3].map(() => ['a2', 'b2']))
  expect(pages.begun).toBe(2)
  expect(pages.ended).toBe(2)
  pages.turn()
  expect(await all(shared.read('place', pages.list, never))).toEqual(['a3', 'b3'])
})

test('listings of other places wait for nobody', async () => {
  const shared = new SharedListings<string>()
  const slow = new Pages(['a'])
  const quick = new Pages(['b'])
  const waits = all(shared.read('slow', slow.list, never))
  quick.turn()
  expect(await all(shared.read('quick', quick.list, never))).toEqual(['b1'])
  slow.turn()
  expect(await waits).toEqual(['a1'])
})

test('who stops in the middle stops nobody else; when all have stopped, the listing is let go, and the next begins', async () => {
  const shared = new SharedListings<string>()
  const pages = new Pages(['a', 'b'])
  const stop = new AbortController()
  const first = all(shared.read('place', pages.list, stop.signal))
  await Promise.resolve()
  const leaves = new AbortController()
  const left = all(shared.read('place', pages.list, leaves.signal))
  const stays = all(shared.read('place', pages.list, never))
  pages.turn(1)
  stop.abort(new Error('stopped'))
  await expect(first).rejects.toThrow('stopped')
  leaves.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  pages.turn()
  expect(await stays).toEqual(['a2', 'b2'])
  expect(pages.ended).toBe(2)
})

test('an error is told to all who read, and the next listing begins anew', async () => {
  const shared = new SharedListings<string>()
  const pages = new Pages(['a'])
  const first = all(shared.read('place', pages.list, never))
  await Promise.resolve()
  const broken = async function* (): AsyncGenerator<string> {
    yield 'half'
    throw new Error('cut')
  }
  const others = [1, 2].map(() => all(shared.read('place', broken, never)))
  const told = Promise.allSettled(others)
  pages.turn()
  await first
  for (const { status } of await told) expect(status).toBe('rejected')
  pages.turn()
  expect(await all(shared.read('place', pages.list, never))).toEqual(['a2'])
})
