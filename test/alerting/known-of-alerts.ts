import { expect } from '@jest/globals'
import type { Running } from '../harness/running.ts'
import type { Endpoint } from './endpoint.ts'

/** The address of the webhook, and what it answers, are nowhere: not on the server, not in the ledger, not in what was said. */
export async function expectNoSecret({ client, pipeline, said, worker }: Running, { secret }: Endpoint): Promise<void> {
  const texts = [JSON.stringify(said)]
  for await (const { workflowId, runId } of client.workflow.list({ query: `TidemarkPipeline = '${pipeline}'` })) {
    const handle = client.workflow.getHandle(workflowId, runId)
    texts.push(textOf((await handle.describe()).raw), textOf(await handle.fetchHistory()))
  }
  for (const table of ['files', 'told', 'claims', 'rejected_rows'])
    texts.push(JSON.stringify((await worker.warehouse.query(`SELECT * FROM tidemark.${table}`)).rows))
  expect(texts.length).toBeGreaterThan(6)
  expect(texts.join('\n')).toContain('alert')
  for (const hidden of [secret, '/hooks/', 'X-Api-Key']) expect(texts.filter((text) => text.includes(hidden))).toEqual([])
}

/** All texts in a message, with the bytes of each payload as the text that they are. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${textOf(inner)}`)
    .join('\n')
}
