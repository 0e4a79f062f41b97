import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { messageOf } from '../errors.ts'
import { SEARCH_ATTRIBUTES } from '../names.ts'

const TYPES = {
  KEYWORD: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT,
} as const

/** Servers know a new attribute within a second or two. */
const WAIT_MS = 100

/** Registers our search attributes where they are not known yet, and waits until they are. */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<void> {
  let missing = await unknown(client, namespace)
  if (missing.length === 0) return
  await client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, type === 'INT' ? TYPES.INT : TYPES.KEYWORD])),
  })
  while (missing.length > 0) {
    await delay(WAIT_MS)
    missing = await unknown(client, namespace)
  }
}

async function unknown(client: Client, namespace: string) {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace })
  return SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes?.[name] === undefined)
}

const NOT_KNOWN_YET = /no mapping defined for search attribute/
const LONGEST_WAIT_MS = 30_000

/** A server that has registered an attribute may refuse it for some seconds more. */
export async function onceKnown<T>(start: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + LONGEST_WAIT_MS; ; ) {
    try {
      return await start()
    } catch (error) {
      const text = error instanceof Error ? `${error.message} ${messageOf(error.cause)}` : String(error)
      if (!NOT_KNOWN_YET.test(text) || performance.now() > until) throw error
      await delay(WAIT_MS)
    }
  }
}
