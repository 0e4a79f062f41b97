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

/** Up to two minutes in seconds, else in minutes, hours and days. */
function inWords(ms: number): string {
  if (ms <= 120_000) return `${Math.ceil(ms / 1_000)} s`
  const minutes = Math.ceil(ms / 60_000)
  const parts = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ')
}
