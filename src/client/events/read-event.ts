import { z } from 'zod'
import { TidemarkError } from '../../errors.ts'
import { azureBlobs, validationCode } from './azure-event.ts'
import { gcsObjects } from './gcs-event.ts'
import { isEmpty, type Message, messagesIn } from './messages.ts'
import { s3Objects } from './s3-event.ts'

/** A bucket, or an account's container, and a prefix. */
const SOURCE = /^((?:s3|gs):\/\/[^/]+|az:\/\/[^/]+\/[^/]+)(?:\/+(.*?))?\/*$/s
const CONFIRMATION = z.object({ Type: z.literal('SubscriptionConfirmation'), SubscribeURL: z.string() })

/** What a store's event says of a source. */
export interface SourceEvent {
  /** Files that are new or have changed, as the source lists them: for `notify`. None when all that was told is elsewhere. */
  readonly paths: readonly string[]
  /** What Azure Event Grid wants as the answer to its first request, as JSON; without it it sends no events. */
  readonly answer?: { readonly validationResponse: string }
  /** Amazon SNS sends messages when this address was opened once. Look who asks before you do. */
  readonly confirm?: string
}

/**
 * Which files of a source an event is about. `event`: what was received, as text or read from JSON, in whatever it came: S3 notifications
 * directly or by SNS, SQS or EventBridge, Azure Event Grid in its own schema or as CloudEvents, Google Cloud Storage by Pub/Sub or Eventarc.
 * `source`: the address in the config, such as `s3://bucket/some/prefix`.
 * @throws TidemarkError UsageError when no part of it is such an event
 */
export function readEvent(event: unknown, source: string): SourceEvent {
  const prefix = prefixOf(source)
  const messages = messagesIn(event)
  const paths = new Set<string>()
  let answer: SourceEvent['answer']
  let confirm: string | undefined
  let known = isEmpty(event)
  for (const message of messages) {
    const validationResponse = validationCode(message)
    const confirmation = CONFIRMATION.safeParse(message)
    const objects = objectsOf(message)
    known ||= objects !== undefined || confirmation.success
    if (validationResponse !== undefined) answer = { validationResponse }
    if (confirmation.success) confirm = confirmation.data.SubscribeURL
    for (const object of objects ?? [])
      if (object.startsWith(prefix) && object.length > prefix.length) paths.add(object.slice(prefix.length))
  }
  if (!known) throw strange(messages)
  return { paths: [...paths], ...(answer === undefined ? {} : { answer }), ...(confirm === undefined ? {} : { confirm }) }
}

function objectsOf(message: Message): readonly string[] | undefined {
  return s3Objects(message) ?? gcsObjects(message) ?? azureBlobs(message)
}

function prefixOf(source: string): string {
  const [, place, inside = ''] = SOURCE.exec(source) ?? []
  if (place === undefined)
    throw new TidemarkError(
      'UsageError',
      `Expected the address of a source that sends events, such as 's3://bucket/prefix', 'gs://…' or 'az://account/container/…', got ${JSON.stringify(source)}.`,
    )
  return inside === '' ? `${place}/` : `${place}/${inside}/`
}

/** Without its values, which may be anybody's. */
function strange(messages: readonly Message[]): TidemarkError {
  const got = messages.length === 0 ? 'none' : `one with ${Object.keys(messages[0] ?? {}).join(', ') || 'nothing in it'}`
  return new TidemarkError(
    'UsageError',
    `Expected an event of S3, Azure Event Grid or Google Cloud Storage, got ${got}. Of anything else, call notify with the paths.`,
  )
}
