import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { prices } from '../../harness/prices.ts'
import { type Answer, HttpFront } from '../../servers/http-front.ts'
import { examined } from '../doctor.ts'
import { live } from '../live.ts'
import { S3Ground } from './s3-ground.ts'

const HOUR = 3_600_000

let ground: S3Ground
let front: HttpFront
beforeAll(async () => {
  ground = await S3Ground.start()
  front = await HttpFront.to(ground.server.port)
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await ground[Symbol.asyncDispose]()
})

const SKEWED =
  '<?xml version="1.0"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>'

/** As of a store whose clock is so far ahead of this machine's. */
function skewed(aheadMs: number): Answer {
  const date = new Date(Date.now() + aheadMs).toUTCString()
  return { status: 403, headers: { 'content-type': 'application/xml', date }, body: SKEWED }
}

test('with a clock that is three hours wrong a bucket is read all the same: requests are signed by the clock of the server', async () => {
  const place = await ground.place()
  await place.put('a.csv', 'price\n1\n')
  const once = new S3Client({ ...ground.settings, credentials: ground.server.admin, systemClockOffset: 3 * HOUR, maxAttempts: 1 })
  await expect(once.send(new ListBucketsCommand())).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' })
  once.destroy()
  const wrongClock = `const now = Date.now; Date.now = () => now() + ${3 * HOUR}; globalThis.Date = class extends Date { constructor(...of) { super(...(of.length === 0 ? [Date.now()] : of)) } }`
  const variables = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(wrongClock)}` }
  expect(await examined({ bucket: place.source }, variables)).toEqual({
    bucket: expect.stringMatching(/^ok: s3:.*: 1 files match \{partition\}\.csv$/),
  })
})

test('a clock that a store refuses in the end is named, with what to mend; when it is right, all goes on', async () => {
  const place = await ground.place()
  await place.put('a.csv', prices(1))
  const source = place.through(front.host)
  const told = (how: string) =>
    new RegExp(`got RequestTimeTooSkewed \\(403\\)\\. Set this machine's clock right: it is ${how} the server's\\.$`)
  front.answer = () => skewed(2 * HOUR)
  expect(await examined({ behind: source })).toEqual({ behind: expect.stringMatching(told('2 h behind')) })
  front.answer = () => skewed(-26 * HOUR)
  await using alive = await live(source)
  const { running, becomes } = alive
  await becomes('failing', told('1 d 2 h ahead of'))
  front.answer = () => undefined
  await running.outcome('a.csv')
  await becomes('watching')
})
