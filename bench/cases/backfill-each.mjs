import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker'
import { withDays } from '../backfill-days.mjs'

/** Empty workflows are counted over so many of them, this many at a time. */
const EMPTY = 300
const AT_ONCE = 20

export const name = 'backfill-each'
export const sizes = { full: 3_650, short: 60 }

export function measure(days) {
  return withDays(days, async ({ backfill, server, client }) => {
    const { took, processor } = await backfill({ concurrency: AT_ONCE })
    const empty = await emptyWorkflowsASecond(server, client)
    return [
      {
        what: `backfill of ${days} days, a workflow each`,
        unit: 'partitions a second',
        limitIs: `empty workflows, ${AT_ONCE} at a time`,
        ours: days / (took / 1_000),
        limit: empty,
        atLeast: Math.min(20, empty / 2),
        why: {
          'ms of a processor for each, in the worker': (processor[0] * 1_000) / days,
          'ms in the server': (processor[1] * 1_000) / days,
          'cores that both have kept busy': (processor[0] + processor[1]) / (took / 1_000),
        },
      },
    ]
  })
}

async function emptyWorkflowsASecond(server, client) {
  const connection = await NativeConnection.connect({ address: server.address })
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} }
  const workflowsPath = new URL('../empty-workflow.mjs', import.meta.url).pathname
  const worker = await Worker.create({
    connection,
    taskQueue: 'bench-empty',
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: quiet }),
  })
  try {
    return await worker.runUntil(async () => {
      const began = performance.now()
      let started = 0
      const one = async () => {
        while (started < EMPTY)
          await client.workflow.execute('empty', { workflowId: `bench-empty-${started++}`, taskQueue: 'bench-empty' })
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
      return EMPTY / ((performance.now() - began) / 1_000)
    })
  } finally {
    await connection.close()
  }
}
