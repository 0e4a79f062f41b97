import type { BatchRequest } from './load-batch.ts'
import type { LoadContext } from './load-files.ts'

/** Claims what nobody has, then what runs have left behind that are closed. Answers how many loads died with each. */
export async function claimFree(
  { warehouse }: LoadContext,
  { open, run, isOpen, signal }: BatchRequest,
  claim: string,
  keys: readonly string[],
) {
  const first = await warehouse.claim({ pipeline: open.pipeline, keys, claim, run, over: new Set() }, signal)
  const deaths = new Map(first.claimed.map((key) => [key, first.deaths.get(key) ?? 0]))
  const dead = new Set<string>()
  for (const [theirs, holder] of new Map(first.refused.map((refused) => [refused.claim, refused]))) {
    const ours = holder.workflowId === run.workflowId && holder.runId === run.runId
    if (ours || !(await isOpen(holder))) dead.add(theirs)
  }
  if (dead.size === 0) return { deaths, again: false }
  const left = first.refused.filter(({ claim: theirs }) => dead.has(theirs)).map(({ key }) => key)
  const second = await warehouse.claim({ pipeline: open.pipeline, keys: left, claim, run, over: dead }, signal)
  for (const key of second.claimed) deaths.set(key, second.deaths.get(key) ?? 0)
  return { deaths, again: true }
}
