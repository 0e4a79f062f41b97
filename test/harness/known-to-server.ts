import { expect } from '@jest/globals'
import type { Client } from '@temporalio/client'

/** All that the server knows of a pipeline's runs: histories, pending activities, memos, search attributes, details. */
export async function everythingOf(client: Client, pipeline: string): Promise<string> {
  const texts: string[] = []
  for await (const { workflowId, runId } of client.workflow.list({ query: `TidemarkPipeline = '${pipeline}'` })) {
    const handle = client.workflow.getHandle(workflowId, runId)
    texts.push(textOf((await handle.describe()).raw), textOf(await handle.fetchHistory()))
  }
  expect(texts.length).toBeGreaterThan(1)
  return texts.join('\n')
}

/** All texts in a message, with the bytes of each payload as the text that they are. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${textOf(inner)}`)
    .join('\n')
}
