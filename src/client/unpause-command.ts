import { type Client, Connection } from '@temporalio/client'
import { scheduleId } from '../names.ts'
import { shellWord } from '../shell-word.ts'

/** Where the `temporal` command looks by itself. */
const USUAL = ['127.0.0.1:7233', 'localhost:7233']
const USUAL_NAMESPACE = 'default'

/** Has the schedule go on. It names the server where the `temporal` command would look for another one. */
export function unpauseCommand(client: Client, pipeline: string): string {
  return `temporal schedule toggle --schedule-id ${shellWord(scheduleId(pipeline))} --unpause --reason 'resumed'${serverFlags(client)}`
}

function serverFlags({ connection, options }: Client): string {
  const address = connection instanceof Connection ? connection.options.address : undefined
  // What says where another server is says it to that command too.
  if (process.env.TEMPORAL_ADDRESS !== undefined || address === undefined) return ''
  const { namespace } = options
  return [
    ...(USUAL.includes(address) ? [] : [` --address ${shellWord(address)}`]),
    ...(namespace === USUAL_NAMESPACE ? [] : [` --namespace ${shellWord(namespace)}`]),
  ].join('')
}
