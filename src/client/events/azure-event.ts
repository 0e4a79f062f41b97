import { z } from 'zod'
import type { Message } from './messages.ts'

/** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage: Event Grid's own schema, then CloudEvents'. */
const EVENT = z.union([
  z.object({ eventType: z.string(), topic: z.string(), subject: z.string(), data: z.looseObject({}) }),
  z
    .object({ specversion: z.string(), type: z.string(), source: z.string(), subject: z.string(), data: z.looseObject({}) })
    .transform(({ type: eventType, source: topic, ...event }) => ({ ...event, eventType, topic })),
])
const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent'
const NEWS = ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed', 'Microsoft.Storage.BlobTierChanged']
const ACCOUNT = /\/storageAccounts\/([a-z0-9]+)$/i
const SUBJECT = /^\/?blobServices\/[^/]+\/containers\/([^/]+)\/blobs\/(.+)$/s

/** Addresses of the blobs that are new; undefined when it is no event of Event Grid. */
export function azureBlobs(message: Message): readonly string[] | undefined {
  const event = EVENT.safeParse(message)
  if (!event.success || !event.data.eventType.startsWith('Microsoft.')) return undefined
  const { eventType, topic, subject, data } = event.data
  const account = ACCOUNT.exec(topic)?.[1]
  if (account === undefined || !NEWS.includes(eventType)) return []
  const { destinationUrl, url } = data
  const place = destinationUrl ?? url
  const [, container, blob] = SUBJECT.exec(subject) ?? []
  return [
    ...new Set([
      // Of a blob that was renamed the subject has the old name.
      ...(container === undefined || destinationUrl !== undefined ? [] : [`az://${account}/${container}/${blob}`]),
      ...(typeof place === 'string' ? pathOf(place) : []).map((path) => `az://${account}${path}`),
    ]),
  ]
}

/** What Event Grid wants to hear before it sends anything; undefined when it asks for nothing. */
export function validationCode({ eventType, data }: Message): string | undefined {
  if (eventType !== VALIDATION) return undefined
  return z.object({ validationCode: z.string() }).safeParse(data).data?.validationCode
}

/** An address is encoded, which the subject is not. */
function pathOf(url: string): string[] {
  try {
    return [decodeURIComponent(new URL(url).pathname)]
  } catch {
    return []
  }
}
