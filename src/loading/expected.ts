import { judgeKey } from '../partitions/keys.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** A path that a listing would find if it were there: its partition's key is returned. */
export function expectedKeyOf({ pattern, pipeline }: OpenPipeline, path: string): string | undefined {
  const key = pattern.keyOf(path)
  return key === undefined || judgeKey(pipeline.partitions, key).verdict === 'outside' ? undefined : key
}
