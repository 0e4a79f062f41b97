import { z } from 'zod'
import type { Message } from './messages.ts'

/** https://cloud.google.com/storage/docs/pubsub-notifications */
const NOTIFICATION = z.object({
  attributes: z.object({ eventType: z.string(), bucketId: z.string(), objectId: z.string() }),
})
/** Of Eventarc and functions: https://cloud.google.com/eventarc/docs/cloudevents */
const CLOUD_EVENT = z.object({
  type: z.string().startsWith('google.cloud.storage.object.'),
  data: z.object({ bucket: z.string(), name: z.string() }),
})

/** Addresses of the objects that are new; undefined when it is no event of Google Cloud Storage. */
export function gcsObjects(message: Message): readonly string[] | undefined {
  const notification = NOTIFICATION.safeParse(message)
  if (notification.success) {
    const { eventType, bucketId, objectId } = notification.data.attributes
    return eventType === 'OBJECT_FINALIZE' ? [`gs://${bucketId}/${objectId}`] : []
  }
  const event = CLOUD_EVENT.safeParse(message)
  if (!event.success) return undefined
  const { type, data } = event.data
  return type.endsWith('.finalized') ? [`gs://${data.bucket}/${data.name}`] : []
}
