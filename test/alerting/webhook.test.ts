import { expect, test } from '@jest/globals'
import { alertOf } from '../../src/alerting/alert.ts'
import { postAlert } from '../../src/alerting/webhook.ts'
import { type Answer, Endpoint } from './endpoint.ts'

const ALERT = alertOf(
  { pipeline: 'prices', partition: '2018-01-22', what: 'held', reason: 'a.csv: no header', count: 2 },
  'prices/partition/2018-01-22',
  new Date('2026-01-02T03:04:05Z'),
)
const { signal } = new AbortController()

test('an alert is posted as JSON with a text that says it all; a user and password go as a header', async () => {
  await using endpoint = await Endpoint.up()
  process.env[endpoint.variable] = process.env[endpoint.variable]?.replace('http://', 'http://me:p%40ss@')
  await postAlert(ALERT, endpoint.variable, signal)
  expect(endpoint.taken).toEqual([
    {
      text: 'prices 2018-01-22 is held (2 files): a.csv: no header',
      pipeline: 'prices',
      partition: '2018-01-22',
      what: 'held',
      reason: 'a.csv: no header',
      count: 2,
      at: '2026-01-02T03:04:05.000Z',
      workflow: 'prices/partition/2018-01-22',
    },
  ])
  expect(endpoint.posts[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
  })
})

test.each<[Answer, { retryable: boolean; retryAfterMs?: number }]>([
  [{ status: 500 }, { retryable: true }],
  [
    { status: 503, headers: { 'retry-after': '7' } },
    { retryable: true, retryAfterMs: 7_000 },
  ],
  [{ status: 429, headers: { 'retry-after': 'soon' } }, { retryable: true }],
  [{ status: 408 }, { retryable: true }],
  [{ status: 404 }, { retryable: false }],
  [{ status: 401 }, { retryable: false }],
  [{ status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } }, { retryable: false }],
])('an answer of %j is a failure: %j', async (answer, failure) => {
  await using endpoint = await Endpoint.up(answer)
  const error = await postAlert(ALERT, endpoint.variable, signal).catch((error: unknown) => error)
  expect(error).toMatchObject({ ...failure, message: expect.stringContaining(`${answer.status}`) })
  expect(endpoint.posts).toHaveLength(1)
  expect(secretsIn(error, endpoint)).toEqual([])
})

test('a date to retry after is a time from now', async () => {
  await using endpoint = await Endpoint.up({
    status: 503,
    headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
  })
  const error = await postAlert(ALERT, endpoint.variable, signal).catch((error: unknown) => error)
  expect(error).toMatchObject({ retryAfterMs: expect.any(Number) })
})

test.each([
  ['nobody listens', undefined, 'the webhook cannot be reached: ECONNREFUSED'],
  ['no variable', '', 'is not set; set it where the worker runs'],
  ['no address', 'canary.example/x', 'holds no http or https address; set it where the worker runs'],
  ['another protocol', 'ftp://canary.example/x', 'holds no http or https address; set it where the worker runs'],
])('%s is a failure that may mend, and names no host', async (_, value, message) => {
  await using endpoint = await Endpoint.down()
  if (value !== undefined) process.env[endpoint.variable] = value
  const error = await postAlert(ALERT, endpoint.variable, signal).catch((error: unknown) => error)
  expect(error).toMatchObject({ retryable: true, message: expect.stringContaining(message) })
  expect(secretsIn(error, endpoint)).toEqual([])
})

/** In the message, the stack, and whatever else an error carries. */
function secretsIn(error: unknown, { secret }: Endpoint): string[] {
  const text = error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` : String(error)
  return [secret, '127.0.0.1', 'canary'].filter((one) => text.includes(one))
}
