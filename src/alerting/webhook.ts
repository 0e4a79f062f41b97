import { systemCodeOf } from '../errors.ts'
import { retryAfterMs } from '../retry-after.ts'
import type { Alert } from './alert.ts'
import { DeliveryFailure } from './delivery-failure.ts'

const ANSWER_WITHIN_MS = 10_000
/** Of the answers that blame the question, those that may be another one later: a slow network, too early, too many. */
const LATER = [408, 425, 429]

/**
 * Posts an alert to the address that is in an environment variable.
 * @throws DeliveryFailure
 */
export async function postAlert(alert: Alert, variable: string, signal: AbortSignal): Promise<void> {
  const { url, headers } = addressIn(variable)
  const response = await post(url, headers, JSON.stringify(alert), signal)
  await response.body?.cancel()
  if (response.ok) return
  const { status } = response
  if (status >= 300 && status < 400)
    throw new DeliveryFailure(
      `the webhook answered ${status}; it is not followed: have ${variable} hold the address it leads to`,
      {
        retryable: false,
      },
    )
  const retryable = status >= 500 || LATER.includes(status)
  throw new DeliveryFailure(
    `the webhook answered ${status}; ${retryable ? 'it is tried again' : `mend the address in ${variable}, or the webhook`}`,
    { retryable, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) },
  )
}

/** Whether a variable holds an address that can be posted to; a fault never quotes it. */
export function webhookFault(variable: string): string | undefined {
  const value = process.env[variable]
  if (value === undefined || value === '') return `the environment variable ${variable} is not set`
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return `${variable} holds no http or https address`
  return undefined
}

/** A worker that is started again with another environment may do better. */
function addressIn(variable: string): { url: URL; headers: Record<string, string> } {
  const fault = webhookFault(variable)
  if (fault !== undefined) throw new DeliveryFailure(`${fault}; set it where the worker runs`, { retryable: true })
  const url = new URL(process.env[variable] ?? '')
  const headers = { 'content-type': 'application/json' }
  if (url.username === '' && url.password === '') return { url, headers }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  // `fetch` refuses an address with them in it, and quotes it.
  url.username = ''
  url.password = ''
  return { url, headers: { ...headers, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
}

async function post(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Response> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)])
  try {
    return await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: within })
  } catch (error) {
    // Its message and its cause name the host: only the code is told.
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined
    const why = within.aborted ? 'no answer in 10 s' : (systemCodeOf(cause) ?? 'the connection failed')
    throw new DeliveryFailure(`the webhook cannot be reached: ${why}`, { retryable: true })
  }
}
