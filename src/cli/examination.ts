import { existsSync } from 'node:fs'
import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { webhookFault } from '../alerting/webhook.ts'
import { connect } from '../client/connect.ts'
import type { Config, Pipeline } from '../config/pipeline.ts'
import { placeOf } from '../config/sources/source.ts'
import { messageOf } from '../errors.ts'
import { inWindow } from '../loading/candidate.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { bulkQueue, loadQueue, SEARCH_ATTRIBUTES, watchQueue } from '../names.ts'
import type { Listed } from '../sources/source.ts'
import { identityOf } from './identity.ts'
import { serverOf } from './server-address.ts'

export interface Finding {
  readonly what: string
  readonly well: boolean
  readonly text: string
  /** What a person does about it. */
  readonly mend?: string
}

/** Looks at all that a pipeline needs. One thing that is broken hides nothing else. */
export async function examine(config: Config): Promise<Finding[]> {
  const sources = [...config.pipelines.values()].map((pipeline) =>
    finding(`source of ${pipeline.name}`, () => sourceOf(config, pipeline)),
  )
  return (
    await Promise.all([
      server(config),
      finding('warehouse', () => warehouse(config)).then((one) => [one]),
      Promise.all(sources),
      webhook(config),
    ])
  ).flat()
}

async function webhook({ alerts: { webhookEnv } }: Config): Promise<Finding[]> {
  if (webhookEnv === undefined) return []
  const look = async () => {
    const fault = webhookFault(webhookEnv)
    if (fault !== undefined) throw new Error(fault)
    return `${webhookEnv} holds an address`
  }
  return [await finding('webhook', look, `set ${webhookEnv} here and where the worker runs`)]
}

async function server(config: Config): Promise<Finding[]> {
  try {
    await using connected = await connect(await serverOf(config))
    const { client, address, namespace } = connected
    return [
      { what: 'Temporal', well: true, text: `answers at ${address}` },
      await finding(
        'namespace',
        () => namespaceOf(client, namespace),
        `create it with \`temporal operator namespace create -n ${namespace}\``,
      ),
      await finding('search attributes', () => attributes(client, namespace), 'run `tidemark apply`'),
      await finding('worker', () => workers(client, config, namespace), 'start one with `tidemark up` or `tidemark worker`'),
    ]
  } catch (error) {
    return [{ what: 'Temporal', well: false, text: messageOf(error) }]
  }
}

async function namespaceOf(client: Client, namespace: string): Promise<string> {
  await client.workflowService.describeNamespace({ namespace })
  return `${namespace} is there`
}

async function attributes(client: Client, namespace: string): Promise<string> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace })
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes?.[name] === undefined).map(({ name }) => name)
  if (missing.length > 0) throw new Error(`not registered: ${missing.join(', ')}`)
  return 'registered'
}

async function workers(client: Client, { temporal: { taskQueue } }: Config, namespace: string): Promise<string> {
  const { TASK_QUEUE_TYPE_ACTIVITY: activity, TASK_QUEUE_TYPE_WORKFLOW: workflow } = proto.temporal.api.enums.v1.TaskQueueType
  const queues = [
    { name: taskQueue, type: workflow },
    { name: watchQueue(taskQueue), type: activity },
    { name: loadQueue(taskQueue), type: activity },
    { name: bulkQueue(taskQueue), type: activity },
  ]
  for (const { name, type } of queues) {
    const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: type })
    if (!pollers?.length) throw new Error(`nobody polls the task queue ${name}`)
  }
  return `polls the task queue ${taskQueue}`
}

async function warehouse(config: Config): Promise<string> {
  if (!existsSync(config.warehouse.file))
    return `${config.warehouse.file} is not there yet; \`tidemark up\` or \`tidemark worker\` makes it`
  await identityOf(config)
  return `${config.warehouse.file} can be written`
}

async function sourceOf(config: Config, { name, source, afterLoad }: Pipeline): Promise<string> {
  const open = new OpenPipelines(config).get(name)
  let matching = 0
  let inside = 0
  let first: Listed | undefined
  for await (const page of open.source.list(open.pattern, new AbortController().signal)) {
    matching += page.length
    inside += inWindow(open, page).length
    first ??= page.find(({ refused }) => refused === undefined)
  }
  // That files can be listed does not say that they can be read.
  if (first !== undefined) for await (const _ of await open.source.open(first)) break
  if (afterLoad.kind !== 'keep') await open.source.mayTake?.(afterLoad.kind)
  const left = matching - inside
  return `${placeOf(source)}: ${matching} files match ${source.files}${left === 0 ? '' : `, ${left} of them outside of the partitions`}`
}

async function finding(what: string, look: () => Promise<string>, mend?: string): Promise<Finding> {
  try {
    return { what, well: true, text: await look() }
  } catch (error) {
    return { what, well: false, text: messageOf(error), ...(mend === undefined ? {} : { mend }) }
  }
}
