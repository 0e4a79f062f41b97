/**
 * Has a partition loaded by a program of your own: after an export has been written, or from another scheduler.
 *
 *     node --import jiti/register examples/load-partition.ts dropped_prices 2018-01-22
 *
 * A worker must run (`npm start` or `npx tidemark worker`). The server is that of TEMPORAL_ADDRESS, else localhost:7233.
 */
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client'
import { Tidemark } from 'tidemark/client'

const [pipeline = 'dropped_prices', partition = '2018-01-22', taskQueue = 'tidemark'] = process.argv.slice(2)

// The task queue is that of the config's `temporal`; `tidemark` by default.
await using tidemark = await Tidemark.connect({ taskQueue })

// What became of the partition the last time that somebody asked for it.
const last = await tidemark.partitionRun(pipeline, partition)
console.log(last === undefined ? 'never asked for' : `last run: ${last.status}, ${last.rows ?? 0} rows`)

// You have just written a file: the sensor looks there at once, and need not find it. Paths are as the source lists them.
await tidemark.notify(pipeline, [`${partition}.csv`])

// Starts the import and does not wait. `undefined`: one of that partition is open already, by the sensor for instance.
const started = await tidemark.startPartition(pipeline, partition)
console.log(started === undefined ? 'an import is open' : `started ${started.workflowId}`)

// Waits until the partition is up to date. Ask as often as you like: nothing is loaded twice.
try {
  const { state, files, rows, reason } = await tidemark.importPartition(pipeline, partition)
  // loaded; waiting: a file is still being written; nothing: there is no file for it.
  console.log(`${state}: ${rows} rows of ${files} files${reason === undefined ? '' : `, ${reason}`}`)
} catch (error) {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined
  if (!(cause instanceof ApplicationFailure && cause.type === 'FileHeld')) throw error
  // Refused for what the file says; `npx tidemark explain FILE` shows the rows.
  console.log(`held: ${cause.message}`)
  process.exitCode = 1
}

const { state, unsettled, inFlight } = await tidemark.sensorStatus(pipeline)
console.log(`the sensor is ${state}: ${unsettled} files not settled, ${inFlight} imports in flight`)
