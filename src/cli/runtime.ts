import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker'

/** What Temporal's SDK has to say goes to a file: the terminal shows what happens to files. Signals are ours to handle. */
export function installRuntime(stateFolder: string): void {
  mkdirSync(stateFolder, { recursive: true })
  const file = join(stateFolder, 'worker.log')
  const logger = new DefaultLogger('WARN', ({ level, message, timestampNanos, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString()
    const { error, ...fields } = meta ?? {}
    appendFileSync(
      file,
      `${time} ${level} ${message} ${JSON.stringify({ ...fields, error: error === undefined ? undefined : String(error) })}\n`,
    )
  })
  // The native part writes to the terminal, where its warnings of a server that is just starting or ending would puzzle.
  const filter = makeTelemetryFilterString({ core: 'ERROR' })
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter } } })
}
