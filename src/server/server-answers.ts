import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { isListening } from './ports.ts'

const ONE_TRY_MS = 2_000
const BETWEEN_TRIES_MS = 50

export interface Waiting {
  readonly address: string
  readonly namespace: string
  readonly timeoutMs: number
  /** Ends the waiting early, when the answer can no longer come. */
  readonly signal?: AbortSignal
}

/** Waits until the server answers for this namespace: a port that is open is not yet a server that works. */
export async function serverAnswers({ address, namespace, timeoutMs, signal }: Waiting): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline && !signal?.aborted) {
    if (await answersOnce(address, namespace)) return true
    await delay(BETWEEN_TRIES_MS)
  }
  return false
}

async function answersOnce(address: string, namespace: string): Promise<boolean> {
  // gRPC waits a second before it tries a port again that was closed: longer than the server takes to start.
  if (!(await isListening(Number(new URL(`http://${address}`).port)))) return false
  let connection: Connection | undefined
  try {
    connection = await Connection.connect({ address, connectTimeout: ONE_TRY_MS })
    const { workflowService } = connection
    await connection.withDeadline(Date.now() + ONE_TRY_MS, () => workflowService.describeNamespace({ namespace }))
    return true
  } catch {
    return false
  } finally {
    await connection?.close()
  }
}
