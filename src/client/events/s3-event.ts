import { z } from 'zod'
import type { Message } from './messages.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html; others that speak S3 send the same. */
const RECORD = z.object({
  eventName: z.string(),
  s3: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
})
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const BRIDGED = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
})
/** Sent once, when notifications are switched on. */
const TEST = z.object({ Event: z.literal('s3:TestEvent') })
/** What can be read now and could not before. Some servers write `s3:` before it. */
const NEWS = /^(s3:)?(ObjectCreated:|ObjectRestore:Completed)|^Object (Created|Restore Completed)$/

/** Addresses of the objects that are new; undefined when it is no event of S3. */
export function s3Objects(message: Message): readonly string[] | undefined {
  const record = RECORD.safeParse(message)
  if (record.success) {
    const { eventName, s3 } = record.data
    return NEWS.test(eventName) ? [`s3://${s3.bucket.name}/${decoded(s3.object.key)}`] : []
  }
  const bridged = BRIDGED.safeParse(message)
  if (bridged.success) {
    const { 'detail-type': type, detail } = bridged.data
    return NEWS.test(type) ? [`s3://${detail.bucket.name}/${detail.object.key}`] : []
  }
  return TEST.safeParse(message).success ? [] : undefined
}

/** As in a form: a blank is a plus. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key // of a server that does not encode
  }
}
