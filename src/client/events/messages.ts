/** A message within a message within a batch: deeper is nobody's. */
const MOST_DEEP = 8
/** Where queues, topics and functions keep what was sent, and lists of it. */
const LISTS = ['Records', 'Messages', 'receivedMessages']
const INSIDES = ['Sns', 'Message', 'Body', 'body', 'message']

export type Message = Readonly<Record<string, unknown>>

/** What stores have sent, taken out of what it came in: SNS, SQS, Pub/Sub, a function's event, an HTTP request's body, texts, lists. */
export function messagesIn(event: unknown, depth = 0): Message[] {
  if (depth > MOST_DEEP) return []
  const inside = (value: unknown) => messagesIn(value, depth + 1)
  if (event instanceof Uint8Array) return inside(new TextDecoder().decode(event))
  if (typeof event === 'string') return inside(parsed(event))
  if (Array.isArray(event)) return event.flatMap(inside)
  if (!isMessage(event)) return []
  // Its text is for people.
  if (event.Type === 'SubscriptionConfirmation') return [event]
  for (const name of LISTS) if (Array.isArray(event[name])) return inside(event[name])
  if (isMessage(event.data) && isMessage(event.data.message)) return inside(event.data.message)
  const name = INSIDES.find((one) => isMessage(event[one]) || typeof event[one] === 'string')
  return name === undefined ? [event] : inside(event[name])
}

/** Whether it is a list of none, as a queue answers that has nothing. */
export function isEmpty(event: unknown): boolean {
  const lists = isMessage(event) ? LISTS.map((name) => event[name]) : [event]
  return lists.some((list) => Array.isArray(list) && list.length === 0)
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? undefined : value
  } catch {
    return undefined
  }
}
