import type { Arrival } from '../config/pipeline.ts'
import { counted } from '../counted.ts'

/** What is known of a partition whose files wait for each other. */
export interface Gathered {
  /** How many of its files the source lists. */
  readonly files: number
  readonly markerPath: string | undefined
  readonly markerThere: boolean
  /** Some of them still change, or are not marked whole. */
  readonly unfinished: boolean
  /** How long its first file has been there; undefined when nobody has watched. */
  readonly seenMs: number | undefined
}

/** Why a partition is not loaded yet; undefined when it has arrived. */
export function arrivalFault({ files, deadlineMs }: Arrival, gathered: Gathered): string | undefined {
  if (deadlineMs !== undefined && (gathered.seenMs ?? 0) >= deadlineMs) return undefined
  const missing = missingYet(files, deadlineMs, gathered)
  if (missing === undefined) return undefined
  return deadlineMs === undefined ? missing : [missing, deadlineText(deadlineMs, gathered.seenMs)].filter(Boolean).join('; ')
}

function missingYet(files: number | undefined, deadlineMs: number | undefined, gathered: Gathered): string | undefined {
  const { markerPath, markerThere, unfinished } = gathered
  if (files !== undefined && gathered.files < files)
    return `${gathered.files} of ${counted(files, 'file')} ${gathered.files === 1 ? 'is' : 'are'} there`
  if (markerPath !== undefined && !markerThere) return `waits for the marker ${markerPath} of its partition`
  if (unfinished) return 'another file of its partition is not whole yet'
  const alone = files === undefined && markerPath === undefined && deadlineMs !== undefined
  return alone ? '' : undefined
}

function deadlineText(deadlineMs: number, seenMs: number | undefined): string {
  return seenMs === undefined
    ? `the deadline is ${inWords(deadlineMs)} after its first file was seen`
    : `the deadline is in ${inWords(deadlineMs - seenMs)}`
}

const UNITS = [
  { ms: 86_400_000, unit: 'd' },
  { ms: 3_600_000, unit: 'h' },
  { ms: 60_000, unit: 'min' },
] as const

/** In the largest unit of which there are two; a whole one too. */
function inWords(ms: number): string {
  const { ms: each, unit } = UNITS.find(({ ms: each }) => ms >= 2 * each || ms === each) ?? { ms: 1_000, unit: 's' }
  return `${Math.ceil(ms / each)} ${unit}`
}
