import type { Warehouse } from '../warehouse/warehouse.ts'
import { inWindow, notUpToDate } from './candidate.ts'
import { judge } from './judge.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Why a file that is not up to date is not loaded before others come: a marker, a manifest, more files. Undefined: it is not for that. */
export async function whyWaiting(
  open: OpenPipeline,
  warehouse: Pick<Warehouse, 'files' | 'known'>,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = open.pattern.keyOf(path)
  if (key === undefined) return undefined
  const files = []
  for await (const page of open.source.list(open.pattern.narrow(key), signal)) files.push(...inWindow(open, page))
  const known = await warehouse.known(
    open.pipeline.name,
    files.map(({ listed }) => listed.path),
    signal,
  )
  const candidates = notUpToDate(files, known)
  const { waiting } = await judge({ open, warehouse, candidates, filesOf: () => files.length, unsettled: new Set() })
  return waiting.find(({ candidate }) => candidate.listed.path === path)?.reason
}
