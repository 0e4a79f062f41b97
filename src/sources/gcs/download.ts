import { get, Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { get as getSecurely, Agent as HttpsAgent } from 'node:https'
import { guardedLookup } from '../refused-address.ts'
import type { Bucket } from './bucket.ts'

const AGENT = { keepAlive: true, maxSockets: 32, lookup: guardedLookup }
const httpAgent = new HttpAgent(AGENT)
const httpsAgent = new HttpsAgent(AGENT)

/**
 * The bytes of one generation as they are stored: the client's own stream would unpack some, and waits for ever for the end of one that was cut.
 * @throws an error with the answer's status as its `code`
 */
export async function download(bucket: Bucket, path: string, generation: string, from: number): Promise<IncomingMessage> {
  const { client, calls, name, prefix } = bucket
  const { storage } = client
  const object = `b/${encodeURIComponent(name)}/o/${encodeURIComponent(prefix + path)}`
  const url = `${storage.apiEndpoint}/storage/v1/${object}?alt=media&generation=${encodeURIComponent(generation)}`
  const range = from === 0 ? {} : { range: `bytes=${from}-` }
  const headers = { ...(await loginFor(bucket, url)), 'accept-encoding': 'gzip', ...range }
  calls.add()
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.startsWith('https:')
      ? getSecurely(url, { headers, agent: httpsAgent }, resolve)
      : get(url, { headers, agent: httpAgent }, resolve)
    request.once('error', reject)
  })
  const { statusCode = 0 } = answer
  if (statusCode === 200 || statusCode === 206) return answer
  answer.resume()
  throw Object.assign(new Error(`the answer ${statusCode}`), { code: statusCode, response: { headers: answer.headers } })
}

/** The MD5 of all of an object, in base64; none of those that were put together from parts. */
export function md5Of({ headers }: IncomingMessage): string | undefined {
  return /md5=([A-Za-z0-9+/=]+)/.exec([headers['x-goog-hash'] ?? []].flat().join())?.[1]
}

async function loginFor({ client: { storage }, isAnonymous }: Bucket, url: string): Promise<Record<string, string>> {
  if (isAnonymous) return {}
  const headers: unknown = await storage.authClient.getRequestHeaders(url)
  const entries = headers instanceof Headers ? [...headers] : Object.entries(Object(headers))
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
