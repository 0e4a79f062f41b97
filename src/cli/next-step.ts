import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { judgeKey } from '../partitions/keys.ts'
import { shellWord } from '../shell-word.ts'
import type { Listed } from '../sources/source.ts'
import type { Backoff } from '../warehouse/claim.ts'
import type { LedgerEntry } from '../warehouse/ledger.ts'
import { SAME_BYTES } from '../warehouse/same-bytes.ts'

export interface Standing {
  readonly open: OpenPipeline
  readonly path: string
  readonly key: string | undefined
  readonly listed: Listed | undefined
  /** The source cannot be reached, so that nobody knows whether the file is there. */
  readonly unavailable: boolean
  readonly newest: LedgerEntry | undefined
  /** The version whose rows are in the table, which may be an older one. */
  readonly loaded: LedgerEntry | undefined
  readonly backoff: Backoff | undefined
  /** The marker, manifest or other files that it waits for. */
  readonly waits: string | undefined
  /** The pipeline has not begun, and will begin without it. */
  readonly leftOut: boolean
}

const LEFT_OUT = 'it was there before the pipeline began, and `initial` leaves such files out'

/** What the next sweep would do with a file. */
export function nextStep(standing: Standing): string {
  const { open, key, listed, unavailable, newest, loaded } = standing
  const judged = key === undefined ? undefined : judgeKey(open.pipeline.partitions, key)
  const decided = openDecision(standing)
  if (decided !== undefined) return decided
  const rows = loaded === undefined ? '' : '; its rows stay'
  if (judged === undefined) return `nothing: only files that match ${open.pattern.files} are loaded${rows}`
  if (judged.verdict === 'outside') return `nothing: ${judged.reason}${rows}`
  if (unavailable) return 'nothing: the source cannot be reached; it is looked at again and again'
  if (listed === undefined) return newest === undefined ? 'nothing: it is not there' : gone(standing, newest)
  if (newest?.fingerprint === listed.fingerprint && !wasAway(newest)) return upToDate(standing, newest)
  if (standing.leftOut) return `nothing: ${LEFT_OUT}; the sensor writes that down when it starts`
  return toLoad(standing, judged.verdict === 'invalid' ? 'holds' : listed.refused === undefined ? 'loads' : 'tries to read')
}

/** Gone, or taken by us after its load: what is there now has come back. */
function wasAway({ gone_at, after_load }: LedgerEntry): boolean {
  return gone_at !== null || after_load === 'done'
}

/** Of the newest version only: a newer one voids it. */
function openDecision({ listed, newest, backoff, waits }: Standing): string | undefined {
  if (newest?.decision == null || newest.carried_out_at !== null) return undefined
  const { decision, fingerprint, decided_by, reason } = newest
  const so = `as ${decided_by ?? 'somebody'} decided${reason === null ? '' : ` (${reason})`}`
  if (decision === 'remove') return `its rows are taken out, ${so}`
  if (listed?.fingerprint !== fingerprint) return undefined
  const postponed = backoff === undefined ? '' : postponedText(backoff)
  const what = decision === 'release' ? 'it is loaded in spite of what holds it' : 'it is read again'
  return waits === undefined ? `${what}, ${so}${postponed}` : `${waits}; then ${what}, ${so}${postponed}`
}

function gone({ open, loaded }: Standing, newest: LedgerEntry): string {
  if (newest.after_load === 'done') {
    const taken = newest.moved_to === null ? 'deleted' : `moved to ${newest.moved_to}`
    return `nothing: it was ${taken} after its load`
  }
  if (loaded?.after_load === 'done')
    return 'nothing: its newest version is gone; the rows of the one before, which was taken after its load, stay'
  if (loaded === undefined) return 'nothing: it is gone from the source, and none of its rows are in the table'
  const { onDeleted } = open.pipeline
  if (onDeleted !== 'keep' && newest.gone_at === null) {
    const then = onDeleted === 'remove' ? 'its rows are taken out' : 'people are told, and its rows stay,'
    return `${then} once two sweeps that found other files have not found it`
  }
  return 'nothing: it is gone from the source, its rows stay'
}

function upToDate({ open, path, loaded }: Standing, newest: LedgerEntry): string {
  const word = shellWord(path)
  switch (newest.status) {
    case 'held': {
      const older = loaded === undefined ? '' : `; the rows of version ${loaded.sequence} stay`
      const failed = newest.error?.startsWith(SAME_BYTES) || newest.checks.some(({ passed, blocking }) => !passed && blocking)
      const otherwise = failed
        ? `\`tidemark release ${word} --reason TEXT\` loads it all the same`
        : `when the config, or the manifest, was mended, \`tidemark retry ${word}\` reads this one again`
      return `nothing: this version is held${older}; a corrected file is loaded when it comes, or ${otherwise}`
    }
    case 'removed':
      return `nothing: its rows were taken out; a newer version is loaded when it comes, and \`tidemark retry ${word}\` loads this one`
    case 'duplicate':
      return `nothing: it has the ${newest.error ?? 'same bytes as another path'}, and is loaded when those rows leave the table; to have both, set onDuplicate to 'load', then \`tidemark retry ${word}\``
    case 'ignored':
      return `nothing: ${LEFT_OUT}; a newer version is loaded when it comes, \`tidemark retry ${word}\` loads this one, and \`tidemark import ${open.pipeline.name} ${shellWord(newest.partition_key)}\` all of its partition`
    default: {
      const { afterLoad } = open.pipeline
      if (newest.after_load !== 'owed' || afterLoad.kind === 'keep') return 'nothing: it is up to date'
      const then = afterLoad.kind === 'move' ? `moved to ${afterLoad.to}` : afterLoad.kind === 'tag' ? 'tagged' : 'deleted'
      return newest.error === null ? `it is ${then}, since it is loaded` : `tries again to have it ${then}, since it is loaded`
    }
  }
}

function toLoad({ open: { pipeline }, key = '', newest, backoff, waits }: Standing, verb: string): string {
  const who =
    pipeline.sensor === undefined
      ? `the next tick of the schedule, or \`tidemark import ${pipeline.name} ${shellWord(key)}\``
      : 'the sensor'
  const postponed = backoff === undefined ? '' : postponedText(backoff)
  const what = newest === undefined ? 'new' : wasAway(newest) ? 'back again' : 'changed'
  if (waits !== undefined) return `${what}: ${waits}; ${who} ${verb} it then${postponed}`
  const { settleMs } = pipeline.source
  return `${what}: ${who} ${verb} it${settleMs === 0 ? '' : ` once it is unchanged for ${settleMs / 1000} s`}${postponed}`
}

function postponedText({ tries, error, notBefore }: Backoff): string {
  const last = tries === 1 ? 'the last try' : `the last ${tries} tries`
  return `; ${last} failed (${error}), the next is due ${notBefore.toISOString()}`
}
