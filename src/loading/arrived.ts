import type { Arrival } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { timeInWords } from '../time-in-words.ts'

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
    ? `the deadline is ${timeInWords(deadlineMs)} after its first file was seen`
    : `the deadline is in ${timeInWords(deadlineMs - seenMs)}`
}
