import { judgeKey } from '../partitions/keys.ts'
import type { Listed } from '../sources/source.ts'
import type { Known } from '../warehouse/ledger.ts'
import type { OpenPipeline } from './open-pipelines.ts'

/** Files of which the ledger is asked at once: it has no index, and one question costs as much as to read all of it. */
export const ASKED_TOGETHER = 20_000

/** A listed file that is not up to date. */
export interface Candidate {
  readonly listed: Listed
  readonly key: string
  /** Content hash of the version whose rows are in the table now, in this partition: the same bytes need not be read again. */
  readonly loadedHash: string | undefined
  /** How many rows its manifest says it has. */
  readonly manifestRows?: number
  /** Why it is read again although its version is known. */
  readonly decision?: 'retry' | 'release'
  /** Its version was left out at first, and its partition was asked for by name. */
  readonly ignoredBefore?: boolean
}

type Inside = Pick<Candidate, 'listed' | 'key' | 'manifestRows'>

/** Files of a listing that count: their key is a partition, or none that could ever be one, which is then held. */
export function inWindow({ pattern, pipeline }: OpenPipeline, page: readonly Listed[]): { listed: Listed; key: string }[] {
  return page.flatMap((listed) => {
    const key = pattern.keyOf(listed.path)
    return key === undefined || judgeKey(pipeline.partitions, key).verdict === 'outside' ? [] : [{ listed, key }]
  })
}

/**
 * The one comparison of source and ledger: another fingerprint than that of the path's newest entry, or a person's decision on it. Who names
 * a partition asks also for what was left out of it at first.
 */
export function notUpToDate(
  files: readonly Inside[],
  known: ReadonlyMap<string, Known>,
  { alsoIgnored = false } = {},
): Candidate[] {
  return files.flatMap((file): Candidate[] => {
    const newest = known.get(file.listed.path)
    if (newest?.fingerprint !== file.listed.fingerprint)
      return [{ ...file, loadedHash: newest && loadedHashOf(newest, file.key) }]
    const { decision, status } = newest
    if (decision === 'retry' || decision === 'release') return [{ ...file, loadedHash: undefined, decision }]
    return alsoIgnored && status === 'ignored' ? [{ ...file, loadedHash: undefined, ignoredBefore: true }] : []
  })
}

/** Not where a retry is asked for, though the file was put back since: the same bytes as before may come to something else. */
function loadedHashOf({ loadedHash, loadedKey, decision }: Known, key: string): string | undefined {
  return loadedKey === key && decision !== 'retry' ? loadedHash : undefined
}
