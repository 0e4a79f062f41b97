import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { TidemarkError } from '../../src/errors.ts'
import { wholeStream } from '../../src/sources/whole-stream.ts'

const BYTES = randomBytes(100_000)

/** A server of those bytes that is cut after so many, each time. */
class Cut {
  readonly asked: number[] = []
  readonly #after: number
  readonly #how: 'error' | 'end'

  constructor(after: number, how: 'error' | 'end' = 'error') {
    this.#after = after
    this.#how = how
  }

  open = async (from: number): Promise<Readable> => {
    this.asked.push(from)
    const end = Math.min(BYTES.length, from + this.#after)
    const how = this.#how
    return Readable.from(
      (async function* () {
        if (end > from) yield BYTES.subarray(from, end)
        if (end < BYTES.length && how === 'error') throw new Error('the line was cut')
      })(),
    )
  }
}

async function read(open: (from: number) => Promise<Readable>, size = BYTES.length): Promise<Buffer> {
  return Buffer.concat(await wholeStream({ what: 'a.csv', size, open }).toArray())
}

test.each(['error', 'end'] as const)('after a cut by an %s it goes on where it was', async (how) => {
  const cut = new Cut(40_000, how)
  expect((await read(cut.open)).equals(BYTES)).toBe(true)
  expect(cut.asked).toEqual([0, 40_000, 80_000])
})

test('when nothing more comes it gives up, with what is missing', async () => {
  const cut = new Cut(0, 'end')
  await expect(read(cut.open)).rejects.toMatchObject({
    code: 'FileUnreadable',
    message: expect.stringMatching(/read a\.csv to its end, got its end after 0 of 100000 bytes, 4 times/),
  })
  expect(cut.asked).toEqual([0, 0, 0, 0])
})

test('more bytes than were listed are another version', async () => {
  await expect(read(new Cut(BYTES.length).open, 99_999)).rejects.toMatchObject({ code: 'FileUnreadable' })
})

test('what the source says for good is not tried again', async () => {
  let tries = 0
  const changed = new TidemarkError('FileUnreadable', 'it has changed')
  await expect(
    read(async () => {
      tries += 1
      throw changed
    }),
  ).rejects.toBe(changed)
  expect(tries).toBe(1)
})
