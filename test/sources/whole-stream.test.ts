import { createHash, randomBytes } from 'node:crypto'
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

test.each([
  new TidemarkError('FileUnreadable', 'it has changed'),
  new TidemarkError('SourceUnavailable', 'it asks for fewer requests', { retryAfterMs: 5_000 }),
])('what the source says for good, or that it is to be left alone, is not tried again: %s', async (changed) => {
  let tries = 0
  await expect(
    read(async () => {
      tries += 1
      throw changed
    }),
  ).rejects.toBe(changed)
  expect(tries).toBe(1)
})

test('a line on which nothing comes is cut, and the download goes on', async () => {
  const asked: number[] = []
  const open = async (from: number): Promise<Readable> => {
    asked.push(from)
    return Readable.from(
      (async function* () {
        yield BYTES.subarray(from, from + 50_000)
        if (from === 0) await new Promise(() => undefined)
      })(),
    )
  }
  const read = await wholeStream({ what: 'a.csv', size: BYTES.length, open, silentMs: 200 }).toArray()
  expect(Buffer.concat(read).equals(BYTES)).toBe(true)
  expect(asked).toEqual([0, 50_000])
})

test('bytes that are not those that the server has are told, also after a cut', async () => {
  const { open } = new Cut(40_000)
  const read = async (md5: string | undefined) =>
    Buffer.concat(await wholeStream({ what: 'a.csv', size: BYTES.length, open, md5: () => md5 }).toArray())
  await expect(read(createHash('md5').update('others').digest('base64'))).rejects.toMatchObject({
    code: 'FileUnreadable',
    message: expect.stringMatching(/damaged on the way/),
  })
  expect(await read(createHash('md5').update(BYTES).digest('base64'))).toEqual(BYTES)
  expect(await read(undefined)).toEqual(BYTES)
})
