import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import type { Config } from '../config/pipeline.ts'

export async function tellWhenNobodyWorks(
  client: Client,
  { temporal: { taskQueue } }: Config,
  say: (words: string) => void = (words) => process.stderr.write(`${words}\n`),
): Promise<void> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  })
  if (!pollers?.length) say('no worker runs yet; this waits for one: start it with `tidemark up` or `tidemark worker`')
}
