import pMap from 'p-map'
import { TidemarkError } from '../errors.ts'
import type { Listed, Source } from '../sources/source.ts'
import { statAll } from '../sources/stat-all.ts'
import type { Staged } from '../staging/staged.ts'
import type { Candidate } from './candidate.ts'
import type { OpenPipeline } from './open-pipelines.ts'

const LOOKS_AT_ONCE = 16

export interface LookedAgain {
  /** By their paths. */
  readonly unchanged: ReadonlyMap<string, Candidate>
  /** Changed or gone while they were staged. */
  readonly changed: readonly Candidate[]
  /** Partitions with a file that could not be looked at, and why. */
  readonly unseen: ReadonlyMap<string, TidemarkError>
}

/** Whether what was staged is what is there now. */
export async function lookAgain(
  { source, sightings, pipeline }: OpenPipeline,
  candidates: readonly Candidate[],
  staged: readonly Staged[],
): Promise<LookedAgain> {
  // Bytes that came and went between the two looks have left no trace where the bytes alone tell versions apart.
  const read = new Map(pipeline.source.identity === 'content' ? staged.map((file) => [file.path, hashOf(file)]) : [])
  const unchanged = new Map<string, Candidate>()
  const changed: Candidate[] = []
  const unseen = new Map<string, TidemarkError>()
  const looks = await lookAll(
    source,
    candidates.map(({ listed }) => listed.path),
  )
  for (const candidate of candidates) {
    const { path, fingerprint } = candidate.listed
    const now = looks.get(path)
    if (now instanceof TidemarkError) {
      unseen.set(candidate.key, now)
      continue
    }
    if (now !== undefined) sightings.see(now)
    const hash = read.get(path)
    if (now?.fingerprint === fingerprint && (hash === undefined || fingerprint.endsWith(`-${hash}`)))
      unchanged.set(path, candidate)
    else changed.push(candidate)
  }
  return { unchanged, changed, unseen }
}

/** What cannot be looked at must not keep the others from being published: then each is looked at by itself. */
async function lookAll(
  source: Source,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Listed | undefined | TidemarkError>> {
  try {
    return await statAll(source, paths)
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
  }
  return new Map(await pMap(paths, async (path) => [path, await look(source, path)], { concurrency: LOOKS_AT_ONCE }))
}

async function look(source: Source, path: string): Promise<Listed | undefined | TidemarkError> {
  try {
    return await source.stat(path)
  } catch (error) {
    if (error instanceof TidemarkError) return error
    throw error
  }
}

function hashOf(staged: Staged): string | undefined {
  return staged.verdict === 'unreadable' ? undefined : staged.contentHash
}
