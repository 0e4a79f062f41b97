import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { PIPELINE, searchAttributes } from '../src/names.ts'

/** A person who starts a run with the `temporal` command sets no search attributes. */
export function nameStarter(pipeline: string, partition?: string): void {
  if (workflowInfo().typedSearchAttributes.get(PIPELINE) !== undefined) return
  upsertSearchAttributes(searchAttributes(pipeline, 'manual', 'loading', partition))
}
