import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { azureBlob, env, gcs, s3 } from '../../src/config/define.ts'
import type { PipelineInput } from '../../src/config/schema.ts'
import { sourceOf } from './contract.ts'
import { listAll } from './folder.ts'
import { patternOf } from './pattern.ts'

/** A server that has too much to do, and says until when. */
let server: Server
let answer = { status: 503, headers: {} }
let asked = 0
beforeAll(async () => {
  process.env.THROTTLED_KEY = Buffer.from('key').toString('base64')
  server = createServer((_, response) => {
    asked += 1
    response.writeHead(answer.status, answer.headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const key = env('THROTTLED_KEY')
const files = '{partition}.csv'
const endpoint = () => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const KINDS: [string, () => PipelineInput['source']][] = [
  ['S3', () => s3('s3://bucket/', { files, endpoint: endpoint(), accessKeyId: key, secretAccessKey: key })],
  ['Azure', () => azureBlob('az://account/container', { files, endpoint: `${endpoint()}/account`, accountKey: key })],
  ['GCS', () => gcs('gs://bucket/', { files, endpoint: endpoint() })],
]

test.each(KINDS)(
  '%s: a server that asks for fewer requests is left alone for as long as it says, and gets few',
  async (kind, input) => {
    for (const [status, headers, retryAfterMs] of [
      [503, { 'retry-after': '2' }, 2_000],
      [429, { 'retry-after': '2' }, 2_000],
      [503, {}, 5_000],
    ] as const) {
      answer = { status, headers }
      asked = 0
      const source = sourceOf(input())
      await expect(listAll(source, patternOf(files))).rejects.toMatchObject({ code: 'SourceUnavailable', retryAfterMs })
      expect(asked).toBeLessThanOrEqual(4)
      // Google's client tells nobody of what it tries again.
      expect(source.calls.lastHour()).toBe(kind === 'GCS' ? 1 : asked)
    }
  },
)
