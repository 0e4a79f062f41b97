import { expect, test } from '@jest/globals'
import { sourceFailure } from '../../../src/sources/s3/failures.ts'

/** As the client throws them for answers that no server here gives. */
function answer(name: string, status: number, headers: Readonly<Record<string, string>> = {}): Error {
  return Object.assign(new Error('the request, at length'), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { headers },
  })
}

const told = (error: unknown) => sourceFailure(error, 'list s3://bucket/', 'to list the bucket (s3:ListBucket on bucket)')

test.each<[name: string, status: number, headers: Readonly<Record<string, string>>, message: string]>([
  [
    'PermanentRedirect',
    301,
    { 'x-amz-bucket-region': 'eu-central-1' },
    "got PermanentRedirect (301). Write region: 'eu-central-1' in `source`: the bucket is there.",
  ],
  [
    'AuthorizationHeaderMalformed',
    400,
    {},
    "got AuthorizationHeaderMalformed (400). Correct the region of `source`: the bucket's own is needed.",
  ],
  ['ExpiredToken', 400, {}, 'got ExpiredToken (400). The credentials have expired: renew them where the worker runs.'],
  ['AccessDenied', 403, {}, 'got AccessDenied (403). Allow these credentials to list the bucket (s3:ListBucket on bucket).'],
  ['RequestTimeTooSkewed', 403, {}, "got RequestTimeTooSkewed (403). Set this machine's clock right."],
  ['InternalError', 500, {}, 'got InternalError (500). The server itself fails; it is tried again.'],
  ['SlowDown', 503, {}, 'got SlowDown (503). The server asks for fewer requests; it is tried again later.'],
  ['Unknown', 429, {}, 'got the answer 429. The server asks for fewer requests; it is tried again later.'],
])('%s is told with what to mend', (name, status, headers, message) => {
  expect(told(answer(name, status, headers))).toMatchObject({
    code: 'SourceUnavailable',
    message: `Expected to list s3://bucket/, ${message}`,
  })
})

test('missing credentials and a missing region are told with where they come from', () => {
  const none = Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' })
  expect(told(none).message).toMatch(/Give the worker credentials: AWS's environment variables, a profile or a role/)
  expect(told(new Error('Region is missing')).message).toMatch(/set AWS_REGION where the worker runs/)
})

test('a server that throttles says for how long, or is left alone for a while', () => {
  expect(told(answer('SlowDown', 503, { 'retry-after': '17' })).retryAfterMs).toBe(17_000)
  expect(told(answer('SlowDown', 503)).retryAfterMs).toBe(5_000)
  expect(told(answer('AccessDenied', 403)).retryAfterMs).toBeUndefined()
})
